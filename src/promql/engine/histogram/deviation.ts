import type { HistogramValue } from '../../../series/index.ts'
import { CompensatedSum } from '../kahan.ts'
import { type Bucket, bucketsOf } from './buckets.ts'

/** Variance, each observation taken to be in the middle of its bucket. */
export function histogramVariance(histogram: HistogramValue): number {
  const mean = histogram.sum / histogram.count
  const total = new CompensatedSum()
  for (const bucket of bucketsOf(histogram)) {
    if (bucket.count === 0) continue
    const delta = middle(bucket) - mean
    total.add(bucket.count * delta * delta)
  }
  return total.value / histogram.count
}

function middle({ lower, upper, side }: Bucket): number {
  if (side === 'zero') return 0
  if (side === 'custom') return lower === -Infinity ? upper : upper === Infinity ? lower : (lower + upper) / 2
  const value = Math.sqrt(upper * lower)
  return side === 'negative' ? -value : value
}
