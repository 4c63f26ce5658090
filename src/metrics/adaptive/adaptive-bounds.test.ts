import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AdaptiveOptions, type HistogramSeries, Registry } from '../index.ts'
import { OPENMETRICS, textOf } from '../page.test.support.ts'
import { parsePage } from '../parse-page.test.support.ts'
import { histogramQuantile, type Point, rate } from './promql.test.support.ts'

const START = 1_700_000_000_000
const MINUTE = 60_000
const DECADES = [0.0001, 0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000, 100_000]

class Clock {
  at = START
  readonly now = (): number => this.at
}

async function seriesOf(registry: Registry): Promise<readonly HistogramSeries[]> {
  const [family] = await registry.collect()
  if (family?.kind !== 'histogram') throw new Error('no histogram')
  return family.series
}

async function boundsOf(registry: Registry): Promise<number[]> {
  const [first] = await seriesOf(registry)
  return (first?.buckets ?? []).map(({ le }) => le).slice(0, -1)
}

/** Reproducible numbers from 0 to 1. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
}

/** Around `median`, with a long tail. */
const latency = (random: () => number, median: number): number =>
  median * Math.exp(0.6 * Math.sqrt(-2 * Math.log(random() || 1e-9)) * Math.cos(2 * Math.PI * random()))

