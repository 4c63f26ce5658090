import type { HistogramValue } from '../../../series/index.ts'
import { type Bucket, bucketsOf, isCustom } from './buckets.ts'

export interface NativeQuantile {
  readonly value: number
  /** Observations that were no numbers stand in the way. */
  readonly nan: 'none' | 'result' | 'skewed'
}

/** Interpolates exponentially inside buckets, linearly in the zero bucket and between bounds of one's own. */
export function nativeQuantile(q: number, histogram: HistogramValue): NativeQuantile {
  const plain = (value: number): NativeQuantile => ({ value, nan: 'none' })
  if (q < 0) return plain(-Infinity)
  if (q > 1) return plain(Infinity)
  if (histogram.count === 0 || Number.isNaN(q)) return plain(NaN)
  const holdsNaN = Number.isNaN(histogram.sum)
  const forward = holdsNaN || q < 0.5
  const buckets = bucketsOf(histogram)
  let rank = (forward ? q : 1 - q) * histogram.count
  let count = 0
  let bucket: Bucket = { lower: 0, upper: 0, count: 0, side: 'zero' }
  for (const each of forward ? buckets : buckets.toReversed()) {
    if (each.count === 0) continue
    bucket = each
    count += each.count
    if (count >= rank) break
  }
  const bounded = bound(bucket, histogram)
  if (typeof bounded === 'number') return plain(bounded)
  count = Math.min(count, histogram.count)
  if (count < rank) return { value: NaN, nan: holdsNaN ? 'result' : 'none' }
  rank = forward ? rank - (count - bucket.count) : count - rank
  return { value: interpolate(bounded, rank / bucket.count), nan: holdsNaN ? 'skewed' : 'none' }
}

/** The bucket with ends to interpolate between, or the value itself where there is no such end. */
function bound(bucket: Bucket, histogram: HistogramValue): Bucket | number {
  if (isCustom(histogram)) {
    if (bucket.lower === -Infinity) return bucket.upper <= 0 ? bucket.upper : { ...bucket, lower: 0 }
    return bucket.upper === Infinity ? bucket.lower : bucket
  }
  return bucket.side === 'zero' ? oneSided(bucket, histogram) : bucket
}

/** The zero bucket reaches only to the side that has other buckets. */
export function oneSided(zero: Bucket, { positive, negative }: HistogramValue): Bucket {
  const [above, below] = [positive.counts.length > 0, negative.counts.length > 0]
  if (above && !below) return { ...zero, lower: 0 }
  return below && !above ? { ...zero, upper: 0 } : zero
}

function interpolate({ lower, upper, side }: Bucket, fraction: number): number {
  if (side === 'zero' || side === 'custom') return lower + (upper - lower) * fraction
  const [logLower, logUpper] = [Math.log2(Math.abs(lower)), Math.log2(Math.abs(upper))]
  return side === 'positive'
    ? 2 ** (logLower + (logUpper - logLower) * fraction)
    : -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)))
}
