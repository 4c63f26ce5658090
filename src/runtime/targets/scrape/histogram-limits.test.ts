import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CUSTOM_BOUNDS_SCHEMA, type HistogramBuckets, type HistogramValue } from '../../../series/index.ts'
import { limitHistogram } from './histogram-limits.ts'

function histogram(schema: number, positive: HistogramBuckets, negative: HistogramBuckets = NONE): HistogramValue {
  const count = [...positive.counts, ...negative.counts].reduce((sum, each) => sum + each, 0)
  return {
    schema,
    count,
    sum: 1,
    zeroThreshold: 0,
    zeroCount: 0,
    positive,
    negative,
    customBounds: [],
    counterReset: 'unknown',
  }
}

const NONE: HistogramBuckets = { spans: [], counts: [] }
const FOUR: HistogramBuckets = {
  spans: [
    { offset: 0, length: 2 },
    { offset: 1, length: 2 },
  ],
  counts: [1, 2, 3, 4],
}

/** Counts by bucket, with the upper bound of each. */
function byBound({ schema, positive }: HistogramValue): (readonly [bound: number, count: number])[] {
  let key = 0
  let next = 0
  return positive.spans.flatMap(({ offset, length }) => {
    key += offset
    return Array.from({ length }, () => [2 ** (key++ * 2 ** -schema), positive.counts[next++] ?? 0] as const)
  })
}

describe('limitHistogram', () => {
  it.each([
    ['no limit', histogram(0, FOUR), 0, 0, 0, FOUR],
    ['enough room', histogram(0, FOUR), 4, 0, 0, FOUR],
    ['one too many', histogram(0, FOUR), 3, 0, -1, { spans: [{ offset: 0, length: 3 }], counts: [1, 2, 7] }],
    ['a growth', histogram(8, FOUR), 0, 2, 0, { spans: [{ offset: 0, length: 2 }], counts: [1, 9] }],
    ['a growth between two', histogram(8, FOUR), 0, 1.5, 0, { spans: [{ offset: 0, length: 2 }], counts: [1, 9] }],
    ['a growth that there is', histogram(0, FOUR), 0, 1.1, 0, FOUR],
  ] as const)('%s', (_why, value, buckets, factor, schema, positive) => {
    expect(limitHistogram(value, buckets, factor)).toEqual({ ...value, schema, positive })
  })

  it.each([
    ['the coarsest', histogram(-4, FOUR)],
    ['custom bounds', { ...histogram(CUSTOM_BOUNDS_SCHEMA, FOUR), customBounds: [1, 2, 3, 4, 5] }],
  ])('%s cannot get coarser', (_why, value) => {
    expect(limitHistogram(value, 2, 0)).toBeUndefined()
    expect(limitHistogram(value, 4, 0)).toBe(value)
  })

  it('keeps what lies below each bound that is left', () => {
    const buckets = fc
      .array(
        fc.tuple(
          fc.integer({ min: 0, max: 9 }),
          fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 9 }),
        ),
        {
          minLength: 1,
          maxLength: 9,
        },
      )
      .map((parts) => ({
        spans: parts.map(([offset, counts]) => ({ offset, length: counts.length })),
        counts: parts.flatMap(([, counts]) => counts),
      }))
    fc.assert(
      fc.property(
        buckets,
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 12, max: 30 }),
        (positive, schema, most) => {
          const value = histogram(schema, positive)
          const limited = limitHistogram(value, most, 0)
          if (limited === undefined) throw new Error('it always can')
          expect(limited.positive.counts.length).toBeLessThanOrEqual(most)
          const fine = byBound(value)
          let below = 0
          for (const [bound, count] of byBound(limited)) {
            below += count
            expect(fine.filter(([other]) => other <= bound * (1 + 1e-9)).reduce((sum, [, each]) => sum + each, 0)).toBe(
              below,
            )
          }
        },
      ),
    )
  })
})
