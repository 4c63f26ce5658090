import { expose, Registry } from 'boxman/metrics'
import { against, type Case, type ReadCase, type TimedCase } from '../case.ts'
import { eachClient } from './clients.ts'
import { bytesInUse, collectGarbage } from '../heap.ts'
import { filled, indexes, longestBlock, paged, perPage, type Subject, theirs } from './subject.ts'
import { latency, pair, requests, triple } from './traffic.ts'

/** No collection while garbage is counted. */
const ROOMY = ['--min-semi-space-size=1024', '--max-semi-space-size=1024']

function ours(lines: number): Subject {
  const registry = new Registry({ maxSeriesPerMetric: 100_000 })
  const counter = registry.counter(requests)
  const histogram = registry.histogram(latency)
  const [counters, histograms] = indexes(lines)
  return filled({
    counters: counters.map((i) => counter.labels(triple(i))),
    histograms: histograms.map((i) => histogram.labels(pair(i))),
    page: async () => {
      for await (const _ of expose(registry, { transient: true }).body);
    },
  })
}

/** What one page leaves behind, in MB. The one before it fills again what V8 itself keeps, and emptied in the collection. */
async function garbage(page: () => Promise<void>, changeAll: () => void): Promise<number> {
  await collectGarbage()
  await page()
  changeAll()
  const before = bytesInUse()
  await page()
  return (bytesInUse() - before) / 1e6
}

function pageCases(name: string, lines: number, every: number): readonly Case[] {
  return against<TimedCase>(
    { name, unit: 'ms CPU', ours: paged(() => ours(lines), every) },
    eachClient((client) => paged(() => theirs(client, lines), every)),
  )
}

export const cases: readonly Case[] = [
  ...pageCases('page of 1 000 lines, as bytes', 1000, 1),
  ...pageCases('page of 10 000 lines, as bytes', 10_000, 1),
  ...pageCases('page of 100 000 lines, as bytes', 100_000, 1),
  ...pageCases('page as bytes, 10 % of series changed, 10 000 lines', 10_000, 10),
  ...against<ReadCase>(
    { name: 'longest event-loop block at 100 000 lines', unit: 'ms', ours: perPage(() => ours(100_000), longestBlock) },
    eachClient((client) => perPage(() => theirs(client, 100_000), longestBlock)),
  ),
  ...against<ReadCase>(
    {
      name: 'garbage at 100 000 lines, bytes',
      unit: 'MB',
      flags: ROOMY,
      ours: perPage(() => ours(100_000), garbage),
    },
    eachClient((client) => perPage(() => theirs(client, 100_000), garbage)),
  ),
]
