/** OTLP metrics as plain data: opentelemetry/proto/metrics/v1/metrics.proto, as far as Prometheus has a place for it. */
export type AnyValue = string | boolean | number | bigint | Uint8Array | AnyList | AnyMap | undefined
export interface AnyList {
  readonly list: readonly AnyValue[]
}
export interface AnyMap {
  readonly map: readonly KeyValue[]
}
export type KeyValue = readonly [key: string, value: AnyValue]

export interface ResourceMetrics {
  readonly attributes: readonly KeyValue[]
  readonly metrics: readonly OtlpMetric[]
}

interface Described {
  readonly name: string
  readonly description: string
  readonly unit: string
}

export type OtlpMetric = Described & OtlpData

export type OtlpData =
  | { readonly kind: 'gauge'; readonly points: readonly NumberPoint[] }
  | {
      readonly kind: 'sum'
      readonly points: readonly NumberPoint[]
      readonly cumulative: boolean
      readonly monotonic: boolean
    }
  | { readonly kind: 'histogram'; readonly points: readonly HistogramPoint[]; readonly cumulative: boolean }
  | { readonly kind: 'exponential'; readonly points: readonly ExponentialPoint[]; readonly cumulative: boolean }
  | { readonly kind: 'summary'; readonly points: readonly SummaryPoint[] }
  | { readonly kind: 'none'; readonly points: readonly never[] }

interface Point {
  readonly attributes: readonly KeyValue[]
  /** ms since the epoch. */
  readonly at: number
  /** ms; 0 unknown. */
  readonly start: number
  /** There is no value at this time: the series ends. */
  readonly stale: boolean
}

interface WithExemplars extends Point {
  readonly exemplars: readonly OtlpExemplar[]
}

export interface OtlpExemplar {
  readonly attributes: readonly KeyValue[]
  readonly at: number
  readonly value: number
  /** Hexadecimal; '' when there is none. */
  readonly traceId: string
  readonly spanId: string
}

export interface NumberPoint extends WithExemplars {
  readonly value: number
}

export interface HistogramPoint extends WithExemplars {
  readonly count: number
  readonly sum: number | undefined
  readonly bucketCounts: readonly number[]
  readonly bounds: readonly number[]
}

export interface ExponentialBuckets {
  readonly offset: number
  readonly counts: readonly number[]
}

export interface ExponentialPoint extends WithExemplars {
  readonly count: number
  readonly sum: number | undefined
  readonly scale: number
  readonly zeroCount: number
  readonly zeroThreshold: number
  readonly positive: ExponentialBuckets
  readonly negative: ExponentialBuckets
}

export interface SummaryPoint extends Point {
  readonly count: number
  readonly sum: number
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[]
}

export const DELTA = 1
export const CUMULATIVE = 2
/** Bit of a point's flags. */
export const NO_RECORDED_VALUE = 1
/** Values within values. */
export const MAX_DEPTH = 32

/** What is no OTLP request. */
export class OtlpError extends Error {
  override readonly name = 'OtlpError'
}
