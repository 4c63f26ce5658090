import { expose, Registry } from 'boxman/metrics'
import { against, type Case, type Contender, type ReadCase, type Reading, type TimedCase } from '../case.ts'
import { ownCpuNs } from '../measure.ts'
import { eachClient, type PromClient } from './clients.ts'
import { bytesInUse, collectGarbage } from '../heap.ts'
import { latency, pair, requests, triple } from './traffic.ts'

/** A histogram series with 11 buckets is 14 lines. */
const LINES_A_HISTOGRAM = latency.buckets.length + 3
/** No collection while garbage is counted. */
const ROOMY = ['--min-semi-space-size=1024', '--max-semi-space-size=1024']

interface Subject {
  readonly counters: readonly { inc: (by?: number) => void }[]
  readonly histograms: readonly { observe: (value: number) => void }[]
  /** Makes the page, as bytes. */
  readonly page: () => Promise<void>
}

/** Half counter lines, half histogram lines. */
function indexes(lines: number): [counters: number[], histograms: number[]] {
  const upTo = (length: number): number[] => Array.from({ length }, (_, i) => i)
  return [upTo(Math.round(lines / 2)), upTo(Math.round(lines / 2 / LINES_A_HISTOGRAM))]
}

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

function theirs(client: PromClient, lines: number): Subject {
  const registry = new client.Registry()
  const counter = new client.Counter({ ...requests, registers: [registry] })
  const histogram = new client.Histogram({ ...latency, registers: [registry] })
  const [counters, histograms] = indexes(lines)
  return filled({
    counters: counters.map((i) => counter.labels(triple(i))),
    histograms: histograms.map((i) => histogram.labels(pair(i))),
    page: async () => {
      Buffer.from(await registry.metrics())
    },
  })
}

function filled(subject: Subject): Subject {
  subject.counters.forEach((counter, i) => counter.inc(Math.imul(i, 7919) & 0xfffff))
  subject.histograms.forEach((histogram, i) => {
    for (let k = 0; k < 20; k++) histogram.observe(duration(i * 20 + k))
  })
  return subject
}

/** Seconds, as a clock of nanoseconds tells them: 0 to 16. */
function duration(i: number): number {
  return (Math.imul(i, 2_654_435_761) >>> 0) ** 2 / 2 ** 60 + 1e-3
}

/** Changes every `every`-th series, and every number of it. */
function change({ counters, histograms }: Subject, every: number, page: number): void {
  for (let i = page % every; i < counters.length; i += every) counters[i]?.inc()
  const seconds = (1_000_000 + (page % 1_000_000)) / 1e9
  for (let i = page % every; i < histograms.length; i += every) histograms[i]?.observe(seconds)
}

/** Only the page costs, and not what changed before it. */
function paged(make: () => Subject, every: number): Contender {
  return () => {
    const subject = make()
    let pages = 0
    let spent = 0
    return {
      cpuNs: () => spent,
      work: async (times) => {
        for (let i = 0; i < times; i++) {
          change(subject, every, pages++)
          const before = ownCpuNs()
          await subject.page()
          spent += ownCpuNs() - before
        }
      },
    }
  }
}

/** After a change of every value. */
function perPage(
  make: () => Subject,
  read: (page: () => Promise<void>, changeAll: () => void) => Promise<number>,
): Reading {
  return () => {
    const subject = make()
    let pages = 0
    const changeAll = (): void => change(subject, 1, pages++)
    return async () => {
      changeAll()
      return read(subject.page, changeAll)
    }
  }
}

/**
 * The longest time from one turn of the event loop to the next, in ms. Other processes may hold the machine for a while,
 * in which this one uses no CPU time: the lesser of both clocks is the work's own.
 */
async function longestBlock(page: () => Promise<void>): Promise<number> {
  let longest = 0
  let wall = performance.now()
  let cpu = ownCpuNs()
  const look = (): void => {
    const now = { wall: performance.now(), cpu: ownCpuNs() }
    longest = Math.max(longest, Math.min(now.wall - wall, (now.cpu - cpu) / 1e6))
    wall = now.wall
    cpu = now.cpu
    next = setImmediate(look)
  }
  let next = setImmediate(look)
  await page()
  await new Promise(setImmediate)
  clearImmediate(next)
  return longest
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
