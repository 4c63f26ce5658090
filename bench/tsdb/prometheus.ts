import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const UNPACKED = fileURLToPath(new URL('../../../.peers/prometheus-3/usr/bin', import.meta.url))

/** A real Prometheus 3, where `.ci/peers` has put one or the system has one. */
export function findPrometheus(): string | undefined {
  const folders = [UNPACKED, ...(process.env['PATH'] ?? '').split(path.delimiter)]
  return folders.map((folder) => path.join(folder, 'prometheus')).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** One of its own, with a folder that goes with it, taking remote writes. It ends with this process. */
export class Prometheus {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), 'boxman-bench-'))
  readonly #binary: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  #port = 0
  #process: ChildProcess | undefined

  constructor(binary: string) {
    this.#binary = binary
    writeFileSync(path.join(this.folder, 'prometheus.yml'), '{}')
    process.on('exit', () => {
      this.#process?.kill('SIGKILL')
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  get pid(): number {
    return this.#process?.pid ?? 0
  }

  /** Returns how long it took until it was ready, in ms; on a busy machine no more than the time in which it worked. */
  async start(): Promise<number> {
    this.#port = await freePort()
    const began = performance.now()
    const child = spawn(this.#binary, [
      `--config.file=${this.folder}/prometheus.yml`,
      `--storage.tsdb.path=${this.folder}/data`,
      `--web.listen-address=127.0.0.1:${this.#port}`,
      '--web.enable-remote-write-receiver',
      '--web.enable-admin-api',
    ])
    this.#process = child
    child.stdout.resume()
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error('Prometheus ended before it was ready')))
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (text.includes('Server is ready to receive web requests')) resolve()
      })
    })
    return Math.min(performance.now() - began, this.#cpuMs)
  }

  get #cpuMs(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
    // The name, in brackets, may hold spaces; the 12th and 13th fields behind it are ticks of 10 ms.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  }

  async kill(): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    this.#process = undefined
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  get residentBytes(): number {
    const [, pages = '0'] = readFileSync(`/proc/${this.pid}/statm`, 'utf8').split(' ')
    return Number(pages) * 4096
  }

  /** One remote write. Rejects when it is refused. */
  async write(body: Uint8Array): Promise<void> {
    await this.#post('/api/v1/write', body, {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    })
  }

  /** Makes blocks of all that it holds, and returns their folder. */
  async snapshot(): Promise<string> {
    const answer = await this.#post('/api/v1/admin/tsdb/snapshot', new Uint8Array(0), {})
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own shape
    const { data } = JSON.parse(answer) as { data: { name: string } }
    return path.join(this.folder, 'data', 'snapshots', data.name)
  }

  #post(where: string, body: Uint8Array, headers: Record<string, string>): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.#port, path: where, method: 'POST', headers, agent: this.#agent }
      const sent = request(options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) resolve(text)
          else reject(new Error(`${where}: ${response.statusCode} ${text}`))
        })
      })
      sent.once('error', reject)
      sent.end(body)
    })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
