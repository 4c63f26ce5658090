import { mkdtemp, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import { serve } from './serve.ts'
import { isStale, LabelSet, Matcher } from '../../src/series/index.ts'
import { openTsdb, type Tsdb } from '../../src/tsdb/index.ts'
import { loadPrometheusConfig, type PrometheusConfig } from '../../src/runtime/targets/config/prometheus-config.ts'
import type { ScrapeConfig } from '../../src/runtime/targets/config/scrape-config.ts'
import { HttpClient } from '../../src/runtime/targets/http-client.ts'
import { type ScrapeStats, TargetScraper } from '../../src/runtime/targets/scrape/target-scraper.ts'
import { targetsOf } from '../../src/runtime/targets/target.ts'

/** A configuration of these lines, in a folder of its own. */
export async function configOf(text: string): Promise<PrometheusConfig> {
  const folder = await mkdtemp(path.join(tmpdir(), 'boxman-targets-'))
  const file = path.join(folder, 'prometheus.yml')
  await writeFile(file, text)
  return loadPrometheusConfig(file, {})
}

/** The keys of a job, one a line. */
export async function jobOf(lines: string): Promise<ScrapeConfig> {
  const { jobs } = await configOf(`scrape_configs:\n  - job_name: j\n${lines.replaceAll(/^/gm, '    ')}\n`)
  const [job] = jobs
  if (job === undefined) throw new Error('BUG: no job')
  return job
}

/** All that a store holds: values, histograms as their counts, and `stale`, by series and in the order of time. */
export async function contents(
  store: Tsdb,
  /** Labels to leave out where a series has them just so. */
  common: LabelSet = LabelSet.EMPTY,
): Promise<Record<string, readonly (readonly [at: number, value: number | string])[]>> {
  const all = await store.select([new Matcher('__name__', '!=', '')], -8e15, 8e15)
  const rows = all.map(({ labels, columns }) => {
    const { times, values, histograms } = columns()
    const floats = Array.from(times, (at, i) => [at, isStale(values, i) ? 'stale' : (values[i] ?? 0)] as const)
    const counts = histograms?.values.map(
      ({ count }, i) => [histograms.times[i] ?? 0, `histogram of ${count}`] as const,
    )
    const own = LabelSet.of(Array.from(labels).filter(([name, value]) => common.get(name) !== value))
    return [own.toString(), [...floats, ...(counts ?? [])].sort(([a], [b]) => a - b)] as const
  })
  return Object.fromEntries(rows.filter(([, samples]) => samples.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export interface ScrapedServer {
  readonly store: Tsdb
  readonly scraper: TargetScraper
  readonly stats: Readonly<ScrapeStats>
  /** host:port */
  readonly host: string
  /** Series without those about the scrape; `instance` and `job` are left out. */
  readonly page: () => Promise<Record<string, readonly (readonly [at: number, value: number | string])[]>>
  /** The last values of the series about the scrape, without the duration. */
  readonly report: () => Promise<Record<string, number | string | undefined>>
  readonly close: () => void
}

const REPORT = /^(up|scrape_samples_scraped|scrape_samples_post_metric_relabeling|scrape_series_added)$/
const DURATION = /^scrape_duration_seconds$/

/** A server that is scraped as a job's only target. */
export async function scrapedServer(lines: string, handle: RequestListener): Promise<ScrapedServer> {
  const { url, close } = await serve(handle)
  const config = await jobOf(lines === '' ? 'scheme: http' : lines)
  const [found] = targetsOf({ targets: [url.host], labels: LabelSet.EMPTY }, config)
  if (found?.kind !== 'target') throw new Error(`no target: ${JSON.stringify(found)}`)
  const store = await openTsdb()
  const client = new HttpClient(config.client)
  const stats = { scrapes: 0, failures: 0, duplicates: 0, refused: 0 }
  const parts = { store, client, stats, userAgent: 'boxman/test', now: () => performance.now() }
  const scraper = new TargetScraper(found.target, config, parts)
  const { labels } = found.target
  return {
    store,
    scraper,
    stats,
    host: url.host,
    page: async () => {
      const rows = Object.entries(await contents(store, labels)).filter(
        ([name]) => !REPORT.test(name) && !DURATION.test(name),
      )
      return Object.fromEntries(rows.map(([name, samples]) => [name, samples]))
    },
    report: async () => {
      const all = Object.entries(await contents(store, labels))
      expect(all.filter(([name]) => DURATION.test(name))).toHaveLength(1)
      const rows = all.filter(([name]) => REPORT.test(name))
      return Object.fromEntries(rows.map(([name, samples]) => [name, samples.at(-1)?.[1]]))
    },
    close: () => {
      close()
      client.close()
    },
  }
}
