export { expose, type Exposition } from './exposition/expose.ts'
export type { Bucket, Family, HistogramSeries, SeriesLabels, ValueSeries } from './family.ts'
export type {
  Counter,
  Gauge,
  Histogram,
  Labelled,
  LabelledCounter,
  LabelledGauge,
  LabelledHistogram,
  LabelValues,
} from './instrument.ts'
export { OVERFLOW, type RegistryStats } from './children.ts'
export {
  DEFAULT_BUCKETS,
  Registry,
  type LabelledOptions,
  type MetricOptions,
  type RegistryOptions,
} from './registry.ts'
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
