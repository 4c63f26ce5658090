import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Tsdb } from 'boxman/tsdb'
import { encodeWriteRequest, snap } from 'boxman/wire'
import type { PageSeries } from './node-page.ts'

export const STEP_MS = 15_000
/** Series to a request, each with one sample. */
export const REQUEST_SAMPLES = 6000

const folders: string[] = []
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** It goes with this process. */
export function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-bench-'))
  folders.push(folder)
  return folder
}

export function bytesIn(folder: string, isWanted: (file: string) => boolean = () => true): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(isWanted)
    .map((file) => statSync(path.join(folder, file)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0)
}

/** So many rows of the page's values. */
export function rowsOf(page: readonly PageSeries[], rows: number): Float64Array[] {
  return Array.from({ length: rows }, () => Float64Array.from(page, (series) => series.next()))
}

/** Appends the page as a scrape group, as the registry's own scrape does. */
export class Scraped {
  readonly #db: Tsdb
  readonly #refs: Uint32Array
  readonly #group: ReturnType<Tsdb['scrapeGroup']>

  constructor(db: Tsdb, page: readonly PageSeries[]) {
    this.#db = db
    this.#refs = Uint32Array.from(page, ({ labels }) => db.series(labels) ?? 0)
    this.#group = db.scrapeGroup()
  }

  async append(at: number, values: Float64Array): Promise<void> {
    const { appended } = this.#group.append(at, this.#refs, values)
    if (appended !== values.length) throw new Error(`${values.length - appended} samples were refused`)
    await this.#db.step(at)
  }
}

/** The row as remote writes of at most REQUEST_SAMPLES samples each. */
export async function requestsOf(page: readonly PageSeries[], values: Float64Array, at: number): Promise<Uint8Array[]> {
  const times = Float64Array.of(at)
  const requests: Uint8Array[] = []
  for (let from = 0; from < page.length; from += REQUEST_SAMPLES) {
    const part = page.slice(from, from + REQUEST_SAMPLES)
    const series = part.map(({ labels }, i) => ({ labels, times, values: values.subarray(from + i, from + i + 1) }))
    requests.push(await snap(encodeWriteRequest(series, '1.0')))
  }
  return requests
}
