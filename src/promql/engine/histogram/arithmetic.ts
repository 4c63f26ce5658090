import type { HistogramBuckets, HistogramValue } from '../../../series/index.ts'
import { type BucketMap, coarser, fromMap, isCustom, mapCounts, NO_BUCKETS, toMap } from './buckets.ts'
import { alignZeroBuckets, widenZeroBucket } from './zero-bucket.ts'

export interface Combined {
  readonly value: HistogramValue
  /** One comes after a counter's reset and the other does not. */
  readonly resetsCollide: boolean
  /** Their own bounds differed; the bounds that both have are left. */
  readonly boundsReconciled: boolean
}

/** The sum; undefined when one has bounds of its own and the other has not. */
export function addHistograms(a: HistogramValue, b: HistogramValue): Combined | undefined {
  return combine(a, b, 1)
}

export function subtractHistograms(a: HistogramValue, b: HistogramValue): Combined | undefined {
  return combine(a, b, -1)
}

function combine(a: HistogramValue, b: HistogramValue, sign: 1 | -1): Combined | undefined {
  if (isCustom(a) !== isCustom(b)) return undefined
  const { hint, collide } = combinedHint(a.counterReset, b.counterReset)
  const totals = { count: a.count + sign * b.count, sum: a.sum + sign * b.sum, counterReset: hint }
  if (isCustom(a)) {
    const bounds = sharedBounds(a.customBounds, b.customBounds)
    const positive = merge(rebound(a, bounds), rebound(b, bounds), sign)
    const boundsReconciled = !sameBounds(a.customBounds, b.customBounds)
    const value = { ...a, ...totals, customBounds: bounds, positive, negative: NO_BUCKETS }
    return { value, resetsCollide: collide, boundsReconciled }
  }
  const [left, right] = alignZeroBuckets(a, b)
  const schema = Math.min(left.schema, right.schema)
  const [x, y] = [toSchema(left, schema), toSchema(right, schema)]
  const value = {
    ...x,
    ...totals,
    zeroCount: x.zeroCount + sign * y.zeroCount,
    positive: merge(toMap(x.positive), toMap(y.positive), sign),
    negative: merge(toMap(x.negative), toMap(y.negative), sign),
  }
  return { value, resetsCollide: collide, boundsReconciled: false }
}

function combinedHint(
  a: HistogramValue['counterReset'],
  b: HistogramValue['counterReset'],
): { readonly hint: HistogramValue['counterReset']; readonly collide: boolean } {
  if (a === b) return { hint: a, collide: false }
  if (a === 'gauge' || b === 'gauge') return { hint: 'gauge', collide: false }
  return { hint: 'unknown', collide: a !== 'unknown' && b !== 'unknown' }
}

function merge(a: BucketMap, b: BucketMap, sign: 1 | -1): HistogramBuckets {
  const merged = new Map(a)
  for (const [key, count] of b) merged.set(key, (merged.get(key) ?? 0) + sign * count)
  return fromMap(merged)
}

/** The same histogram in a coarser schema. */
export function toSchema(histogram: HistogramValue, schema: number): HistogramValue {
  if (schema >= histogram.schema) return histogram
  const reduce = (buckets: HistogramBuckets): HistogramBuckets =>
    fromMap(coarser(toMap(buckets), histogram.schema, schema))
  return { ...histogram, schema, positive: reduce(histogram.positive), negative: reduce(histogram.negative) }
}

export function sameBounds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((bound, i) => bound === b[i])
}

export function sharedBounds(a: readonly number[], b: readonly number[]): readonly number[] {
  if (sameBounds(a, b)) return a
  const others = new Set(b)
  return a.filter((bound) => others.has(bound))
}

/** Counts by the given bounds, some of the histogram's own: each bucket goes to the one that holds it. */
export function rebound(histogram: HistogramValue, bounds: readonly number[]): Map<number, number> {
  const own = toMap(histogram.positive)
  if (sameBounds(histogram.customBounds, bounds)) return own
  const moved = new Map<number, number>()
  for (const [key, count] of own) {
    const upper = histogram.customBounds[key] ?? Infinity
    const found = bounds.findIndex((bound) => bound >= upper)
    const target = found < 0 ? bounds.length : found
    moved.set(target, (moved.get(target) ?? 0) + count)
  }
  return moved
}

/** The histogram by the schema, zero threshold and bounds of another that is no finer. */
export function inLayoutOf(layout: HistogramValue, value: HistogramValue): HistogramValue {
  if (isCustom(value)) {
    const positive = fromMap(rebound(value, layout.customBounds))
    return { ...value, customBounds: layout.customBounds, positive }
  }
  return toSchema(widenZeroBucket(value, layout.zeroThreshold), layout.schema)
}

export function multiplyHistogram(histogram: HistogramValue, factor: number): HistogramValue {
  return scale(histogram, factor < 0, (count) => count * factor)
}

/** Divided by zero, what is left is the count, the sum and the zero bucket, all without bounds. */
export function divideHistogram(histogram: HistogramValue, divisor: number): HistogramValue {
  const divided = scale(histogram, divisor < 0, (count) => count / divisor)
  return divisor === 0 ? { ...divided, positive: NO_BUCKETS, negative: NO_BUCKETS } : divided
}

function scale(histogram: HistogramValue, negative: boolean, change: (count: number) => number): HistogramValue {
  return {
    ...histogram,
    count: change(histogram.count),
    sum: change(histogram.sum),
    zeroCount: change(histogram.zeroCount),
    positive: mapCounts(histogram.positive, change),
    negative: mapCounts(histogram.negative, change),
    counterReset: negative ? 'gauge' : histogram.counterReset,
  }
}

export function asGauge(histogram: HistogramValue): HistogramValue {
  return compact({ ...histogram, counterReset: 'gauge' })
}

/** Without buckets that count nothing. */
export function compact(histogram: HistogramValue): HistogramValue {
  return {
    ...histogram,
    positive: fromMap(toMap(histogram.positive)),
    negative: fromMap(toMap(histogram.negative)),
  }
}

/** A histogram of nothing by the same schema and bounds. */
export function emptyLike({ schema, customBounds }: HistogramValue): HistogramValue {
  return {
    schema,
    customBounds,
    count: 0,
    sum: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: NO_BUCKETS,
    negative: NO_BUCKETS,
    counterReset: 'unknown',
  }
}
