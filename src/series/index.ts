export { formatDuration, parseDuration } from './duration.ts'
export {
  CUSTOM_BOUNDS_SCHEMA,
  type HistogramBuckets,
  type HistogramSpan,
  type HistogramValue,
} from './histogram-value.ts'
export { labelHash, xxhash64 } from './label-hash.ts'
export { LabelSet, METRIC_NAME_LABEL } from './label-set.ts'
export { Matcher, type MatchOperator } from './matcher.ts'
export {
  type FoundMatch,
  Pattern,
  PatternError,
  type PatternFault,
  type PatternMatch,
  type SearchWork,
} from './pattern/index.ts'
export {
  type HistogramColumns,
  type MetricMetadata,
  type Queryable,
  QueryableError,
  type SelectedSeries,
  type SeriesColumns,
} from './queryable.ts'
export type { Point, Sample, Series } from './sample.ts'
export { isStale, setStale } from './stale.ts'
export { compareText } from './text-order.ts'
