import { type Contender, type Reading } from '../case.ts'
import { ownCpuNs } from '../measure.ts'
import type { PromClient } from './clients.ts'
import { latency, pair, requests, triple } from './traffic.ts'

/** A histogram series with 11 buckets is 14 lines. */
const LINES_A_HISTOGRAM = latency.buckets.length + 3

export interface Subject {
  readonly counters: readonly { inc: (by?: number) => void }[]
  readonly histograms: readonly { observe: (value: number) => void }[]
  /** Makes the page, as bytes. */
  readonly page: () => Promise<void>
}

/** Half counter lines, half histogram lines. */
export function indexes(lines: number): [counters: number[], histograms: number[]] {
  const upTo = (length: number): number[] => Array.from({ length }, (_, i) => i)
  return [upTo(Math.round(lines / 2)), upTo(Math.round(lines / 2 / LINES_A_HISTOGRAM))]
}

export function theirs(client: PromClient, lines: number): Subject {
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

export function filled(subject: Subject): Subject {
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
export function paged(make: () => Subject, every: number): Contender {
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
export function perPage(
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
export async function longestBlock(page: () => Promise<void>): Promise<number> {
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
