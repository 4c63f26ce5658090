import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { needPeer } from './peer.ts'
import { ServerProcess } from './server-process.ts'

const SBIN = ['/usr/sbin', '/sbin']

/** rsyslogd as anybody, with nothing of the system's own configuration. */
export class Rsyslog {
  readonly #program: string
  readonly #folder: string
  #process: ServerProcess | undefined

  private constructor(program: string, folder: string) {
    this.#program = program
    this.#folder = folder
  }

  static prepare(config: (folder: string) => string, skip: (reason: string) => never): Rsyslog {
    const program = needPeer('rsyslogd', skip, SBIN)
    const folder = mkdtempSync(path.join(tmpdir(), 'boxman-rsyslog-'))
    writeFileSync(
      path.join(folder, 'rsyslog.conf'),
      `global(workDirectory="${folder}" maxMessageSize="64k")\n${config(folder)}\n`,
    )
    return new Rsyslog(program, folder)
  }

  /** Settles when the port is open; without one, at once. */
  async start(port?: number): Promise<void> {
    const files = ['-f', path.join(this.#folder, 'rsyslog.conf'), '-i', path.join(this.#folder, 'pid')]
    const started = new ServerProcess(this.#program, ['-n', ...files])
    this.#process = started
    if (port === undefined) return
    for (;;) {
      if (await isOpen(port)) return
      if (started.child.exitCode !== null) throw new Error(`rsyslogd ended: ${started.output}`)
      await sleep(20)
    }
  }

  get output(): string {
    return this.#process?.output ?? ''
  }

  async stop(): Promise<void> {
    await this.#process?.stop()
    this.#process = undefined
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.#folder, file), text)
  }

  /** The lines of a file that it writes. */
  lines(file: string): readonly string[] {
    try {
      return readFileSync(path.join(this.#folder, file), 'utf8').split('\n').slice(0, -1)
    } catch {
      return []
    }
  }
}

async function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.on('connect', () => {
      socket.end()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
