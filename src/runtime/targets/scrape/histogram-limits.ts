import {
  CUSTOM_BOUNDS_SCHEMA,
  type HistogramBuckets,
  type HistogramSpan,
  type HistogramValue,
} from '../../../series/index.ts'

const MIN_SCHEMA = -4
const MAX_SCHEMA = 8

/**
 * The histogram with at most `buckets` buckets (0: any number), each at least `minFactor` times as wide as the one before (0: any),
 * at the highest resolution that allows it. Undefined: there is none.
 */
export function limitHistogram(value: HistogramValue, buckets: number, minFactor: number): HistogramValue | undefined {
  const count = ({ positive, negative }: HistogramValue): number => positive.counts.length + negative.counts.length
  if (value.schema === CUSTOM_BOUNDS_SCHEMA) return buckets > 0 && count(value) > buckets ? undefined : value
  let limited = value
  if (minFactor > 1) limited = coarsen(limited, Math.min(value.schema, schemaOf(minFactor)))
  const most = buckets > 0 ? buckets : Infinity
  while (count(limited) > most && limited.schema > MIN_SCHEMA) limited = coarsen(limited, limited.schema - 1)
  return count(limited) > most ? undefined : limited
}

/** The finest schema whose buckets grow by at least this factor. */
function schemaOf(factor: number): number {
  return Math.max(MIN_SCHEMA, Math.min(MAX_SCHEMA, Math.floor(0 - Math.log2(Math.log2(factor)))))
}

function coarsen(value: HistogramValue, schema: number): HistogramValue {
  const halvings = value.schema - schema
  if (halvings <= 0) return value
  return { ...value, schema, positive: merge(value.positive, halvings), negative: merge(value.negative, halvings) }
}

/** Bucket i of one schema is part of bucket ceil(i / 2) of the next coarser one. */
function merge({ spans, counts }: HistogramBuckets, halvings: number): HistogramBuckets {
  const merged: { readonly spans: { offset: number; length: number }[]; readonly counts: number[] } = {
    spans: [],
    counts: [],
  }
  let key = 0
  let next = 0
  let last: number | undefined
  for (const { offset, length } of spans) {
    key += offset
    for (let i = 0; i < length; i++, key++) {
      const coarse = Math.ceil(key / 2 ** halvings)
      const count = counts[next++] ?? 0
      if (coarse === last) merged.counts.push((merged.counts.pop() ?? 0) + count)
      else {
        place(merged.spans, last, coarse)
        merged.counts.push(count)
      }
      last = coarse
    }
  }
  return merged
}

function place(
  spans: { offset: number; length: number }[],
  last: number | undefined,
  key: number,
): readonly HistogramSpan[] {
  const open = spans.at(-1)
  if (open !== undefined && last !== undefined && key === last + 1) open.length++
  else spans.push({ offset: last === undefined ? key : key - last - 1, length: 1 })
  return spans
}
