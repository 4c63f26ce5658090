import type { NativeSnapshot } from './native/native-snapshot.ts'

export type SeriesLabels = Readonly<Record<string, string>>

export interface ValueSeries {
  readonly labels: SeriesLabels
  readonly value: number
}

export interface Bucket {
  /** Upper bound, inclusive. The last bucket's is Infinity. */
  readonly le: number
  /** Observations at or below `le`: cumulative. */
  readonly count: number
}

export interface HistogramSeries {
  readonly labels: SeriesLabels
  readonly buckets: readonly Bucket[]
  readonly sum: number
  /** Equals the last bucket's count. */
  readonly count: number
  /** Of a histogram that counts natively. */
  readonly native?: NativeSnapshot
}

/** What one metric holds at the moment of a collection: plain data, a copy. */
export type Family =
  | {
      readonly kind: 'counter' | 'gauge'
      readonly name: string
      readonly help: string
      readonly series: readonly ValueSeries[]
    }
  | {
      readonly kind: 'histogram'
      readonly name: string
      readonly help: string
      readonly series: readonly HistogramSeries[]
    }
