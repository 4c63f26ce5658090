import { describe, expect, it } from 'vitest'
import { Engine } from '../../promql/index.ts'
import { LabelSet } from '../../series/index.ts'
import { MemoryStore } from '../../promql/testing/memory-store.ts'
import { LiveFeed, type LiveTick } from './live-feed.ts'

const T0 = 1_700_000_000_000

function feedOf({
  costMs = 0,
  cpuMs = undefined as number | undefined,
  isBusy = (_round: number): boolean => false,
} = {}): {
  readonly feed: LiveFeed
  readonly store: MemoryStore
  readonly scraped: number[]
  readonly asked: string[]
} {
  const store = new MemoryStore()
  const engine = new Engine({ queryable: store })
  const [scraped, asked]: [number[], string[]] = [[], []]
  let [clock, cpu] = [0, 0]
  const feed = new LiveFeed({
    query: (expr, at, signal) => {
      asked.push(expr)
      clock += isBusy(asked.length) ? 5000 : costMs
      cpu += cpuMs ?? costMs
      return engine.instant(expr, at, { signal })
    },
    scrape: async (at) => {
      scraped.push(at)
      for (const table of ['T1', 'T2']) {
        store.append(LabelSet.of({ __name__: 'rolls', table }), { time: at, value: at - T0, startTime: 0 })
      }
    },
    versions: () => ({ logs: asked.length }),
    now: () => clock,
    ...(cpuMs === undefined ? {} : { cpu: () => cpu }),
  })
  return { feed, store, scraped, asked }
}

function watching(feed: LiveFeed, ...queries: string[]): { readonly ticks: LiveTick[]; readonly leave: () => void } {
  const ticks: LiveTick[] = []
  return { ticks, leave: feed.watch({ queries: new Set(queries), tell: (tick) => ticks.push(tick) }) }
}

describe('the live feed', () => {
  it('does nothing while nobody watches', async () => {
    const { feed, scraped } = feedOf()
    await feed.step(T0)
    expect([scraped, feed.stats.ticks]).toEqual([[], 0])
  })

  it('scrapes, asks each query once for all, and tells each what it asked for', async () => {
    const { feed, scraped, asked } = feedOf()
    const one = watching(feed, 'sum(rolls)', 'rolls')
    const other = watching(feed, 'sum(rolls)')
    await feed.step(T0 + 1000)
    expect([scraped, asked]).toEqual([[T0 + 1000], ['sum(rolls)', 'rolls']])
    const sum = { series: [{ labels: {}, value: 2000 }] }
    const each = ['T1', 'T2'].map((table) => ({ labels: { __name__: 'rolls', table }, value: 1000 }))
    expect(one.ticks).toEqual([
      { at: T0 + 1000, everyMs: 1000, results: { 'sum(rolls)': sum, rolls: { series: each } }, changed: { logs: 2 } },
    ])
    expect(other.ticks.map(({ results }) => results)).toEqual([{ 'sum(rolls)': sum }])
    one.leave()
    other.leave()
    await feed.step(T0 + 2000)
    expect(scraped).toHaveLength(1)
  })

  it('tells of a query that cannot be answered, beside those that can', async () => {
    const { feed } = feedOf()
    const { ticks } = watching(feed, 'rolls +', 'rolls[5m]', 'vector(1)')
    await feed.step(T0)
    expect(ticks[0]?.results).toEqual({
      'rolls +': { error: expect.stringContaining('unexpected end of input') as string },
      'rolls[5m]': { error: 'an instant query gave a matrix' },
      'vector(1)': { series: [{ labels: {}, value: 1 }] },
    })
    expect(feed.stats).toMatchObject({ queries: 3, errors: 1 })
  })

  it('scrapes for nobody who only wants to know what has changed', async () => {
    const { feed, scraped } = feedOf()
    const { ticks } = watching(feed)
    await feed.step(T0)
    expect([scraped, ticks]).toEqual([[], [{ at: T0, everyMs: 1000, results: {}, changed: { logs: 0 } }]])
  })

  it.each([
    ['every second while it costs little', 5, 1000, 60],
    ['less often when it takes more than a hundredth of the time', 30, 3000, 20],
    ['and at least every quarter of a minute', 5000, 15_000, 4],
  ])('goes %s', async (_, costMs, everyMs, ticksAMinute) => {
    const { feed } = feedOf({ costMs })
    const { ticks } = watching(feed, 'vector(1)')
    // The cost is known after a while.
    for (let second = 0; second < 120; second++) await feed.step(T0 + second * 1000)
    const before = ticks.length
    for (let second = 120; second < 180; second++) await feed.step(T0 + second * 1000)
    expect(ticks.at(-1)?.everyMs).toBe(everyMs)
    expect(Math.abs(ticks.length - before - ticksAMinute)).toBeLessThanOrEqual(1)
  })

  it('is at most every two seconds for the first rounds, whose code is not compiled yet', async () => {
    const { feed } = feedOf({ costMs: 5000 })
    const { ticks } = watching(feed, 'vector(1)')
    for (let second = 0; second < 60; second++) await feed.step(T0 + second * 1000)
    const paces = ticks.map(({ everyMs }) => everyMs)
    expect([paces.slice(0, 10).every((each) => each <= 2000), paces.at(-1)]).toEqual([true, 15_000])
  })

  it.each([
    ['waits for the processor', { costMs: 500, cpuMs: 5 }],
    ['met with a busy process now and then', { costMs: 5, isBusy: (round: number) => round % 3 === 0 }],
  ])('does not slow down because it %s', async (_, costs) => {
    const { feed } = feedOf(costs)
    const { ticks } = watching(feed, 'vector(1)')
    for (let second = 0; second < 60; second++) await feed.step(T0 + second * 1000)
    expect(ticks.at(-1)?.everyMs).toBe(1000)
    expect(feed.stats.busySeconds).toBeGreaterThan(0)
  })

  it('hurries for who has just come', async () => {
    const { feed } = feedOf({ costMs: 5000 })
    const { ticks } = watching(feed, 'vector(1)')
    await feed.step(T0)
    await feed.step(T0 + 1000)
    expect(ticks).toHaveLength(1)
    feed.hurry()
    await feed.step(T0 + 2000)
    expect(ticks).toHaveLength(2)
  })
})
