import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, ServerProcess } from './server-process.ts'

export interface RemotePrometheus {
  readonly url: string
  stop(): Promise<void>
}

/** A real Prometheus with this configuration and these flags. */
export async function startPrometheus(
  binary: string,
  config: unknown,
  flags: readonly string[],
): Promise<RemotePrometheus> {
  const folder = await mkdtemp(path.join(tmpdir(), 'boxman-prometheus-'))
  await writeFile(path.join(folder, 'prometheus.yml'), JSON.stringify(config)) // JSON is YAML
  const port = await freePort()
  const server = new ServerProcess(
    binary,
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=native-histograms,exemplar-storage,metadata-wal-records',
      ...flags,
    ],
    { cwd: folder },
  )
  await server.printed(/Server is ready to receive web requests/, 30_000)
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Matrix {
  readonly metric: Readonly<Record<string, string>>
  readonly values?: readonly (readonly [number, string])[]
  readonly histograms?: readonly (readonly [number, unknown])[]
}

/** Bounds of a native histogram's buckets are computed, and may differ in the last digit. */
function rounded(key: string, value: unknown): unknown {
  return /^[12]$/.test(key) && typeof value === 'string' ? Number(value).toPrecision(12) : value
}

/** Every sample of what a server answers to a range selector, by series, in text. */
export async function samplesOf(url: string, selector: string, at: number): Promise<Record<string, string>> {
  const parameters = new URLSearchParams({ query: selector, time: String(at / 1000) })
  const response = await fetch(`${url}/api/v1/query?${parameters.toString()}`)
  const body = (await response.json()) as { status: string; error?: string; data: { result: Matrix[] } }
  if (body.status !== 'success') throw new Error(`${selector}: ${body.error}`)
  return Object.fromEntries(
    body.data.result.map(({ metric, values = [], histograms = [] }) => {
      const labels = Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))
      const samples = [...values, ...histograms].map(([t, value]) => `${t}=${JSON.stringify(value, rounded)}`)
      return [JSON.stringify(labels), samples.join(' ')]
    }),
  )
}
