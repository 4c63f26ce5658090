import type { HistogramBuckets, HistogramSpan } from '../../series/index.ts'
import type { ExponentialBuckets } from './model.ts'

export const SMALLEST_SCALE = -4
const LARGEST_SCALE = 8
/** Empty buckets in a row that are written out rather than skipped by a new span. */
const MAX_EMPTY = 2

/** OTLP's dense buckets as a native histogram's sparse ones; scales above 8 are merged down to it. */
export function nativeBuckets(
  scale: number,
  positive: ExponentialBuckets,
  negative: ExponentialBuckets,
): { schema: number; positive: HistogramBuckets; negative: HistogramBuckets } {
  const schema = Math.min(scale, LARGEST_SCALE)
  const halvings = scale - schema
  return { schema, positive: sparse(positive, halvings), negative: sparse(negative, halvings) }
}

/** Bucket i of OTLP is (base^i, base^(i+1)], and i + 1 here. */
function sparse({ offset, counts }: ExponentialBuckets, halvings: number): HistogramBuckets {
  const merged = new Map<number, number>()
  counts.forEach((count, i) => {
    if (count === 0) return
    const index = Math.floor((offset + i) / 2 ** halvings) + 1
    merged.set(index, (merged.get(index) ?? 0) + count)
  })
  const spans: { offset: number; length: number }[] = []
  const found: number[] = []
  let end: number | undefined
  for (const [index, count] of merged) {
    const gap = end === undefined ? Infinity : index - end
    const span = spans.at(-1)
    if (span === undefined || gap > MAX_EMPTY) spans.push({ offset: index - (end ?? 0), length: 1 })
    else {
      for (let i = 0; i < gap; i++) found.push(0)
      span.length += gap + 1
    }
    found.push(count)
    end = index + 1
  }
  const frozen: readonly HistogramSpan[] = spans
  return { spans: frozen, counts: found }
}
