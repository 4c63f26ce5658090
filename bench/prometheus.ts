import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RemoteWriteVersion } from 'boxman/wire'

const UNPACKED = fileURLToPath(new URL('../../.peers/prometheus-3/usr/bin', import.meta.url))

export interface Installed {
  readonly binary: string
  /** `Prometheus 3.5.3` */
  readonly name: string
}

/** A real Prometheus: the one that `.ci/peers` has unpacked, or else the system's. */
export function installedPrometheus(): Installed | undefined {
  const folders = [UNPACKED, ...(process.env['PATH'] ?? '').split(path.delimiter)]
  const binary = folders.map((folder) => path.join(folder, 'prometheus')).find(isExecutable)
  if (binary === undefined) return undefined
  const { stdout, stderr } = spawnSync(binary, ['--version'], { encoding: 'utf8' })
  return { binary, name: `Prometheus ${/version (\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1] ?? 'of unknown version'}` }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export interface PrometheusOptions {
  /** Where it keeps its data, which then stays. Default: a folder that goes with this process. */
  readonly folder?: string
  readonly flags?: readonly string[]
  /** Of its configuration file. */
  readonly config?: unknown
}

/** A Prometheus of one's own that takes remote writes. It ends with this process. */
export class Prometheus {
  readonly folder: string
  readonly #binary: string
  readonly #flags: readonly string[]
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #keeps: boolean
  #port = 0
  #process: ChildProcess | undefined

  constructor(binary: string, { folder, flags = [], config = {} }: PrometheusOptions = {}) {
    this.#binary = binary
    this.#flags = flags
    this.#keeps = folder !== undefined
    this.folder = folder ?? mkdtempSync(path.join(tmpdir(), 'boxman-bench-'))
    writeFileSync(path.join(this.folder, 'prometheus.yml'), JSON.stringify(config)) // JSON is YAML
    process.once('exit', () => {
      this.#process?.kill('SIGKILL')
      this.#forget()
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
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
      ...this.#flags,
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

  /** At once, or after it has written what it holds. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
    this.#process = undefined
  }

  async stop(): Promise<void> {
    await this.kill()
    this.#forget()
  }

  #forget(): void {
    if (!this.#keeps) rmSync(this.folder, { recursive: true, force: true })
  }

  get residentBytes(): number {
    const [, pages = '0'] = readFileSync(`/proc/${this.pid}/statm`, 'utf8').split(' ')
    return Number(pages) * 4096
  }

  /** One remote write of version 1.0. Rejects when it is refused. */
  async write(body: Uint8Array): Promise<void> {
    await post(`${this.url}/api/v1/write`, body, { headers: writeHeaders('1.0'), agent: this.#agent })
  }

  /** Makes blocks of all that it holds, and returns their folder. */
  async snapshot(): Promise<string> {
    const answer = await post(`${this.url}/api/v1/admin/tsdb/snapshot`, new Uint8Array(0), { agent: this.#agent })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own shape
    const { data } = JSON.parse(answer) as { data: { name: string } }
    return path.join(this.folder, 'data', 'snapshots', data.name)
  }
}

export function writeHeaders(version: RemoteWriteVersion): Record<string, string> {
  const whole = version === '1.0'
  return {
    'content-type': whole ? 'application/x-protobuf' : 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': whole ? '0.1.0' : '2.0.0',
  }
}

/** The answer's text. Rejects when it is no success. */
export function post(
  url: string,
  body: Uint8Array,
  { headers = {}, agent }: { readonly headers?: Record<string, string>; readonly agent: Agent },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', headers: { ...headers, 'content-length': body.length }, agent },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) resolve(text)
          else reject(new Error(`${url}: ${response.statusCode} ${text}`))
        })
      },
    )
    sent.once('error', reject)
    sent.end(body)
  })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
