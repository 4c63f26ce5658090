export { expose, type Exposition } from './exposition/expose.ts'
export type { RegistryStats } from './definition.ts'
export type { Bucket, Family, HistogramSeries, SeriesLabels, ValueSeries } from './family.ts'
export type {
  Counter,
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
  type RegistryOptions,
  type SeriesOptions,
} from './options.ts'
export type { Exemplar, MetricReader, NativeBuckets, NativeSnapshot, RegistryReader } from './reader.ts'
export { Registry } from './registry.ts'
export { OVERFLOW } from './series/label-value-ids.ts'
export { differenceFromText, valueOf } from './testing/expect.ts'
export { lintMetrics, type LintProblem } from './testing/lint.ts'
