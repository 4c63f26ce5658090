import type { HistogramValue } from '../../../series/index.ts'
import { type Bucket, bucketsOf, isCustom } from './buckets.ts'
import { oneSided } from './quantile.ts'

/** The share of observations between two values. */
export function nativeFraction(lower: number, upper: number, histogram: HistogramValue): number {
  const buckets = bucketsOf(histogram).map((bucket) => {
    if (bucket.side === 'zero') return oneSided(bucket, histogram)
    return bucket.lower === -Infinity && bucket.upper > 0 && isCustom(histogram) ? { ...bucket, lower: 0 } : bucket
  })
  return bucketsFraction(lower, upper, buckets, histogram.count)
}

/** Of buckets from the lowest to the highest. */
export function bucketsFraction(lower: number, upper: number, buckets: readonly Bucket[], count: number): number {
  if (count === 0 || Number.isNaN(lower) || Number.isNaN(upper) || Number.isNaN(count)) return NaN
  if (lower >= upper) return 0
  return (rankOf(upper, buckets, count) - rankOf(lower, buckets, count)) / count
}

/** How many observations are at most `value`. */
function rankOf(value: number, buckets: readonly Bucket[], count: number): number {
  let rank = 0
  for (const bucket of buckets) {
    if (bucket.lower >= value) break
    if (bucket.upper > value) {
      rank += bucket.count * shareBelow(value, bucket)
      break
    }
    rank += bucket.count
  }
  const last = buckets.at(-1)
  return last === undefined || value >= last.upper ? count : Math.min(rank, count)
}

function shareBelow(value: number, { lower, upper, side }: Bucket): number {
  if (side === 'zero' || side === 'custom') {
    if (lower === -Infinity) return 1
    return (value - lower) / (upper - lower)
  }
  const [low, high, at] = [Math.log2(Math.abs(lower)), Math.log2(Math.abs(upper)), Math.log2(Math.abs(value))]
  return side === 'positive' ? (at - low) / (high - low) : 1 - (at - high) / (low - high)
}
