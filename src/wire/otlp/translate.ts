import { type HistogramValue, LabelSet, type MetricMetadata, setStale } from '../../series/index.ts'
import type { SeriesToWrite } from '../remote-write/encode.ts'
import { nativeBuckets, SMALLEST_SCALE } from './exponential.ts'
import { labelsOf, type Target, targetOf } from './labels.ts'
import type {
  ExponentialPoint,
  HistogramPoint,
  NumberPoint,
  OtlpExemplar,
  OtlpMetric,
  ResourceMetrics,
} from './model.ts'
import { metricName } from './names.ts'
import { plainNumber, valueText } from './value-text.ts'

/** A native histogram's zero bucket, unless the point says how wide it is. */
const ZERO_THRESHOLD = 1e-128
const MAX_EXEMPLAR_CHARACTERS = 128
const MAX_FAULTS = 10

/** OTLP metrics as Prometheus' series. */
export interface TranslatedMetrics {
  readonly series: readonly SeriesToWrite[]
  readonly metadata: readonly { readonly name: string; readonly metadata: MetricMetadata }[]
  /** Data points that have no place in Prometheus: of delta temporality, or of a scale too small. */
  readonly rejected: number
  /** Why, the first ten. */
  readonly faults: readonly string[]
}

interface Collected {
  readonly labels: LabelSet
  readonly times: number[]
  readonly values: number[]
  readonly starts: number[]
  /** Places of stale markers. */
  readonly stale: number[]
  readonly histograms: { readonly at: number; readonly value: HistogramValue; readonly start: number }[]
  readonly exemplars: { readonly labels: LabelSet; readonly value: number; readonly at: number }[]
}

/** As Prometheus 3.5 does by default: names with unit and type, `job` and `instance` from the resource, `target_info` with the rest. */
export function translateOtlp(all: readonly ResourceMetrics[]): TranslatedMetrics {
  const translation = new Translation()
  for (const resource of all) translation.resource(resource)
  return translation.result
}

class Translation {
  readonly #series = new Map<string, Collected>()
  readonly #metadata = new Map<string, MetricMetadata>()
  readonly #faults: string[] = []
  #rejected = 0

  get result(): TranslatedMetrics {
    return {
      series: Array.from(this.#series.values(), finished),
      metadata: Array.from(this.#metadata, ([name, metadata]) => ({ name, metadata })),
      rejected: this.#rejected,
      faults: this.#faults,
    }
  }

  resource({ attributes, metrics }: ResourceMetrics): void {
    const target = targetOf(attributes)
    let newest = -Infinity
    for (const metric of metrics) {
      this.#metric(metric, target)
      for (const { at } of metric.points) newest = Math.max(newest, at)
    }
    if (target.info !== undefined && newest > -Infinity) this.#sample(target.info, newest, 1, 0, false)
  }

  #metric(metric: OtlpMetric, target: Target): void {
    const { points } = metric
    if (isDelta(metric)) {
      return this.#reject(points.length, `${metric.name}: only cumulative temporality has a place in Prometheus`)
    }
    const isCounter = metric.kind === 'sum' && metric.monotonic
    const isGauge = metric.kind === 'gauge' || (metric.kind === 'sum' && !metric.monotonic)
    const kind = isCounter ? 'counter' : metric.kind === 'gauge' ? 'gauge' : 'other'
    const name = metricName({ ...metric, kind })
    if (name === '') return this.#reject(points.length, 'a metric without a name')
    switch (metric.kind) {
      case 'gauge':
        for (const point of metric.points) this.#number(name, point, target, false)
        break
      case 'sum':
        for (const point of metric.points) this.#number(name, point, target, metric.monotonic)
        break
      case 'histogram':
        for (const point of metric.points) this.#histogram(name, point, target)
        break
      case 'exponential':
        for (const point of metric.points) this.#exponential(name, point, target)
        break
      case 'summary':
        for (const { attributes, at, start, stale, count, sum, quantiles } of metric.points) {
          const put = (suffix: string, value: number, extra?: readonly [string, string]): void => {
            this.#sample(labelsOf(name + suffix, attributes, target, extra), at, value, start, stale)
          }
          put('_sum', sum)
          put('_count', count)
          for (const { quantile, value } of quantiles) put('', value, ['quantile', plainNumber(quantile)])
        }
        break
      case 'none':
        return
    }
    const type = isCounter ? 'counter' : isGauge ? 'gauge' : metric.kind === 'summary' ? 'summary' : 'histogram'
    this.#metadata.set(name, { type, help: metric.description, unit: metric.unit })
  }

  #number(name: string, point: NumberPoint, target: Target, counts: boolean): void {
    const { attributes, at, start, stale, value, exemplars } = point
    const labels = labelsOf(name, attributes, target)
    const own = this.#sample(labels, at, value, counts ? start : 0, stale)
    if (counts) for (const each of exemplars) own.exemplars.push(translated(each))
  }

