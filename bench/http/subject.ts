import { type ChildProcess, execFile, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client } from './client.ts'
import type { Framework, Variant } from './variant.ts'

const SERVER = fileURLToPath(new URL('./server.js', import.meta.url))

/** A server of one variant in a process of its own. */
export class Subject {
  readonly variant: Variant
  readonly port: number
  /** From the start of the process until it listened. */
  readonly startMs: number
  readonly #child: ChildProcess
  readonly #client: Client

  static async start(framework: Framework, variant: Variant): Promise<Subject> {
    const begun = performance.now()
    const child = fork(SERVER, [framework, variant], {
      // V8 gives the young generation back between bursts, and fetching it again costs more than what is measured here.
      execArgv: ['--min-semi-space-size=16'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'], // lines are written to /dev/null
    })
    const port = await told(child)
    return new Subject(child, variant, port, performance.now() - begun)
  }

  private constructor(child: ChildProcess, variant: Variant, port: number, startMs: number) {
    this.#child = child
    this.variant = variant
    this.port = port
    this.startMs = startMs
    this.#client = new Client(port)
  }

  /** What a burst costs the server: µs of CPU a request, and ms until the last was answered. */
  async burst(requests: number): Promise<{ readonly cpuUs: number; readonly ms: number }> {
    const before = await told(this.#child, 'cpu')
    const begun = performance.now()
    await this.#client.burst(requests)
    const ms = performance.now() - begun
    return { cpuUs: ((await told(this.#child, 'cpu')) - before) / requests, ms }
  }

  async residentBytes(): Promise<number> {
    return told(this.#child, 'memory')
  }

  /** Requests a second that wrk gets out of it, each of the two on a processor of its own. */
  async saturate(seconds: number): Promise<number> {
    const run = promisify(execFile)
    await run('taskset', ['-a', '-p', '-c', '0', String(this.#child.pid)])
    const { stdout } = await run('taskset', [
      '-c',
      '1',
      'wrk',
      '-t1',
      '-c32',
      `-d${seconds}s`,
      `http://127.0.0.1:${this.port}/api/users/7`,
    ])
    return Number(/^Requests\/sec: *([\d.]+)/m.exec(stdout)?.[1] ?? NaN)
  }

  stop(): void {
    this.#client.close()
    this.#child.disconnect()
  }
}

/** One message from a server and, with a question, its answer. */
async function told(child: ChildProcess, question?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a server ended with code ${code}`))
    child.once('exit', ended)
    child.once('message', (value) => {
      child.off('exit', ended)
      resolve(Number(value))
    })
    if (question !== undefined) child.send(question)
  })
}
