import type { HistogramValue, LabelSet } from '../../series/index.ts'
import { histogramValue } from './native-value.ts'
import { NO_EXEMPLARS, type PageExemplar, type PageSample } from './page-entry.ts'
import { GAUGE_HISTOGRAM, SUMMARY, type WireMetric, type WireParts } from './protobuf-metric.ts'

export interface MetricSeries {
  /** Of the family. */
  readonly type: number
  /** Whether a native histogram also gives its classic series. */
  readonly classicToo: boolean
  /** How a bound or a quantile is spelled. */
  readonly spelled: (value: number) => string
  /** Of the metric's name and labels. */
  readonly key: string
  /** Those of one of its series: with this behind the name, and perhaps one label more. */
  readonly labels: (suffix: string, more?: readonly [string, string]) => () => LabelSet
}

/** The series that a metric is to a store, as Prometheus makes them. */
export function metricEntries(metric: WireMetric, series: MetricSeries): readonly PageSample[] {
  const { parts } = metric
  const at = metric.timestamp === 0 ? undefined : metric.timestamp
  const startTime = metric.created
  const sample = (
    suffix: string,
    value: number | HistogramValue,
    exemplars = NO_EXEMPLARS,
    more?: readonly [string, string],
  ): PageSample => ({
    kind: 'sample',
    // The label's bytes begin with their tag, which no suffix and no number does.
    key: series.key + suffix + (more?.[1] ?? ''),
    labels: series.labels(suffix, more),
    at,
    value,
    startTime,
    exemplars,
  })
  if (parts === undefined) return [sample('', metric.value, metric.exemplars)]
  if (series.type === SUMMARY) {
    return [
      sample('_count', parts.count),
      sample('_sum', parts.sum),
      ...parts.quantiles.map(({ quantile, value }) =>
        sample('', value, NO_EXEMPLARS, ['quantile', series.spelled(quantile)]),
      ),
    ]
  }
  const native = isNative(parts)
  const found: PageSample[] = []
  if (native) found.push(sample('', nativeValue(parts, series.type), nativeExemplars(metric, parts)))
  if (native && !(series.classicToo && parts.buckets.length > 0)) return found
  const count = parts.countFloat === 0 ? parts.count : parts.countFloat
  found.push(sample('_count', count), sample('_sum', parts.sum))
  for (const { bound, count, exemplar } of parts.buckets) {
    found.push(
      sample('_bucket', count, exemplar === undefined ? NO_EXEMPLARS : [exemplar], ['le', series.spelled(bound)]),
    )
    // What stands behind it can say nothing more.
    if (bound === Infinity) return found
  }
  found.push(sample('_bucket', count, NO_EXEMPLARS, ['le', '+Inf']))
  return found
}

/** A histogram without any span, or width or count of a zero bucket, is a classic one. */
function isNative({ positive, negative, zeroThreshold, zeroCount }: WireParts): boolean {
  return positive.spans.length > 0 || negative.spans.length > 0 || zeroThreshold > 0 || zeroCount > 0
}

function nativeValue(parts: WireParts, type: number): HistogramValue {
  const isFloat = parts.countFloat > 0 || parts.zeroCountFloat > 0
  return histogramValue({
    isFloat,
    isGauge: type === GAUGE_HISTOGRAM,
    schema: parts.schema,
    count: isFloat ? parts.countFloat : parts.count,
    sum: parts.sum,
    zeroThreshold: parts.zeroThreshold,
    zeroCount: isFloat ? parts.zeroCountFloat : parts.zeroCount,
    positive: parts.positive,
    negative: parts.negative,
  })
}

/** Its own, or those of its classic buckets; without a time one cannot be put in order. */
function nativeExemplars({ exemplars }: WireMetric, { buckets }: WireParts): readonly PageExemplar[] {
  const all = exemplars.length > 0 ? exemplars : buckets.map(({ exemplar }) => exemplar)
  const timed = all.filter((exemplar) => exemplar?.at !== undefined)
  return timed.length === 0 ? NO_EXEMPLARS : timed.filter((exemplar) => exemplar !== undefined)
}
