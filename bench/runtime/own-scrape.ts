import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { OwnScrape } from 'boxman'
import { Registry } from 'boxman/metrics'
import { openTsdb, type Tsdb } from 'boxman/tsdb'
import { against, type Case, type Contender, type ReadCase, type TimedCase } from '../case.ts'
import { eachClient } from '../metrics/clients.ts'
import { filled, indexes, longestBlock, paged, perPage, type Subject, theirs } from '../metrics/subject.ts'
import { latency, pair, requests, triple } from '../metrics/traffic.ts'

const INTERVAL_MS = 15_000
/** Some pages of scrapes are full by then, so that packing them takes its part in what is measured. */
const SCRAPED_BEFORE = 130

/** Half counter series, half those of histograms: scraped into the store, which is then told the time. */
function ours(lines: number, store: Tsdb): Subject {
  const registry = new Registry({ maxSeriesPerMetric: 100_000, now: () => Date.now() })
  const counter = registry.counter(requests)
  const histogram = registry.histogram(latency)
  const [counters, histograms] = indexes(lines)
  const own = new OwnScrape({
    registry,
    store,
    target: { job: 'bench', instance: 'localhost:9090' },
    now: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  })
  let at = Date.now()
  return filled({
    counters: counters.map((i) => counter.labels(triple(i))),
    histograms: histograms.map((i) => histogram.labels(pair(i))),
    page: async () => {
      at += INTERVAL_MS
      await own.run(at)
      await store.step(at)
    },
  })
}

function open(folder?: string): Promise<Tsdb> {
  return openTsdb({
    retentionMs: 3_600_000,
    maxSeries: 200_000,
    maxBytes: 2 ** 30,
    ...(folder !== undefined && { folder }),
  })
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function scraped(lines: number, onDisk: boolean): Contender {
  return async () => {
    const store = await open(onDisk ? temporaryFolder() : undefined)
    const subject = ours(lines, store)
    for (let i = 0; i < SCRAPED_BEFORE; i++) await subject.page()
    const contender = await paged(() => subject, 1)()
    return contender
  }
}

function scrapeCases(name: string, lines: number, onDisk: boolean): readonly Case[] {
  return against<TimedCase>(
    { name, unit: 'ms CPU', ours: scraped(lines, onDisk) },
    eachClient((client) => paged(() => theirs(client, lines), 1)),
  )
}

const roomy = await open()

export const cases: readonly Case[] = [
  ...scrapeCases('own scrape of 10 000 series into the store, against a page for a scraper', 10_000, false),
  ...scrapeCases('own scrape of 10 000 series, logged on disk, against a page for a scraper', 10_000, true),
  ...scrapeCases('own scrape of 100 000 series into the store, against a page for a scraper', 100_000, false),
  ...against<ReadCase>(
    {
      name: 'longest event-loop block of an own scrape of 100 000 series',
      unit: 'ms',
      ours: perPage(() => ours(100_000, roomy), longestBlock),
    },
    eachClient((client) => perPage(() => theirs(client, 100_000), longestBlock)),
  ),
]
