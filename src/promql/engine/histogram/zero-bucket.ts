import type { HistogramValue } from '../../../series/index.ts'
import { fromMap, toMap } from './buckets.ts'
import { exponentialBound } from './exponential-bounds.ts'

/**
 * The histogram with its zero bucket widened to at least `threshold`: buckets below it go into it. When the threshold falls
 * into a bucket that counts something, it widens to that bucket's end.
 */
export function widenZeroBucket(histogram: HistogramValue, threshold: number): HistogramValue {
  if (threshold <= histogram.zeroThreshold) return histogram
  const { schema } = histogram
  const sides = [toMap(histogram.positive), toMap(histogram.negative)] as const
  let widened = threshold
  for (let again = true; again;) {
    again = false
    for (const side of sides) {
      for (const [key, count] of side) {
        const upper = exponentialBound(schema, key)
        if (count === 0 || exponentialBound(schema, key - 1) >= widened || upper <= widened) continue
        widened = upper
        again = true
      }
    }
  }
  let { zeroCount } = histogram
  for (const side of sides) {
    for (const [key, count] of side) {
      if (exponentialBound(schema, key - 1) >= widened) continue
      zeroCount += count
      side.delete(key)
    }
  }
  return { ...histogram, zeroThreshold: widened, zeroCount, positive: fromMap(sides[0]), negative: fromMap(sides[1]) }
}

/** Both with the same zero threshold, the least one that fits both. */
export function alignZeroBuckets(a: HistogramValue, b: HistogramValue): readonly [HistogramValue, HistogramValue] {
  let [left, right] = [a, b]
  while (left.zeroThreshold !== right.zeroThreshold) {
    left = widenZeroBucket(left, right.zeroThreshold)
    right = widenZeroBucket(right, left.zeroThreshold)
  }
  return [left, right]
}
