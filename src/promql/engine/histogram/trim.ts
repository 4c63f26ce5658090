import type { HistogramValue } from '../../../series/index.ts'
import { fromMap, isCustom, toMap, type Bucket, customBucket } from './buckets.ts'
import { exponentialBound } from './exponential-bounds.ts'
import { oneSided } from './quantile.ts'

/**
 * `</` keeps the observations below the value, `>/` those above. The bucket that the value falls into is split as
 * quantiles interpolate; the sum is estimated anew from the buckets' middles when anything was cut off.
 */
export function trimHistogram(histogram: HistogramValue, at: number, operator: '</' | '>/'): HistogramValue {
  const keepLow = operator === '</'
  let count = 0
  let sum = 0
  let cut = false
  const keep = (bucket: Bucket): number => {
    if (bucket.count === 0) return 0
    const share = keptShare(bucket, at, keepLow)
    if (share !== 1) cut = true
    const kept = bucket.count * share
    count += kept
    const piece = keepLow
      ? { ...bucket, lower: finite(bucket), upper: Math.min(bucket.upper, at) }
      : { ...bucket, lower: Math.max(finite(bucket), at) }
    if (kept !== 0) sum += kept * middle(piece)
    return kept
  }
  const side = (map: Map<number, number>, bucketOf: (key: number, n: number) => Bucket): Map<number, number> =>
    new Map(Array.from(map, ([key, n]) => [key, keep(bucketOf(key, n))]))
  const { schema, zeroThreshold, zeroCount, customBounds } = histogram
  const positive = side(toMap(histogram.positive), (key, n) =>
    isCustom(histogram)
      ? customBucket(customBounds, key, n)
      : { lower: exponentialBound(schema, key - 1), upper: exponentialBound(schema, key), count: n, side: 'positive' },
  )
  const negative = side(toMap(histogram.negative), (key, n) => ({
    lower: -exponentialBound(schema, key),
    upper: -exponentialBound(schema, key - 1),
    count: n,
    side: 'negative',
  }))
  const zero = keep(
    oneSided({ lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount, side: 'zero' }, histogram),
  )
  if (!cut) return histogram
  return {
    ...histogram,
    count,
    sum,
    zeroCount: zero,
    positive: fromMap(positive),
    negative: fromMap(negative),
  }
}

/** The share of a bucket's observations that is kept. One that goes to infinity is kept or dropped whole. */
function keptShare(bucket: Bucket, at: number, keepLow: boolean): number {
  const { lower, upper, side } = bucket
  if (at >= upper) return keepLow ? 1 : 0
  if (at <= lower) return keepLow ? 0 : 1
  if (upper === Infinity && lower !== -Infinity) return keepLow ? 0 : 1
  if (lower === -Infinity && (upper <= 0 || upper === Infinity)) return keepLow && upper <= 0 ? 1 : 0
  if (lower === -Infinity && at < 0) return 0
  const low = side === 'custom' ? linear(lower === -Infinity ? 0 : lower, upper, at) : below(bucket, at)
  return keepLow ? low : 1 - low
}

function linear(lower: number, upper: number, at: number): number {
  return (at - lower) / (upper - lower)
}

/** The share of an exponential schema's bucket that lies below the value. */
function below({ lower, upper, side }: Bucket, at: number): number {
  if (side === 'zero') return linear(lower, upper, at)
  const [low, high, value] = [Math.log2(Math.abs(lower)), Math.log2(Math.abs(upper)), Math.log2(Math.abs(at))]
  return side === 'positive' ? linear(low, high, value) : (low - value) / (low - high)
}

/** The lowest bucket with a bound of its own above zero is taken to begin at zero. */
function finite({ lower, upper }: Bucket): number {
  return lower === -Infinity && upper > 0 ? 0 : lower
}

function middle({ lower, upper, side }: Bucket): number {
  if (side === 'custom' && lower === -Infinity) return upper > 0 ? upper / 2 : upper
  if (upper === Infinity) return lower
  if (side === 'zero' || side === 'custom') return (lower + upper) / 2
  const value = Math.sqrt(lower * upper)
  return side === 'positive' ? value : -value
}
