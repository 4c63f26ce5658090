import {
  CUSTOM_BOUNDS_SCHEMA,
  type HistogramBuckets,
  type HistogramSpan,
  type HistogramValue,
} from '../../../series/index.ts'

import { exponentialBound } from './exponential-bounds.ts'

/** Counts by a bucket's key, ascending. */
export type BucketMap = ReadonlyMap<number, number>

export const NO_BUCKETS: HistogramBuckets = Object.freeze({ spans: Object.freeze([]), counts: Object.freeze([]) })

export function isCustom({ schema }: Pick<HistogramValue, 'schema'>): boolean {
  return schema === CUSTOM_BOUNDS_SCHEMA
}

export function toMap({ spans, counts }: HistogramBuckets): Map<number, number> {
  const map = new Map<number, number>()
  let key = 0
  let i = 0
  for (const { offset, length } of spans) {
    key += offset
    for (let n = 0; n < length; n++) map.set(key++, counts[i++] ?? 0)
  }
  return map
}

/** Spans over the keys that are there; buckets that count nothing are left out. */
export function fromMap(map: BucketMap): HistogramBuckets {
  const entries = [...map].filter(([, count]) => count !== 0).sort(([a], [b]) => a - b)
  if (entries.length === 0) return NO_BUCKETS
  const spans: { offset: number; length: number }[] = []
  let next = 0
  for (const [key] of entries) {
    const span = spans.at(-1)
    if (span !== undefined && key === next) span.length++
    else spans.push({ offset: key - (span === undefined ? 0 : next), length: 1 })
    next = key + 1
  }
  return { spans: spans satisfies HistogramSpan[], counts: entries.map(([, count]) => count) }
}

export function mapCounts(buckets: HistogramBuckets, change: (count: number) => number): HistogramBuckets {
  return { spans: buckets.spans, counts: buckets.counts.map(change) }
}

/** Merges 2^(from - to) neighbours into one, bucket by bucket, for a coarser schema. */
export function coarser(map: BucketMap, from: number, to: number): Map<number, number> {
  const merged = new Map<number, number>()
  const width = 2 ** (from - to)
  for (const [key, count] of map) {
    const target = Math.floor((key - 1) / width) + 1
    merged.set(target, (merged.get(target) ?? 0) + count)
  }
  return merged
}

export interface Bucket {
  readonly lower: number
  readonly upper: number
  readonly count: number
  readonly side: 'negative' | 'zero' | 'positive' | 'custom'
}

export function customBucket(bounds: readonly number[], key: number, count: number): Bucket {
  return { lower: bounds[key - 1] ?? -Infinity, upper: bounds[key] ?? Infinity, count, side: 'custom' }
}

/** All buckets from the lowest value to the highest. */
export function bucketsOf(histogram: HistogramValue): readonly Bucket[] {
  const { schema, zeroThreshold, zeroCount, customBounds } = histogram
  if (isCustom(histogram)) {
    return Array.from(toMap(histogram.positive), ([key, count]) => customBucket(customBounds, key, count))
  }
  const negative = Array.from(toMap(histogram.negative), ([key, count]): Bucket => ({
    lower: -exponentialBound(schema, key),
    upper: Math.min(-exponentialBound(schema, key - 1), -zeroThreshold),
    count,
    side: 'negative',
  }))
  const positive = Array.from(toMap(histogram.positive), ([key, count]): Bucket => ({
    lower: Math.max(exponentialBound(schema, key - 1), zeroThreshold),
    upper: exponentialBound(schema, key),
    count,
    side: 'positive',
  }))
  const zero: readonly Bucket[] =
    zeroCount === 0 ? [] : [{ lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount, side: 'zero' }]
  return [...negative.toReversed(), ...zero, ...positive]
}
