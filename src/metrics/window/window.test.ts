import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QUANTILE_RELATIVE_ERROR, Window, type WindowOptions } from '../index.ts'

const MIN = 0.001
const MAX = 3_600_000
const ROUNDING = 1e-12

/** The ceil(q * n)-th smallest, q in thousandths: whole numbers, so that no rank hangs on a rounding. */
function exactQuantile(values: readonly number[], thousandths: number): number {
  const ordered = values.toSorted((a, b) => a - b)
  return ordered[Math.max(1, Math.ceil((thousandths * values.length) / 1000)) - 1] ?? NaN
}

/** |got - exact| / exact; 0 for two zeros. */
function relativeError(got: number | undefined, exact: number): number {
  return exact === 0 ? Math.abs(got ?? NaN) : Math.abs((got ?? NaN) - exact) / exact
}

const duration = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: Math.log(MIN), max: Math.log(MAX), noNaN: true }).map(Math.exp) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 100 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, MIN, MAX, 1, 2, 4096) },
)
const inRange = duration.map((value) => (value === 0 ? 0 : Math.min(MAX, Math.max(MIN, value))))

describe('what the window says (B1)', () => {
  it('is exact but for quantiles, and those are within 1 %, at any time', () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ value: inRange, failed: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ ms: fc.integer({ min: 0, max: 90_000 }) }) },
      { weight: 1, arbitrary: fc.record({ ms: fc.integer({ min: 0, max: 700_000 }) }) },
    )
    const start = fc.integer({ min: 0, max: 2e12 })
    const sizes = fc.record({ windowMs: fc.constantFrom(300_000, 60_000, 1000), slices: fc.constantFrom(1, 2, 5, 7) })
    fc.assert(
      fc.property(sizes, start, fc.array(step, { maxLength: 150 }), (sizes, start, steps) => {
        const window = new Window(sizes)
        const sliceOf = (at: number): number => Math.floor(at / (sizes.windowMs / sizes.slices))
        let at = start
        window.tick(at)
        let inside: { slice: number; value: number; failed: boolean }[] = []
        for (const step of steps) {
          if ('ms' in step) window.tick((at += step.ms))
          else {
            window.record(step.value, step.failed)
            inside.push({ slice: sliceOf(at), value: step.value, failed: step.failed })
          }
          inside = inside.filter(({ slice }) => slice > sliceOf(at) - sizes.slices)
          const count = inside.length
          const values = inside.map(({ value }) => value)
          const { average = NaN, ...rest } = window.snapshot()
          const sum = values.reduce((total, value) => total + value, 0)
          expect(Number.isNaN(average)).toBe(count === 0)
          expect(Math.abs(average * count - sum) > 1e-9 * sum).toBe(false)
          const failures = inside.filter(({ failed }) => failed).length
          expect(rest).toMatchObject({ count, errorRate: count === 0 ? undefined : failures / count })
          const errors = Object.entries({ p50: 500, p90: 900, p95: 950, p99: 990 } as const).map(
            ([name, thousandths]) =>
              relativeError(rest[name as 'p50' | 'p90' | 'p95' | 'p99'], exactQuantile(values, thousandths)),
          )
          expect(errors.filter((error) => error > QUANTILE_RELATIVE_ERROR + ROUNDING)).toEqual([])
          expect(rest.p50 === undefined).toBe(count === 0)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('finds any quantile by its nearest rank', () => {
    const values = fc.array(inRange, { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 1000 }), (values, thousandths) => {
        const window = new Window()
        for (const value of values) window.record(value)
        const error = relativeError(window.quantile(thousandths / 1000), exactQuantile(values, thousandths))
        expect(error).toBeLessThanOrEqual(QUANTILE_RELATIVE_ERROR + ROUNDING)
      }),
      { numRuns: 300 },
    )
  })

  it('takes no rank for the next one because of a rounding', () => {
    const window = new Window()
    for (let value = 1; value <= 100; value++) window.record(1.03 ** value)
    for (let percent = 1; percent <= 100; percent++) {
      expect(relativeError(window.quantile(percent / 100), 1.03 ** percent)).toBeLessThan(0.01)
    }
  })

  it('promises less than 1 %', () => {
    expect(QUANTILE_RELATIVE_ERROR).toBeLessThan(0.01)
  })

  it('keeps the promise at both ends of every bucket', () => {
    for (let key = Math.ceil(35 * Math.log2(MIN)); key < 35 * Math.log2(MAX); key++) {
      for (const value of [2 ** (key / 35) * (1 - 1e-12), 2 ** (key / 35) * (1 + 1e-12)]) {
        const window = new Window()
        window.record(value)
        expect(relativeError(window.quantile(0.5), value)).toBeLessThanOrEqual(QUANTILE_RELATIVE_ERROR + 3e-12)
      }
    }
  })
})

