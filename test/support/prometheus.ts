import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, ServerProcess } from './server-process.ts'

export interface PromSample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

/** A real Prometheus with a folder of its own, scraping `targets` (host:port) each second. */
export class Prometheus {
  readonly url: string
  readonly #process: ServerProcess
  readonly #folder: string

  private constructor(url: string, process: ServerProcess, folder: string) {
    this.url = url
    this.#process = process
    this.#folder = folder
  }

  static async start(binary: string, targets: readonly string[]): Promise<Prometheus> {
    const folder = await mkdtemp(path.join(tmpdir(), 'boxman-prometheus-'))
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [{ job_name: 'craps', static_configs: [{ targets }] }],
    }
    await writeFile(path.join(folder, 'prometheus.yml'), JSON.stringify(config)) // JSON is YAML
    const port = await freePort()
    const server = new ServerProcess(binary, [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ])
    await server.printed(/Server is ready to receive web requests/, 30_000)
    return new Prometheus(`http://127.0.0.1:${port}`, server, folder)
  }

  async query(expression: string): Promise<readonly PromSample[]> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`)
    const body = (await response.json()) as { status: string; error?: string; data: { result: PromSample[] } }
    if (body.status !== 'success') throw new Error(`${expression}: ${body.error}`)
    return body.data.result
  }

  /** The health of its targets and what it last found wrong with them. */
  async targets(): Promise<readonly { readonly health: string; readonly lastError: string }[]> {
    const response = await fetch(`${this.url}/api/v1/targets`)
    const body = (await response.json()) as { data: { activeTargets: { health: string; lastError: string }[] } }
    return body.data.activeTargets
  }

  async stop(): Promise<void> {
    await this.#process.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
