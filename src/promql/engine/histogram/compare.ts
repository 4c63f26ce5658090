import type { HistogramBuckets, HistogramSpan, HistogramValue } from '../../../series/index.ts'
import { rebound, sameBounds, sharedBounds, toSchema } from './arithmetic.ts'
import { type BucketMap, fromMap, isCustom, toMap } from './buckets.ts'
import { widenZeroBucket } from './zero-bucket.ts'

/** Whether both hold the same: layouts of the same buckets may differ. */
export function sameHistogram(a: HistogramValue, b: HistogramValue): boolean {
  return (
    a.schema === b.schema &&
    Object.is(a.count, b.count) &&
    (a.sum === b.sum || (Number.isNaN(a.sum) && Number.isNaN(b.sum))) &&
    a.zeroThreshold === b.zeroThreshold &&
    a.zeroCount === b.zeroCount &&
    sameBounds(a.customBounds, b.customBounds) &&
    sameBuckets(a.positive, b.positive) &&
    sameBuckets(a.negative, b.negative)
  )
}

function sameBuckets(a: HistogramBuckets, b: HistogramBuckets): boolean {
  const [x, y] = [fromMap(toMap(a)), fromMap(toMap(b))]
  return (
    x.counts.length === y.counts.length &&
    x.counts.every((count, i) => count === y.counts[i]) &&
    x.spans.length === y.spans.length &&
    x.spans.every(({ offset, length }, i) => offset === y.spans[i]?.offset && length === y.spans[i]?.length)
  )
}

/** Whether a counter began anew between the two. */
export function isReset(current: HistogramValue, previous: HistogramValue): boolean {
  if (current.counterReset === 'reset') return true
  if (current.counterReset === 'not-reset') return false
  if (current.count < previous.count) return true
  if (isCustom(current) !== isCustom(previous)) return true
  if (isCustom(current)) {
    if (sameBounds(current.customBounds, previous.customBounds)) return anyFell(current.positive, previous.positive)
    const bounds = sharedBounds(current.customBounds, previous.customBounds)
    return anyLess(rebound(current, bounds), rebound(previous, bounds))
  }
  if (current.schema > previous.schema || current.zeroThreshold < previous.zeroThreshold) return true
  const before = widenZeroBucket(previous, current.zeroThreshold)
  if (before.zeroThreshold !== current.zeroThreshold || current.zeroCount < before.zeroCount) return true
  const reduced = toSchema(before, current.schema)
  return anyFell(current.positive, reduced.positive) || anyFell(current.negative, reduced.negative)
}

function anyFell(current: HistogramBuckets, previous: HistogramBuckets): boolean {
  if (!sameSpans(current.spans, previous.spans)) return anyLess(toMap(current), toMap(previous))
  const { counts } = previous
  for (let i = 0; i < counts.length; i++) if ((current.counts[i] ?? 0) < (counts[i] ?? 0)) return true
  return false
}

function sameSpans(a: readonly HistogramSpan[], b: readonly HistogramSpan[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    if (a[i]?.offset !== b[i]?.offset || a[i]?.length !== b[i]?.length) return false
  }
  return true
}

function anyLess(current: BucketMap, previous: BucketMap): boolean {
  for (const [key, count] of previous) if ((current.get(key) ?? 0) < count) return true
  return false
}
