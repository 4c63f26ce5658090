import type { NativeBuckets, NativeSnapshot } from '../../../metrics/index.ts'
import type { HistogramBuckets, HistogramValue } from '../../../series/index.ts'

/** A native histogram as the store keeps it. */
export function histogramValue(native: NativeSnapshot): HistogramValue {
  const { schema, count, sum, zeroThreshold, zeroCount } = native
  return {
    schema,
    count,
    sum,
    zeroThreshold,
    zeroCount,
    positive: bucketsOf(native.positive),
    negative: bucketsOf(native.negative),
    customBounds: [],
    counterReset: 'unknown',
  }
}

function bucketsOf({ spans, deltas }: NativeBuckets): HistogramBuckets {
  // A span of no buckets only tells a reader of the page that this is a native histogram.
  if (deltas.length === 0) return { spans: [], counts: [] }
  let count = 0
  return { spans, counts: deltas.map((delta) => (count += delta)) }
}
