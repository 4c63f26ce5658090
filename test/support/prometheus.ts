import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, ServerProcess } from './server-process.ts'

export interface PromSample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

export interface TargetHealth {
  readonly health: string
  readonly lastError: string
}

/** Jobs of a configuration, by name; each scrapes once a second. */
export type Jobs = Readonly<Record<string, Job>>

export interface Job {
  /** host:port */
  readonly target: string
  /** Of its names for the formats, those to ask for, the best first. */
  readonly protocols?: readonly string[]
  /** Of a histogram that is both classic and native, store both. */
  readonly alsoClassic?: boolean
  /** Paths of the target: each is scraped by itself, and its series have it as label `page`. */
  readonly pages?: readonly string[]
}

export interface Holding {
  readonly prometheus: string
  readonly promtool: string
  readonly config?: string
  readonly flags?: readonly string[]
}

/** Whether it is of that version at least; 2.49 brought `scrape_protocols` and native histograms that are scraped. */
export function isRecent(binary: string, sinceMajor = 2, sinceMinor = 49): boolean {
  const { stdout, stderr } = spawnSync(binary, ['--version'], { encoding: 'utf8' })
  const [, major = '0', minor = '0'] = /version (\d+)\.(\d+)/.exec(stdout + stderr) ?? []
  return Number(major) > sinceMajor || (Number(major) === sinceMajor && Number(minor) >= sinceMinor)
}

/** A real Prometheus with a folder of its own. */
export class Prometheus {
  readonly url: string
  readonly #process: ServerProcess
  readonly #folder: string

  private constructor(url: string, process: ServerProcess, folder: string) {
    this.url = url
    this.#process = process
    this.#folder = folder
  }

  static async start(binary: string, jobs: Jobs, flags: readonly string[] = []): Promise<Prometheus> {
    const folder = await mkdtemp(path.join(tmpdir(), 'boxman-prometheus-'))
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: Object.entries(jobs).map(([name, { target, protocols, alsoClassic = false, pages }]) => ({
        job_name: name,
        static_configs:
          pages === undefined
            ? [{ targets: [target] }]
            : pages.map((page) => ({ targets: [target], labels: { __metrics_path__: page, page } })),
        ...(protocols === undefined ? {} : { scrape_protocols: protocols }),
        ...(alsoClassic ? { always_scrape_classic_histograms: true } : {}),
      })),
    }
    await writeFile(path.join(folder, 'prometheus.yml'), JSON.stringify(config)) // JSON is YAML
    const port = await freePort()
    const server = new ServerProcess(binary, [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(isRecent(binary) ? ['--enable-feature=native-histograms'] : []),
      ...flags,
    ])
    await server.printed(/Server is ready to receive web requests/, 30_000)
    return new Prometheus(`http://127.0.0.1:${port}`, server, folder)
  }

  /** One that scrapes nothing and holds what a page of OpenMetrics says, with the times of its samples. */
  static async holding(page: string, { prometheus, promtool, config = '', flags = [] }: Holding): Promise<Prometheus> {
    const folder = await mkdtemp(path.join(tmpdir(), 'boxman-prometheus-'))
    await writeFile(path.join(folder, 'page'), page)
    await writeFile(path.join(folder, 'prometheus.yml'), config)
    const made = spawnSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', 'page', 'data'], {
      cwd: folder,
      encoding: 'utf8',
    })
    if (made.status !== 0) throw new Error(`promtool made no blocks: ${made.stdout}${made.stderr}`)
    const port = await freePort()
    const server = new ServerProcess(
      prometheus,
      [
        '--config.file=prometheus.yml',
        '--storage.tsdb.path=data',
        '--storage.tsdb.retention.time=100y',
        `--web.listen-address=127.0.0.1:${port}`,
        '--enable-feature=promql-experimental-functions,promql-delayed-name-removal,native-histograms',
        ...flags,
      ],
      { cwd: folder },
    )
    await server.printed(/Server is ready to receive web requests/, 30_000)
    return new Prometheus(`http://127.0.0.1:${port}`, server, folder)
  }

  /** With the prometheus.yml of a folder, where what it names lies too. The folder goes with it. */
  static async startIn(binary: string, folder: string, flags: readonly string[] = []): Promise<Prometheus> {
    const port = await freePort()
    const own = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`]
    const server = new ServerProcess(binary, [...own, ...flags], { cwd: folder })
    await server.printed(/Server is ready to receive web requests/, 30_000)
    return new Prometheus(`http://127.0.0.1:${port}`, server, folder)
  }

  async query(expression: string): Promise<readonly PromSample[]> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`)
    const body = (await response.json()) as { status: string; error?: string; data: { result: PromSample[] } }
    if (body.status !== 'success') throw new Error(`${expression}: ${body.error}`)
    return body.data.result
  }

  /** The health of its targets, by job, and what it last found wrong with them. */
  async targets(): Promise<Readonly<Record<string, TargetHealth>>> {
    const response = await fetch(`${this.url}/api/v1/targets`)
    const body = (await response.json()) as { data: { activeTargets: (TargetHealth & { labels: { job: string } })[] } }
    return Object.fromEntries(
      body.data.activeTargets.map(({ labels, health, lastError }) => [labels.job, { health, lastError }]),
    )
  }

  async stop(): Promise<void> {
    await this.#process.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
