/** A run of consecutive buckets. */
export interface HistogramSpan {
  /** Key of the first span's first bucket; afterwards, how many buckets lie between the end of the last span and this one. */
  readonly offset: number
  readonly length: number
}

export interface HistogramBuckets {
  readonly spans: readonly HistogramSpan[]
  /** Of the spans' buckets in order: each bucket's own count, neither cumulative nor a difference. Fractions are allowed. */
  readonly counts: readonly number[]
}

/** Schema of a native histogram whose upper bounds are given one by one (`customBounds`), without +Inf. */
export const CUSTOM_BOUNDS_SCHEMA = -53

/** A native histogram at one moment, as Prometheus models it: plain data. */
export interface HistogramValue {
  /** Buckets grow by 2^(2^-schema), -4..8; or CUSTOM_BOUNDS_SCHEMA. */
  readonly schema: number
  readonly count: number
  readonly sum: number
  /** Half the width of the zero bucket: [-zeroThreshold, zeroThreshold]. */
  readonly zeroThreshold: number
  readonly zeroCount: number
  readonly positive: HistogramBuckets
  readonly negative: HistogramBuckets
  /** Ascending; empty unless the schema is CUSTOM_BOUNDS_SCHEMA. */
  readonly customBounds: readonly number[]
  /** What is known of a reset between the sample before and this one. */
  readonly counterReset: 'unknown' | 'reset' | 'not-reset' | 'gauge'
}
