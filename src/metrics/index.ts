export { expose, type ExposeOptions, type Exposition } from './exposition/expose.ts'
export { canonicalFloat, NUMBER_BYTES, writeNumber } from './exposition/number.ts'
export { storedNames, type StoredNames } from './exposition/stored-names.ts'
export type { RegistryStats } from './definition.ts'
export type { Bucket, Family, HistogramSeries, SeriesLabels, SummarySeries, ValueSeries } from './family.ts'
export type {
  Counter,
  ExemplarInput,
  Gauge,
  Histogram,
  Labelled,
  LabelledCounter,
  LabelledGauge,
  Info,
  LabelledHistogram,
  LabelledStateSet,
  LabelledSummary,
  LabelList,
  LabelValue,
  LabelValues,
  StateSet,
  Summary,
} from './instrument.ts'
export {
  API_BUCKETS_MS,
  type AdaptiveOptions,
  DEFAULT_BUCKETS,
  LATENCY_BUCKETS_MS,
  type CommonOptions,
  type HistogramBuckets,
  type InfoOptions,
  type LabelledOptions,
  type MetricOptions,
  type NativeOptions,
  type RegistryOptions,
  type SeriesOptions,
  type StateSetStates,
  type SummaryQuantiles,
  type SummaryWindow,
} from './options.ts'
export { ProtobufOut } from './exposition/protobuf.ts'
export { Scratch as ProtobufScratch } from './exposition/scratch.ts'
export { OffRegistry } from './off/off-registry.ts'
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
export type { Aggregate, Mergeable } from './merge/aggregate.ts'
export type { Attached, Source, SourceStats } from './merge/source.ts'
export { attachThread } from './threads/attach-thread.ts'
export { createSlab, type SlabOptions } from './threads/slab.ts'
export { attachCluster, type Cluster } from './processes/attach-cluster.ts'
export { attachProcess, type ProcessOptions } from './processes/attach-process.ts'
export type { Channel } from './processes/channel.ts'
export { serveMetrics, type Serving } from './processes/serve-metrics.ts'
