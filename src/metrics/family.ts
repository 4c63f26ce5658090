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

export interface SummarySeries {
  readonly labels: SeriesLabels
  /** In the order of the options; NaN when nothing was observed lately. */
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[]
  /** Of everything that was ever observed. */
  readonly sum: number
  readonly count: number
}

/** What one metric holds at the moment of a collection: plain data, a copy. */
export type Family =
  | {
      /** An info's series are worth 1; a stateset's are as many as it has states, 0 or 1, each with its label. */
      readonly kind: 'counter' | 'gauge' | 'info' | 'stateset'
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
  | {
      readonly kind: 'summary'
      readonly name: string
      readonly help: string
      readonly series: readonly SummarySeries[]
    }
