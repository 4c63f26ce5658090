import type { HistogramColumns, LabelSet } from '../../series/index.ts'
import type { QueryErrorKind } from './fault.ts'
import type { SampleValue } from './row.ts'

export interface VectorSample {
  readonly labels: LabelSet
  readonly value: SampleValue
}

export interface MatrixSeries {
  readonly labels: LabelSet
  /** Milliseconds since the epoch. Series without holes share one array: read only. */
  readonly times: Float64Array
  readonly values: Float64Array
  readonly histograms: Pick<HistogramColumns, 'times' | 'values'> | undefined
}

/** `at`: ms since the epoch. */
export type QueryValue =
  | { readonly type: 'scalar'; readonly at: number; readonly value: number }
  | { readonly type: 'string'; readonly at: number; readonly value: string }
  | { readonly type: 'vector'; readonly at: number; readonly samples: readonly VectorSample[] }
  | { readonly type: 'matrix'; readonly series: readonly MatrixSeries[] }

export interface QueryError {
  readonly kind: QueryErrorKind
  readonly message: string
}

/** Notes end in the place that they are about, ` (1:5)`, when the query was given as a text. */
export interface Notes {
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

export type QueryResult = Notes &
  (
    | {
        readonly ok: true
        readonly value: QueryValue
        /** Decoded and calculated. */
        readonly samples: number
        /** Most that were held at once. */
        readonly peakSamples: number
      }
    | { readonly ok: false; readonly error: QueryError }
  )
