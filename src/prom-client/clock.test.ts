import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Client, OURS, PEER } from './oracle.conformance.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'hrtime', 'performance', 'setTimeout'], now: 1_700_000_000_500 })
})
afterEach(() => {
  vi.useRealTimers()
})

const BOTH = [
  ['ours', OURS],
  ['prom-client', PEER],
] as const

it.each(BOTH)('%s: fake timers reach every clock', async (_, client) => {
  const registers = [new client.Registry()]
  const gauge = new client.Gauge({ name: 'g', help: 'G.', labelNames: ['a'], registers })
  const histogram = new client.Histogram({ name: 'h', help: 'H.', buckets: [1, 3], registers })
  const summary = new client.Summary({ name: 's', help: 'S.', percentiles: [0.5], registers })
  gauge.setToCurrentTime({ a: 'now' })
  const ends = [
    gauge.startTimer({ a: 'timer' }),
    gauge.labels('child').startTimer(),
    histogram.startTimer(),
    histogram.labels().startTimer(),
    summary.startTimer(),
    summary.labels().startTimer(),
  ]
  vi.advanceTimersByTime(2500)
  expect(ends.map((end) => end())).toEqual([2.5, 2.5, 2.5, 2.5, 2.5, 2.5])
  expect((await registers[0]?.metrics())?.match(/^[a-z].*/gm)).toEqual([
    'g{a="now"} 1700000000.5',
    'g{a="timer"} 2.5',
    'g{a="child"} 2.5',
    'h_bucket{le="1"} 0',
    'h_bucket{le="3"} 2',
    'h_bucket{le="+Inf"} 2',
    'h_sum 5',
    'h_count 2',
    's{quantile="0.5"} 2.5',
    's_sum 5',
    's_count 2',
  ])
})

async function medians(client: Client, times: number, each: (i: number) => number): Promise<unknown[]> {
  const registers = [new client.Registry()]
  const options = { help: 'S.', percentiles: [0.5], maxAgeSeconds: 60, ageBuckets: 6, registers }
  const summary = new client.Summary({ name: 's', ...options })
  const seen: unknown[] = []
  for (let i = 0; i < times; i++) {
    summary.observe(each(i))
    vi.advanceTimersByTime(1000)
    if (i % 5 === 0) seen.push((await summary.get()).values[0]?.value)
  }
  vi.advanceTimersByTime(61_000)
  seen.push((await summary.get()).values.map(({ value }) => value))
  return seen
}

it('a summary forgets what is older than maxAgeSeconds, but for its count and sum', async () => {
  const seen = await medians(OURS, 200, (i) => i)
  // The window holds the last 50 to 60 observations: its middle lies 25 to 30 back.
  seen.slice(12, -1).forEach((median, i) => {
    expect(Number(median) - 5 * (i + 12)).toBeGreaterThanOrEqual(-30)
    expect(Number(median) - 5 * (i + 12)).toBeLessThanOrEqual(-24)
  })
  expect(seen.at(-1)).toEqual([0, 19_900, 200])
})

it('a summary of many observations is within 1 %, of few exact as prom-client', async () => {
  const ours = new OURS.Summary({ name: 's', help: 'S.', percentiles: [0.05, 0.5, 0.99], registers: [] })
  const theirs = new PEER.Summary({ name: 's', help: 'S.', percentiles: [0.05, 0.5, 0.99], registers: [] })
  const observe = (from: number, to: number): void => {
    for (let i = from; i <= to; i++) for (const summary of [ours, theirs]) summary.observe(((i * 7919) % 5000) + 1)
  }
  observe(1, 100)
  expect((await ours.get()).values).toEqual((await theirs.get()).values)
  observe(101, 5000)
  const quantiles = (await ours.get()).values.slice(0, 3).map(({ value }) => value)
  ;[250, 2500, 4950].forEach((exact, i) => expect(Math.abs((quantiles[i] ?? 0) / exact - 1)).toBeLessThan(0.0101))
})

it.each(BOTH)('%s: a series whose window is empty goes, when pruneAgedBuckets says so', async (_, client) => {
  const options = { maxAgeSeconds: 10, ageBuckets: 2, pruneAgedBuckets: true, percentiles: [0.5], registers: [] }
  const summary = new client.Summary({ name: 's', help: 'S.', labelNames: ['a'], ...options })
  summary.observe({ a: 'old' }, 1)
  vi.advanceTimersByTime(20_500)
  summary.observe({ a: 'new' }, 2)
  expect((await summary.get()).values.map(({ labels }) => labels.a)).toEqual(['new', 'new', 'new'])
})
