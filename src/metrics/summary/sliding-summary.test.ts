import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QUANTILE_RELATIVE_ERROR, SlidingSummary, type SlidingSummaryOptions } from '../index.ts'

const BOUND = QUANTILE_RELATIVE_ERROR + 1e-12

/** The ceil(q * n)-th smallest, q in thousandths. */
function exactQuantile(values: readonly number[], thousandths: number): number | undefined {
  const ordered = values.toSorted((a, b) => a - b)
  return ordered[Math.max(1, Math.ceil((thousandths * values.length) / 1000)) - 1]
}

function within1Percent(got: number | undefined, exact: number | undefined): boolean {
  if (got === undefined || exact === undefined) return got === exact
  return Math.abs(got - exact) <= BOUND * Math.abs(exact)
}

const magnitude = fc.double({ min: Math.log(1e-9), max: Math.log(1e21), noNaN: true }).map(Math.exp)
const value = fc.oneof(
  magnitude,
  magnitude.map((value) => -value),
  fc.integer({ min: -50, max: 50 }),
  fc.constantFrom(0, -0),
)

describe('quantiles of the window, count and sum of everything', () => {
  it('within 1 % for numbers of either sign, at any time', () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ value }) },
      { weight: 1, arbitrary: fc.record({ ms: fc.integer({ min: 0, max: 20_000 }) }) },
    )
    const percentiles = [0, 0.01, 0.05, 0.07, 0.5, 0.9, 0.999, 1]
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), fc.constantFrom(1, 3, 5), (steps, ageBuckets) => {
        const summary = new SlidingSummary({ percentiles, maxAgeSeconds: 60, ageBuckets })
        const sliceOf = (at: number): number => Math.floor(at / (60_000 / ageBuckets))
        let at = 0
        summary.tick(at)
        const all: { slice: number; value: number }[] = []
        for (const step of steps) {
          if ('ms' in step) summary.tick((at += step.ms))
          else {
            summary.observe(step.value)
            all.push({ slice: sliceOf(at), value: step.value })
          }
        }
        const { count, sum, quantiles } = summary.snapshot()
        expect({ count, sum }).toEqual({
          count: all.length,
          sum: all.reduce((total, { value }) => total + value, 0),
        })
        const inside = all.filter(({ slice }) => slice > sliceOf(at) - ageBuckets).map(({ value }) => value)
        expect(quantiles.map(({ quantile }) => quantile)).toEqual(percentiles)
        const off = quantiles.filter(
          ({ quantile, value }) => !within1Percent(value, exactQuantile(inside, Math.round(quantile * 1000))),
        )
        expect(off).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('forgets values by age, never the count and the sum', () => {
    const summary = new SlidingSummary({ percentiles: [0.5], maxAgeSeconds: 60 })
    summary.tick(0)
    summary.observe(-3)
    summary.tick(59_999)
    expect(within1Percent(summary.quantile(0.5), -3)).toBe(true)
    summary.tick(60_000)
    expect(summary.snapshot()).toEqual({ count: 1, sum: -3, quantiles: [{ quantile: 0.5, value: undefined }] })
  })

  it('keeps everything when values have no greatest age', () => {
    const summary = new SlidingSummary({ maxAgeSeconds: Infinity, ageBuckets: 5 })
    for (let at = 0; at < 1e12; at += 1e11) {
      summary.tick(at)
      summary.observe(at + 1)
    }
    expect(within1Percent(summary.quantile(0), 1)).toBe(true)
    expect(within1Percent(summary.quantile(1), 9e11 + 1)).toBe(true)
  })

  it("has prom-client's percentiles by default", () => {
    expect(new SlidingSummary().snapshot().quantiles.map(({ quantile }) => quantile)).toEqual([
      0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999,
    ])
  })

  it('is reset whole', () => {
    const summary = new SlidingSummary()
    summary.tick(0)
    summary.observe(5)
    summary.observe(-5)
    summary.reset()
    expect(summary.snapshot()).toEqual(new SlidingSummary().snapshot())
    summary.tick(1e9)
    summary.observe(7)
    expect(summary.snapshot()).toMatchObject({ count: 1, sum: 7 })
    expect(within1Percent(summary.quantile(0.5), 7)).toBe(true)
  })

  it('counts magnitudes beyond its range as the edge', () => {
    const summary = new SlidingSummary({ min: 1, max: 1000 })
    for (const value of [-1e9, -0.01, 0.01, 1e9]) summary.observe(value)
    const values = [0.25, 0.5, 0.75, 1].map((q) => summary.quantile(q) ?? NaN)
    expect([-1000, -1, 1, 1000].map((edge, i) => within1Percent(values[i], edge))).toEqual([true, true, true, true])
    expect(summary.snapshot().sum).toBe(0)
  })
})

it('stays bounded, whatever arrives (G17)', () => {
  const summary = new SlidingSummary()
  for (let exponent = -1000; exponent < 1000; exponent += 0.1) {
    summary.observe(2 ** exponent)
    summary.observe(-(2 ** exponent))
  }
  expect(summary.snapshot().count).toBe(40_000)
  expect(summary.bytes).toBeLessThanOrEqual(140 * 1024)
})

it('holds little for values of one kind', () => {
  const summary = new SlidingSummary()
  for (let ms = 1; ms <= 1000; ms++) summary.observe(ms / 1000)
  expect(summary.bytes).toBeLessThanOrEqual(8 * 1024)
})

describe('misuse', () => {
  it.each([NaN, Infinity, -Infinity])('refuses observe(%d) and keeps what it holds', (value) => {
    const summary = new SlidingSummary({ name: 's' })
    summary.observe(1)
    expect(() => summary.observe(value)).toThrow(RangeError)
    expect(() => summary.observe(value)).toThrow('s: observe(')
    expect(summary.snapshot()).toMatchObject({ count: 1, sum: 1 })
  })

  it.each<[SlidingSummaryOptions]>([
    [{ percentiles: [0.5, 1.5] }],
    [{ percentiles: [NaN] }],
    [{ maxAgeSeconds: 0 }],
    [{ ageBuckets: 0 }],
    [{ min: -1 }],
  ])('refuses %j', (options) => {
    expect(() => new SlidingSummary(options)).toThrow(RangeError)
  })
})
