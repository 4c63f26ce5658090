import type { BucketTable } from './bucket-table.ts'

/** A run of consecutive buckets. */
export interface BucketSpan {
  /** Key of the first span's first bucket; afterwards, how many buckets lie between the end of the last span and this one. */
  readonly offset: number
  readonly length: number
}

/** One side of a native histogram as its exposition writes it. */
export interface NativeBuckets {
  readonly spans: readonly BucketSpan[]
  /** Counts of the spans' buckets in order, each as its difference from the one before; the first from zero. */
  readonly deltas: readonly number[]
}

/** What a native histogram holds at one moment: plain data, a copy, field by field what its protobuf message carries. */
export interface NativeSnapshot {
  /** Buckets grow by 2^(2^-schema); -4..8. */
  readonly schema: number
  /** Half the width of the zero bucket: [-zeroThreshold, zeroThreshold]. */
  readonly zeroThreshold: number
  readonly zeroCount: number
  /** Equals the zero bucket and all the others together. */
  readonly count: number
  readonly sum: number
  /** Since when it counts, ms since epoch: its making or its last reset. */
  readonly createdAt: number
  readonly positive: NativeBuckets
  readonly negative: NativeBuckets
}

/** A gap up to this many empty buckets is written out: shorter than another span (client_golang's choice). */
const FILLED_GAP = 2

export const NO_BUCKETS: NativeBuckets = { spans: [], deltas: [] }

/** Tells a reader that this is a native histogram when nothing else does: no buckets and a zero bucket without width. */
export const NO_OP_BUCKETS: NativeBuckets = { spans: [{ offset: 0, length: 0 }], deltas: [] }

export function encodeBuckets(table: BucketTable): NativeBuckets {
  const spans: { offset: number; length: number }[] = []
  const deltas: number[] = []
  let span = { offset: 0, length: 0 }
  let before = 0
  let next = 0
  for (const key of table.keys()) {
    const gap = key - next
    if (spans.length === 0 || gap > FILLED_GAP) {
      spans.push((span = { offset: gap, length: 0 }))
    } else {
      for (let empty = 0; empty < gap; empty++) {
        deltas.push(0 - before)
        before = 0
      }
      span.length += gap
    }
    const count = table.get(key)
    deltas.push(count - before)
    span.length++
    before = count
    next = key + 1
  }
  return { spans, deltas }
}