describe('adaptive buckets', () => {
  it('begin with decades, and close in on p50, p90, p95 and p99', async () => {
    const registry = new Registry({ now: () => START })
    const wait = registry.histogram({ name: 'wait_seconds', help: '', adaptive: {} })
    expect(await boundsOf(registry)).toEqual(DECADES)
    for (let i = 1; i <= 1000; i++) wait.observe(i / 1000)
    expect(await boundsOf(registry)).toEqual(
      [...DECADES, 0.315, 0.4, 0.5, 0.63, 0.8, 1.25].toSorted((a, b) => a - b), // p90, p95, p99 lie between 0.8 and 1
    )
  })

  it.each([
    [{ adaptive: { min: 0.5, max: 20 } }, 'h', [1, 10]],
    [{ adaptive: {} }, 'h_bytes', [1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]],
    [{ adaptive: {}, buckets: [0.3, 0.7] }, 'h', [0.3, 0.7]],
  ])('of %j begin, for %s, with %j', async (options, name, bounds) => {
    const registry = new Registry({ now: () => START })
    registry.histogram({ name, help: '', ...options }).observe(0.31)
    expect(await boundsOf(registry)).toEqual(bounds)
  })

  it('are exact and cumulative on every series, whenever they came, and the same on all', async () => {
    const value = fc.oneof(
      fc.double({ min: 1e-5, max: 1e6, noNaN: true }),
      fc.constantFrom(0, -1, 0.001, 0.3, 1.25, 2.5, 1e5),
    )
    const visit = fc.record({ route: fc.nat(2), values: fc.array(value, { maxLength: 40 }), times: fc.nat(9) })
    await fc.assert(
      fc.asyncProperty(fc.array(visit, { maxLength: 12 }), async (visits) => {
        const clock = new Clock()
        const registry = new Registry({ now: clock.now })
        const adaptive = { intervalMs: MINUTE, maxBounds: 11 }
        const options = { name: 'h', help: '', labelNames: ['route'], buckets: [0.3, 70, 80], adaptive } as const
        const wait = registry.histogram(options)
        const model = new Map<string, number[]>()
        for (const { route, values, times } of visits) {
          for (let i = 0; i < times; i++) {
            for (const each of values) {
              wait.observe({ route }, each)
              model.set(String(route), [...(model.get(String(route)) ?? []), each])
            }
          }
          clock.at += 40_000
          const shown = await seriesOf(registry)
          expect(new Set(shown.map(({ buckets }) => buckets.map(({ le }) => le).join(' '))).size).toBeLessThan(2)
          expect(shown.length).toBe(model.size)
          for (const { labels, buckets, count, sum } of shown) {
            const all = model.get(labels['route'] ?? '') ?? []
            expect(count).toBe(all.length)
            expect(sum).toBe(all.reduce((so, each) => so + each, 0))
            expect(buckets.length).toBeLessThanOrEqual(12)
            expect(buckets.map(({ le }) => le)).toEqual(expect.arrayContaining([0.3, 70, 80, Infinity]))
            for (const { le, count: upTo } of buckets) expect(upTo).toBe(all.filter((each) => each <= le).length)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('change rarely, stay a while, and are never too many', async () => {
    const clock = new Clock()
    const registry = new Registry({ now: clock.now })
    const intervalMs = 10 * MINUTE
    const wait = registry.histogram({ name: 'h', help: '', adaptive: { intervalMs, maxBounds: 18 } })
    const random = randomOf(7)
    const since = new Map<number, number>()
    let shown = DECADES
    let changedAt = -Infinity
    let gone = 0
    for (let minute = 0; minute < 60 * 24; minute++) {
      const median = 0.01 * 10 ** (2 + 2 * Math.sin(minute / 120))
      for (let i = 0; i < 30; i++) wait.observe(latency(random, median))
      clock.at += MINUTE
      const bounds = await boundsOf(registry)
      expect(bounds.length).toBeLessThanOrEqual(18)
      expect(bounds).toEqual(expect.arrayContaining(DECADES))
      if (bounds.join(' ') === shown.join(' ')) continue
      expect(clock.at - changedAt).toBeGreaterThanOrEqual(intervalMs)
      const lost = shown.filter((bound) => !bounds.includes(bound))
      for (const bound of lost) expect(clock.at - (since.get(bound) ?? 0)).toBeGreaterThanOrEqual(6 * intervalMs)
      gone += lost.length
      for (const bound of bounds) if (!shown.includes(bound)) since.set(bound, clock.at)
      shown = bounds
      changedAt = clock.at
    }
    expect(gone).toBeGreaterThan(5)
    expect(since.size).toBeLessThanOrEqual(91)
  })

  it('stay as they are while their quantiles lie in narrow buckets, or nothing new arrives', async () => {
    const clock = new Clock()
    const registry = new Registry({ now: clock.now })
    const wait = registry.histogram({ name: 'h', help: '', adaptive: {} })
    const random = randomOf(3)
    const pages: string[] = []
    for (let minute = 0; minute < 600; minute++) {
      for (let i = 0; i < 50; i++) if (minute < 300) wait.observe(latency(random, 0.2))
      clock.at += MINUTE
      const page = await textOf(registry)
      pages.push((page.match(/le="[^"]+"/g) ?? []).join(' '))
    }
    expect(new Set(pages.slice(30)).size).toBeLessThanOrEqual(2)
    expect(new Set(pages.slice(100)).size).toBe(1)
  })

  it('follow series that are removed or start anew, and keep counting what comes', async () => {
    const clock = new Clock()
    const registry = new Registry({ now: clock.now })
    const wait = registry.histogram({ name: 'h', help: '', labelNames: ['r'], adaptive: { intervalMs: MINUTE } })
    const pass = async (value: number): Promise<number[]> => {
      for (let i = 0; i < 2000; i++) wait.observe({ r: 'a' }, value)
      clock.at += MINUTE
      return boundsOf(registry)
    }
    expect(await pass(0.2)).toEqual(expect.arrayContaining([0.16, 0.2]))
    wait.reset()
    clock.at += MINUTE
    await registry.refresh()
    expect(await pass(30)).toEqual(expect.arrayContaining([25, 31.5]))
    wait.clear()
    await registry.refresh()
    clock.at += MINUTE
    await registry.refresh()
    expect(await pass(3000)).toEqual(expect.arrayContaining([2500, 3150]))
    expect((await seriesOf(registry))[0]?.count).toBe(2000)
  })

  it('carry the exemplar of each bucket as it is shown, and a native histogram besides', async () => {
    const clock = new Clock()
    const registry = new Registry({ now: clock.now })
    const wait = registry.histogram({ name: 'h', help: '', buckets: [1, 10], adaptive: {}, native: { schema: 2 } })
    wait.observe(2, 'older')
    clock.at += 1000
    wait.observe(3, 'newer')
    expect((await seriesOf(registry))[0]?.native).toMatchObject({ schema: 2, count: 2 })
    expect(await textOf(registry, OPENMETRICS)).toContain('h_bucket{le="10.0"} 2 # {trace_id="newer"} 3 ')
    for (let i = 0; i < 1000; i++) wait.observe(2.5)
    expect(await textOf(registry, OPENMETRICS)).toMatch(/h_bucket{le="2.0"} 1 # {trace_id="older"} 2 /)
  })

  it.each<[AdaptiveOptions, string]>([
    [{ min: 0 }, 'adaptive range 0 to 100000'],
    [{ min: 2, max: 1 }, 'adaptive range 2 to 1'],
    [{ max: Infinity }, 'adaptive range 0.0001 to Infinity'],
    [{ maxBounds: 17 }, 'maxBounds 17 must be a whole number >= 18: 10 always stand'],
    [{ intervalMs: 0 }, 'intervalMs 0 must be > 0'],
  ])('refuse %j', (adaptive, why) => {
    const registry = new Registry({ now: () => START })
    expect(() => registry.histogram({ name: 'h', help: '', adaptive })).toThrow(why)
  })

  it('need a clock', () => {
    expect(() => new Registry().histogram({ name: 'h', help: '', adaptive: {} })).toThrow(
      "such a histogram needs the registry's option now",
    )
  })
})

const SCRAPE_S = 15
const RANGE_S = 300
const PHASE = 400

/** A process as Prometheus sees it: what was observed up to each scrape, and the points of each `le`. */
class Scraped {
  readonly #clock = new Clock()
  readonly #registry = new Registry({ now: this.#clock.now })
  readonly #wait = this.#registry.histogram({
    name: 'h',
    help: '',
    adaptive: { maxBounds: 26, intervalMs: 8 * MINUTE },
  })
  readonly points = new Map<number, Point[]>()
  readonly observed: number[] = []
  readonly scrapes: { readonly at: number; readonly observed: number; readonly bounds: ReadonlySet<number> }[] = []

  async scrape(values: readonly number[]): Promise<number> {
    for (const value of values) this.#wait.observe(value)
    this.observed.push(...values)
    this.#clock.at += SCRAPE_S * 1000
    const at = this.#clock.at / 1000
    const bounds = new Set<number>()
    for (const { name, labels, value } of parsePage(await textOf(this.#registry))) {
      if (name !== 'h_bucket') continue
      const le = labels['le'] === '+Inf' ? Infinity : Number(labels['le'])
      bounds.add(le)
      this.points.set(le, [...(this.points.get(le) ?? []).slice(-RANGE_S / SCRAPE_S), { at, value }])
    }
    this.scrapes.push({ at, observed: this.observed.length, bounds })
    return at
  }

  /** histogram_quantile(q, rate(h_bucket[5m])) */
  estimate(q: number, at: number): number {
    const buckets = Array.from(this.points, ([le, points]) => ({ le, count: rate(points, at, RANGE_S) }))
    return histogramQuantile(
      q,
      buckets.flatMap(({ le, count }) => (count === undefined ? [] : [{ le, count }])),
    )
  }

  /** The bucket that truly holds the quantile, between bounds that stood at every scrape of the range. */
  truth(q: number, at: number): { readonly from: number; readonly to: number; readonly steady: boolean } {
    const inside = this.scrapes
      .slice(-RANGE_S / SCRAPE_S)
      .filter((scrape) => scrape.at > at - RANGE_S && scrape.at <= at)
    const values = this.observed.slice(inside[0]?.observed, inside.at(-1)?.observed)
    const union = new Set(inside.flatMap(({ bounds }) => [...bounds]))
    const common = [...union].filter((le) => inside.every(({ bounds }) => bounds.has(le))).sort((a, b) => a - b)
    const found = common.findIndex((le) => values.filter((value) => value <= le).length >= q * values.length)
    return { from: common[found - 1] ?? 0, to: common[found] ?? NaN, steady: common.length === union.size }
  }
}

describe('histogram_quantile() over adaptive buckets', () => {
  it.each([1, 2, 3])(
    'never leaves the bucket between bounds that were there all along, and is close when all were (seed %i)',
    async (seed) => {
      const random = randomOf(seed)
      const scraped = new Scraped()
      let changing = 0
      const errors: number[] = []
      for (let i = 0; i < 1200; i++) {
        // Slower by steps: the distribution leaves its buckets again and again.
        const median = 0.004 * 6 ** Math.floor(i / PHASE)
        const at = await scraped.scrape(Array.from({ length: 20 + 100 * random() }, () => latency(random, median)))
        if (i < RANGE_S / SCRAPE_S) continue
        for (const q of [0.5, 0.9, 0.95, 0.99]) {
          const { from, to, steady } = scraped.truth(q, at)
          const estimate = scraped.estimate(q, at)
          expect(estimate).toBeGreaterThanOrEqual(from * (1 - 1e-9))
          expect(estimate).toBeLessThanOrEqual(to * (1 + 1e-9))
          if (!steady) changing++
          // By the end of each step the bounds have followed.
          if (i % PHASE >= PHASE - 50) errors.push(to / from)
        }
      }
      expect(changing).toBeGreaterThan(100)
      expect(Math.max(...errors)).toBeLessThan(1.7)
    },
  )
})
