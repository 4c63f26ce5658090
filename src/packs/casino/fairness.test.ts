import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Registry } from '../../metrics/index.ts'
import { FairnessMetrics, MIN_ROLLS } from '../index.ts'
import { gammaQ } from './gamma.ts'

/** Every pair of dice once: the totals in their exact proportions. */
const PAIRS = [1, 2, 3, 4, 5, 6].flatMap((a) => [1, 2, 3, 4, 5, 6].map((b) => [a, b] as const))

/** Deterministic: 32 bits of a linear congruential generator (Numerical Recipes), of which the upper ones are good. */
function dice(seed: number, faces: readonly number[] = [1, 2, 3, 4, 5, 6]): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return faces[Math.floor((state / 2 ** 32) * faces.length)] ?? 0
  }
}

async function values(registry: Registry): Promise<Record<string, number>> {
  const lines: Record<string, number> = {}
  for (const family of await registry.collect()) {
    if (family.kind === 'histogram' || family.kind === 'summary') continue
    for (const { labels, value } of family.series) lines[[family.name, ...Object.values(labels)].join(' ')] = value
  }
  return lines
}

describe('the upper incomplete gamma function', () => {
  it.each([
    // critical values of the chi-square distribution, NIST handbook 1.3.6.7.4, with more digits
    [10, 18.307038053275146, 0.05],
    [10, 15.987179172105261, 0.1],
    [10, 23.209251158954356, 0.01],
    [10, 29.58829844507442, 0.001],
    [10, 3.9402991361190605, 0.95],
    [10, 9.34181776559197, 0.5],
    [5, 11.070497693516351, 0.05],
    [1, 3.841458820694124, 0.05],
    [1, 0.4549364231195724, 0.5],
  ])('with %i degrees of freedom, %f is exceeded with probability %f', (freedom, statistic, p) => {
    expect(Math.abs(gammaQ(freedom / 2, statistic / 2) - p)).toBeLessThan(1e-12)
  })

  it('is a finite sum for whole a (DLMF 8.4.10), to ten digits over the whole range', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 200, noNaN: true }), (a, x) => {
        let term = Math.exp(-x)
        let sum = term
        for (let k = 1; k < a; k++) sum += term *= x / k
        return Math.abs(gammaQ(a, x) - sum) <= 1e-12 + 1e-10 * sum
      }),
    )
  })

  it('satisfies the recurrence Q(a + 1, x) = Q(a, x) + x^a e^-x / gamma(a + 1) (DLMF 8.8.6) for half a', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.double({ min: 1e-6, max: 100, noNaN: true }), (n, x) => {
        const a = n + 0.5
        let gamma = Math.sqrt(Math.PI)
        for (let k = 0.5; k <= a; k++) gamma *= k
        return Math.abs(gammaQ(a + 1, x) - gammaQ(a, x) - (x ** a * Math.exp(-x)) / gamma) < 1e-12
      }),
    )
  })

  it.each([
    [5, 0, 1],
    [5, Infinity, 0],
  ])('Q(%f, %f) is %f', (a, x, q) => {
    expect(gammaQ(a, x)).toBe(q)
  })

  it.each([
    [0, 1],
    [NaN, 1],
    [5, -1],
    [5, NaN],
  ])('refuses Q(%f, %f)', (a, x) => {
    expect(() => gammaQ(a, x)).toThrow(RangeError)
  })
})

describe('S10 fairness', () => {
  it('counts every total, at zero from the start', async () => {
    const registry = new Registry()
    const fairness = new FairnessMetrics(registry)
    expect(Object.keys(await values(registry)).length).toBe(11)
    for (const [a, b] of PAIRS) fairness.roll(a, b)
    expect(await values(registry)).toEqual(
      Object.fromEntries([1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1].map((n, i) => [`bitcraps_dice_rolls_total ${i + 2}`, n])),
    )
  })

  it('says nothing below 180 rolls, neither fair nor unfair, and then exports statistic and p-value', async () => {
    const registry = new Registry()
    const fairness = new FairnessMetrics(registry)
    for (let i = 1; i < MIN_ROLLS; i++) fairness.roll(1, 1)
    expect(fairness.isFair(0.05)).toBeUndefined()
    expect(await values(registry)).not.toHaveProperty('bitcraps_dice_chi_square')
    fairness.roll(1, 1)
    expect(fairness.isFair(0.05)).toBe(false)
    // all 180 in one cell: (180 - 5)^2 / 5, and 175 more, expected elsewhere and missing there
    const page = await values(registry)
    expect(page['bitcraps_dice_chi_square']).toBeCloseTo(6300, 9)
    expect(page['bitcraps_dice_fairness_p_value']).toBeLessThan(1e-300)
  })

  it('finds the exact proportions perfectly fair', () => {
    const fairness = new FairnessMetrics(new Registry())
    for (let round = 0; round < 5; round++) for (const [a, b] of PAIRS) fairness.roll(a, b)
    expect(fairness.test()?.statistic).toBeCloseTo(0, 12)
    expect(fairness.test()?.pValue).toBeCloseTo(1, 12)
    expect(fairness.isFair(0.999)).toBe(true)
  })

  it('fails about alpha of the fair dice, and every loaded die', () => {
    let failed = 0
    for (let seed = 1; seed <= 200; seed++) {
      const fair = new FairnessMetrics(new Registry())
      const loaded = new FairnessMetrics(new Registry())
      const even = dice(seed)
      const heavy = dice(seed, [1, 2, 3, 4, 5, 6, 6])
      for (let i = 0; i < 2000; i++) fair.roll(even(), even())
      for (let i = 0; i < 2000; i++) loaded.roll(heavy(), heavy())
      if (fair.isFair(0.05) === false) failed++
      expect(loaded.isFair(0.05)).toBe(false)
    }
    // 200 trials at 0.05: 10 expected, standard deviation 3.1
    expect(failed).toBeGreaterThanOrEqual(1)
    expect(failed).toBeLessThanOrEqual(20)
  })

  it.each([
    [0, 1],
    [1, 7],
    [2.5, 1],
    [NaN, 1],
    [1, Infinity],
  ])('refuses dice %f and %f, and counts nothing', async (a, b) => {
    const registry = new Registry()
    const fairness = new FairnessMetrics(registry)
    expect(() => fairness.roll(a, b)).toThrow(RangeError)
    expect(fairness.rolls).toBe(0)
    expect(Object.values(await values(registry)).every((value) => value === 0)).toBe(true)
  })

  it.each([0, 1, -1, NaN])('refuses alpha %f', (alpha) => {
    expect(() => new FairnessMetrics(new Registry()).isFair(alpha)).toThrow(/alpha/)
  })
})
