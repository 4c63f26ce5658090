import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from './peer.ts'
import { freePort, ServerProcess } from './server-process.ts'

/** A later one than the system's own, where `.ci/peers` found one. */
export function needLaterAlertmanager(skip: (reason: string) => never): string {
  const program = path.join(root, '.peers/alertmanager/usr/bin/prometheus-alertmanager')
  return existsSync(program) ? program : skip(`no later Alertmanager is unpacked: ${program}; .ci/peers looks for one`)
}

/** A real Alertmanager with a folder of its own. */
export class Alertmanager {
  readonly url: string
  readonly #binary: string
  readonly #folder: string
  readonly #port: number
  #process: ServerProcess | undefined

  private constructor(binary: string, folder: string, port: number) {
    this.#binary = binary
    this.#folder = folder
    this.#port = port
    this.url = `http://127.0.0.1:${port}`
  }

  static async start(binary: string, config: unknown): Promise<Alertmanager> {
    const folder = await mkdtemp(path.join(tmpdir(), 'boxman-alertmanager-'))
    await writeFile(path.join(folder, 'alertmanager.yml'), JSON.stringify(config)) // JSON is YAML
    const alertmanager = new Alertmanager(binary, folder, await freePort())
    await alertmanager.#start()
    return alertmanager
  }

  get pid(): number {
    return this.#process?.child.pid ?? 0
  }

  async #start(): Promise<void> {
    this.#process = new ServerProcess(this.#binary, [
      `--config.file=${this.#folder}/alertmanager.yml`,
      `--storage.path=${this.#folder}/data`,
      `--web.listen-address=127.0.0.1:${this.#port}`,
      '--cluster.listen-address=',
    ])
    await this.#process.printed(/msg="Listening on"/, 30_000)
  }

  /** Asks it to end, and starts it again with what it has stored. */
  async restart(): Promise<void> {
    await this.#process?.stop()
    await this.#start()
  }

  /** Ends it without a word; `revive` starts it again. */
  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL')
  }

  async revive(): Promise<void> {
    await this.#start()
  }

  async reload(): Promise<void> {
    await this.post('/-/reload', undefined)
  }

  /** The answer's text. */
  async post(where: string, body: unknown, method = 'POST'): Promise<string> {
    const response = await fetch(`${this.url}${where}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${where}: ${response.status} ${text}`)
    return text
  }

  async stop(): Promise<void> {
    await this.#process?.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
