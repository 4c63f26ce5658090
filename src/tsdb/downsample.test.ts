import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { setStale } from '../series/index.ts'
import { downsample } from './downsample.ts'

const STALE = 'stale'

function keptOf(
  samples: readonly (readonly [number, number | typeof STALE])[],
  grows: boolean,
  starts?: number[],
): number[] {
  const values = Float64Array.from(samples, ([, value]) => (value === STALE ? 0 : value))
  samples.forEach(([, value], i) => {
    if (value === STALE) setStale(values, i)
  })
  const times = Float64Array.from(samples, ([t]) => t)
  const startTimes = starts && Float64Array.from(starts)
  return [...downsample({ times, values, startTimes, histograms: undefined }, 10, grows).floats]
}

/** All that was counted, as `increase` adds it up. */
function counted(values: readonly number[]): number {
  return values.reduce((sum, value, i) => {
    const before = values[i - 1]
    return before === undefined ? sum : sum + (value < before ? value : value - before)
  }, 0)
}

describe('what stays at a coarser resolution', () => {
  it.each([
    ['the first, and the last of each slot', false, [1, 4, 9, 10, 14, 25].map((t) => [t, t] as const), [0, 2, 4, 5]],
    [
      'both around a reset of a counter',
      true,
      [
        [0, 5],
        [3, 9],
        [6, 1],
        [8, 2],
        [11, 3],
      ] as const,
      [0, 1, 2, 3, 4],
    ],
    [
      'not around the fall of a gauge',
      false,
      [
        [0, 5],
        [3, 9],
        [6, 1],
        [8, 2],
        [11, 3],
      ] as const,
      [0, 3, 4],
    ],
    [
      'an end, with the last sample before it',
      true,
      [
        [0, 5],
        [3, 6],
        [6, STALE],
      ] as const,
      [0, 1, 2],
    ],
    [
      'an end that another life follows: its first sample',
      true,
      [
        [0, 5],
        [3, STALE],
        [4, 1],
        [6, 2],
        [8, 3],
      ] as const,
      [0, 2, 4],
    ],
    ['nothing of nothing', true, [], []],
  ])('%s', (_, grows, samples, want) => {
    expect(keptOf(samples, grows)).toEqual(want)
  })

  it('both around a reset that only the start time tells', () => {
    const samples = [
      [0, 1],
      [2, 2],
      [4, 7],
      [6, 8],
    ] as const
    expect(keptOf(samples, true, [5, 5, 9, 9])).toEqual([0, 1, 2, 3])
    expect(keptOf(samples, true, [5, 5, 5, 5])).toEqual([0, 3])
  })

  it('counts as much as all', () => {
    const sample = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat({ max: 9 }), fc.boolean())
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 200 }), (steps) => {
        let [t, value] = [0, 100]
        const samples = steps.map(([gap, by, reset]) => {
          t += gap
          value = reset && by > 6 ? by : value + by
          return [t, value] as const
        })
        const kept = keptOf(samples, true).map((i) => samples[i]?.[1] ?? 0)
        expect(counted(kept)).toBe(counted(samples.map(([, each]) => each)))
        expect(kept.at(-1)).toBe(value)
      }),
    )
  })
})
