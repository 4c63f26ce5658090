export { expose, type ExposeOptions, type Exposition } from './exposition/expose.ts'
export type { RegistryStats } from './definition.ts'
export type { Bucket, Family, HistogramSeries, SeriesLabels, ValueSeries } from './family.ts'
export type {
  Counter,
  ExemplarInput,
  Gauge,
  Histogram,
  Labelled,
  LabelledCounter,
  LabelledGauge,
  LabelledHistogram,
  LabelList,
  LabelValue,
  LabelValues,
} from './instrument.ts'
export {
  DEFAULT_BUCKETS,
  type CommonOptions,
  type HistogramBuckets,
  type LabelledOptions,
  type MetricOptions,
  type NativeOptions,
  type RegistryOptions,
  type SeriesOptions,
} from './options.ts'
export type { Exemplar, MetricReader, RegistryReader } from './reader.ts'
export { Registry } from './registry.ts'
export { OVERFLOW } from './series/label-value-ids.ts'
export { BucketSearch } from './instruments/histogram.ts'
export { createSeriesStore, type StoreOptions } from './series/create-store.ts'
export type { Overflow } from './series/series.ts'
export type { SeriesStore } from './series/series-store.ts'
export { differenceFromText, valueOf } from './testing/expect.ts'
export { lintMetrics, type LintProblem } from './testing/lint.ts'
export { NativeHistogram, type NativeHistogramOptions } from './native/native-histogram.ts'
export type { BucketSpan, NativeBuckets, NativeSnapshot } from './native/native-snapshot.ts'
export {
  DEFAULT_PERCENTILES,
  SlidingSummary,
  type SlidingSummaryOptions,
  type SummarySnapshot,
} from './summary/sliding-summary.ts'
export { QUANTILE_RELATIVE_ERROR } from './window/sliding-sketch.ts'
export { Window, type WindowOptions, type WindowSnapshot } from './window/window.ts'
