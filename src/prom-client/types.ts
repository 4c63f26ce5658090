import type { Counter } from './counter.ts'
import type { Gauge } from './gauge.ts'
import type { Histogram } from './histogram.ts'
import type { Registry } from './registry.ts'
import type { Summary } from './summary.ts'

export type Charset = 'utf-8'
export type PrometheusMIME = 'text/plain'
export type PrometheusMetricsVersion = '0.0.4'
export type OpenMetricsMIME = 'application/openmetrics-text'
export type OpenMetricsVersion = '1.0.0'
export type OpenMetricsContentType = `${OpenMetricsMIME}; version=${OpenMetricsVersion}; charset=${Charset}`
export type PrometheusContentType = `${PrometheusMIME}; version=${PrometheusMetricsVersion}; charset=${Charset}`
export type RegistryContentType = PrometheusContentType | OpenMetricsContentType

export type Collector = () => void
export type Aggregator = 'omit' | 'sum' | 'first' | 'min' | 'max' | 'average'
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary'
export type Metric<T extends string = string> = Counter<T> | Gauge<T> | Summary<T> | Histogram<T>

export type LabelValues<T extends string> = Partial<Record<T, string | number>>
/** `this` is the metric that is being collected. */
export type CollectFunction<T> = (this: T) => void | Promise<void>
/** Programs call what a registry hands out without knowing which kind of metric its `this` must be. */
// oxlint-disable-next-line typescript/no-explicit-any
type AnyCollectFunction = CollectFunction<any>

export interface MetricObject {
  name: string
  help: string
  type: MetricType
  aggregator: Aggregator
  collect: AnyCollectFunction
}

export interface MetricValue<T extends string> {
  value: number
  labels: LabelValues<T>
}

export type MetricValueWithName<T extends string> = MetricValue<T> & { metricName?: string }

export interface MetricObjectWithValues<T extends MetricValue<string>> extends MetricObject {
  values: T[]
}

export interface MetricConfiguration<T extends string> {
  name: string
  help: string
  labelNames?: T[] | readonly T[]
  /** Default: the global one. */
  registers?: (Registry | Registry<OpenMetricsContentType>)[]
  /** Default 'sum'. */
  aggregator?: Aggregator
  /** Called when the metric is about to be read. */
  collect?: AnyCollectFunction
  enableExemplars?: boolean
}

export interface CounterConfiguration<T extends string> extends MetricConfiguration<T> {
  collect?: CollectFunction<Counter<T>>
}

export interface GaugeConfiguration<T extends string> extends MetricConfiguration<T> {
  collect?: CollectFunction<Gauge<T>>
}

export interface HistogramConfiguration<T extends string> extends MetricConfiguration<T> {
  /** Upper bounds. Default .005 to 10. */
  buckets?: number[]
  collect?: CollectFunction<Histogram<T>>
}

export interface SummaryConfiguration<T extends string> extends MetricConfiguration<T> {
  percentiles?: number[]
  /** How long an observation counts in the quantiles; default for ever. Only with `ageBuckets`. */
  maxAgeSeconds?: number
  /** Parts of that time which leave one by one. */
  ageBuckets?: number
  /** Whether a series whose window is empty goes. */
  pruneAgedBuckets?: boolean
  /** Has no effect: nothing is left to be compressed. */
  compressCount?: number
  collect?: CollectFunction<Summary<T>>
}

export interface IncreaseDataWithExemplar<T extends string> {
  value?: number
  labels?: LabelValues<T>
  exemplarLabels?: LabelValues<T>
}

export interface ObserveDataWithExemplar<T extends string> {
  value: number
  labels?: LabelValues<T>
  exemplarLabels?: LabelValues<T>
}