describe('time', () => {
  function filled(options?: WindowOptions): Window {
    const window = new Window(options)
    window.tick(0)
    window.record(100, true)
    return window
  }

  it.each([
    [0, 1],
    [240_000, 1],
    [299_999, 1],
    [300_000, 0],
    [1e12, 0],
  ])('five minutes by default: after %i ms a record counts %i', (at, count) => {
    const window = filled()
    window.tick(at)
    expect(window.count).toBe(count)
  })

  it('lets a value go at most one slice early', () => {
    const window = new Window({ windowMs: 300_000, slices: 5 })
    window.tick(59_999)
    window.record(1)
    window.tick(60_000)
    window.record(2)
    window.tick(299_999)
    expect(window.count).toBe(2)
    window.tick(300_000)
    expect(window.count).toBe(1)
    expect(relativeError(window.quantile(0.5), 2)).toBeLessThan(0.01)
  })

  it('is what it was made as when everything has left', () => {
    const window = filled()
    window.tick(60_000)
    window.record(7)
    window.tick(1_000_000)
    expect(window.snapshot()).toEqual(new Window().snapshot())
    expect(window.snapshot()).toEqual({
      count: 0,
      errorRate: undefined,
      average: undefined,
      p50: undefined,
      p90: undefined,
      p95: undefined,
      p99: undefined,
    })
  })

  it('begins with the first tick, and keeps what came before it', () => {
    const window = new Window()
    window.record(5)
    window.tick(1_700_000_000_000)
    expect(window.count).toBe(1)
  })

  it('goes on from where a clock is set back to', () => {
    const window = filled()
    window.tick(200_000)
    window.tick(-1e9)
    expect(window.count).toBe(1)
    window.tick(-1e9 + 60_000)
    window.record(1)
    expect(window.count).toBe(2)
    window.tick(-1e9 + 360_000)
    expect(window.count).toBe(0)
  })
})

describe('values at the edge', () => {
  it.each([
    ['shorter than min', 1e-9, MIN],
    ['no longer than the smallest number', Number.MIN_VALUE, MIN],
    ['longer than max', 1e9, MAX],
    ['as long as numbers go', Number.MAX_VALUE, MAX],
  ])('%s counts as the edge', (_, value, edge) => {
    const window = new Window()
    window.record(1)
    window.record(value)
    expect(window.count).toBe(2)
    expect(relativeError(window.quantile(value < 1 ? 0 : 1), edge)).toBeLessThan(0.01)
    expect(window.average).toBe((1 + value) / 2)
  })

  it.each([0, -0])('%d is reported as zero', (value) => {
    const window = new Window()
    window.record(value)
    expect(window.snapshot()).toMatchObject({ count: 1, average: 0, p50: 0, p99: 0 })
  })

  it.each([NaN, -1, -1e-300, Infinity, -Infinity])('refuses record(%d) and keeps what it holds', (value) => {
    const window = new Window({ name: 'latency' })
    window.record(1)
    expect(() => window.record(value)).toThrow(RangeError)
    expect(() => window.record(value)).toThrow('latency: record(')
    expect(window.snapshot()).toMatchObject({ count: 1, average: 1 })
  })

  it.each<[WindowOptions]>([
    [{ windowMs: 0 }],
    [{ windowMs: NaN }],
    [{ slices: 0 }],
    [{ slices: 2.5 }],
    [{ slices: 1001 }],
    [{ min: 0 }],
    [{ min: 2, max: 1 }],
    [{ max: Infinity }],
  ])('refuses %j', (options) => {
    expect(() => new Window(options)).toThrow(RangeError)
  })

  it('refuses a time or a quantile that is none', () => {
    expect(() => new Window().tick(NaN)).toThrow('tick(NaN)')
    expect(() => new Window().quantile(-0.01)).toThrow('quantile(-0.01)')
  })
})

it('stays within 25 KiB, whatever arrives (B1, G17)', () => {
  const window = new Window()
  for (let at = 0; at < 600_000; at += 10_000) {
    window.tick(at)
    for (let exponent = -20; exponent < 30; exponent += 0.01) window.record(2 ** exponent, exponent > 0)
  }
  expect(window.count).toBeGreaterThan(100_000)
  expect(window.bytes).toBeLessThanOrEqual(24 * 1024)
})