  #histogram(name: string, point: HistogramPoint, target: Target): void {
    const { attributes, at, start, stale, count, sum, bucketCounts, bounds, exemplars } = point
    const put = (suffix: string, value: number, extra?: readonly [string, string]): Collected =>
      this.#sample(labelsOf(name + suffix, attributes, target, extra), at, value, start, stale)
    if (sum !== undefined) put('_sum', sum)
    put('_count', count)
    let cumulative = 0
    let before = -Infinity
    const take = (bound: number, into: Collected): void => {
      for (const each of exemplars)
        if (each.value > before && each.value <= bound) into.exemplars.push(translated(each))
      before = bound
    }
    for (const [i, bound] of bounds.slice(0, bucketCounts.length).entries()) {
      cumulative += bucketCounts[i] ?? 0
      take(bound, put('_bucket', cumulative, ['le', plainNumber(bound)]))
    }
    take(Infinity, put('_bucket', count, ['le', '+Inf']))
  }

  #exponential(name: string, point: ExponentialPoint, target: Target): void {
    const { attributes, at, start, stale, count, sum = 0, scale, zeroCount, zeroThreshold, exemplars } = point
    if (!(scale >= SMALLEST_SCALE)) {
      return this.#reject(1, `${name}: a scale of ${scale}, and native histograms begin at ${SMALLEST_SCALE}`)
    }
    const labels = labelsOf(name, attributes, target)
    if (stale) {
      this.#sample(labels, at, 0, 0, true)
      return
    }
    const own = this.#of(labels)
    const { schema, positive, negative } = nativeBuckets(scale, point.positive, point.negative)
    const value: HistogramValue = {
      schema,
      count,
      sum,
      zeroThreshold: zeroThreshold === 0 ? ZERO_THRESHOLD : zeroThreshold,
      zeroCount,
      positive,
      negative,
      customBounds: [],
      counterReset: 'unknown',
    }
    own.histograms.push({ at, value, start })
    for (const each of exemplars) own.exemplars.push(translated(each))
  }

  #sample(labels: LabelSet, at: number, value: number, start: number, stale: boolean): Collected {
    const own = this.#of(labels)
    if (stale) own.stale.push(own.times.length)
    own.times.push(at)
    own.values.push(value)
    own.starts.push(start)
    return own
  }

  #of(labels: LabelSet): Collected {
    const known = this.#series.get(labels.key)
    if (known !== undefined) return known
    const own: Collected = { labels, times: [], values: [], starts: [], stale: [], histograms: [], exemplars: [] }
    this.#series.set(labels.key, own)
    return own
  }

  #reject(points: number, why: string): void {
    this.#rejected += points
    if (points > 0 && this.#faults.length < MAX_FAULTS) this.#faults.push(why)
  }
}

function isDelta(metric: OtlpMetric): boolean {
  const { kind } = metric
  return (kind === 'sum' || kind === 'histogram' || kind === 'exponential') && !metric.cumulative
}

function finished({ labels, times, values, starts, stale, histograms, exemplars }: Collected): SeriesToWrite {
  const column = Float64Array.from(values)
  for (const place of stale) setStale(column, place)
  return {
    labels,
    times: Float64Array.from(times),
    values: column,
    starts: Float64Array.from(starts),
    histograms,
    exemplars: exemplars.sort((a, b) => a.at - b.at),
  }
}

/** Attributes come along when there is room for them all. */
function translated({ attributes, at, value, traceId, spanId }: OtlpExemplar): Collected['exemplars'][number] {
  const ids = new Map<string, string>()
  if (traceId !== '') ids.set('trace_id', traceId)
  if (spanId !== '') ids.set('span_id', spanId)
  const all = new Map(ids)
  for (const [key, one] of attributes) if (key !== '') all.set(key, valueText(one))
  const characters = Array.from(all, ([name, text]) => Array.from(name + text).length)
  const fits = characters.reduce((sum, each) => sum + each, 0) <= MAX_EXEMPLAR_CHARACTERS
  return { labels: LabelSet.of(fits ? all : ids), value, at }
}
