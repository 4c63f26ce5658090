import { Window } from 'boxman/metrics'
import { against, type Case, type Contender, type ReadCase, type Reading, type TimedCase } from '../case.ts'
import { eachClient, type PromClient } from './clients.ts'
import { bytesInUse, collectGarbage } from '../heap.ts'

const SLICES = 5
const WINDOW_MS = 60_000
const RECORDS_A_SLICE = 40_000
const COPIES = 4

/** Seconds, log-normal about 50 ms. */
const DURATIONS = Float64Array.from({ length: 4096 }, (_, i) => {
  const uniform = (k: number): number => ((Math.imul(i * 2 + k, 2_654_435_761) >>> 0) + 0.5) / 2 ** 32
  const normal = Math.sqrt(-2 * Math.log(uniform(1))) * Math.cos(2 * Math.PI * uniform(2))
  return 0.05 * Math.exp(normal)
})

interface Subject {
  readonly observe: (value: number) => void
  readonly p99: () => unknown
}

/** What the peers take for the time. It passes with the records, as ours does: a slice for so many values. */
let clock = 1_800_000_000_000
Date.now = () => clock

function ours(): Subject {
  const window = new Window({ windowMs: WINDOW_MS, slices: SLICES, min: 1e-6, max: 3600 })
  let records = 0
  let at = 0
  return {
    observe: (value) => {
      if (records++ % RECORDS_A_SLICE === 0) window.tick((at += WINDOW_MS / SLICES))
      window.record(value)
    },
    p99: () => window.quantile(0.99),
  }
}

function theirs(client: PromClient): Subject {
  const summary = new client.Summary({
    name: 'latency_seconds',
    help: 'Latency.',
    percentiles: [0.99],
    maxAgeSeconds: WINDOW_MS / 1000,
    ageBuckets: SLICES,
    registers: [new client.Registry()],
  })
  let records = 0
  return {
    observe: (value) => {
      if (records++ % RECORDS_A_SLICE === 0) clock += WINDOW_MS / SLICES
      summary.observe(value)
    },
    p99: async () => summary.get(),
  }
}

function fill({ observe }: Subject): void {
  for (let i = 0; i < SLICES * RECORDS_A_SLICE; i++) observe(DURATIONS[i & 4095] ?? 0)
}

function observing(make: () => Subject): Contender {
  return () => {
    const subject = make()
    fill(subject)
    return (times) => {
      for (let i = 0; i < times; i++) subject.observe(DURATIONS[i & 4095] ?? 0)
    }
  }
}

function querying(make: () => Subject): Contender {
  return () => {
    const subject = make()
    fill(subject)
    return async (times) => {
      for (let i = 0; i < times; i++) {
        // One more value, as between the pages of a service in use.
        subject.observe(DURATIONS[i & 4095] ?? 0)
        const answer = subject.p99()
        if (answer instanceof Promise) await answer
      }
    }
  }
}

function kibibytes(make: () => Subject): Reading {
  return () => async () => {
    await collectGarbage()
    const before = bytesInUse()
    const held = Array.from({ length: COPIES }, make)
    held.forEach(fill)
    await collectGarbage()
    const bytes = bytesInUse() - before
    return held.length === 0 ? NaN : bytes / COPIES / 1024
  }
}

export const cases: readonly Case[] = [
  ...against<TimedCase>(
    { name: 'window: observe', unit: 'ns CPU', ours: observing(ours) },
    eachClient((client) => observing(() => theirs(client))),
  ),
  ...against<TimedCase>(
    { name: 'window: p99 query', unit: 'us CPU', ours: querying(ours) },
    eachClient((client) => querying(() => theirs(client))),
  ),
  ...against<ReadCase>(
    { name: 'window: memory', unit: 'KiB', ours: kibibytes(ours) },
    eachClient((client) => kibibytes(() => theirs(client))),
  ),
]
