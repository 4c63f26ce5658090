import type { Aggregate } from './merge/aggregate.ts'
import type { NativeHistogramOptions } from './native/native-histogram.ts'

/** Seconds, for durations of requests: the ecosystem's usual bounds. */
export const DEFAULT_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export const DEFAULT_MAX_SERIES = 10_000
/** Milliseconds, for latencies of a fast service. */
export const LATENCY_BUCKETS_MS: readonly number[] = [1, 5, 10, 50, 100, 500, 1000]

/** Milliseconds, for answers of an API that people wait for. */
export const API_BUCKETS_MS: readonly number[] = [25, 50, 100, 200, 350, 500, 750, 1000, 1500, 2500, 5000]

export interface RegistryOptions {
  /** Stand on every series, after its own labels. */
  readonly constantLabels?: Readonly<Record<string, string>>
  /** Series that one metric may hold before new ones go to `__overflow__`. Default 10 000. */
  readonly maxSeriesPerMetric?: number
  /** Values that one label of one metric may have before new ones become `__overflow__`. Default: as many as there are series. */
  readonly maxValuesPerLabel?: number | undefined
  /** How long a collection waits for one `collect` callback, in ms. Default 1 000. */
  readonly collectTimeoutMs?: number
  /** The wall clock, in ms since the epoch: read when a series is made. Without it no series knows when it began. */
  readonly now?: () => number
  /** A clock that never runs backwards, in ms: what timers read. */
  readonly monotonicNow?: () => number
  /** What a label's value, or an exemplar's, is shown as; asked once for each series and exemplar. Default: as it is. */
  readonly redact?: (text: string) => string
  /** What `createSlab()` made, where the numbers shall lie so that another thread can read them. */
  readonly slab?: SharedArrayBuffer
}

/** What every metric may be given, beside its name and help. */
export interface CommonOptions {
  readonly name: string
  readonly help: string
  /** Such as `seconds` or `bytes`; the name must end in it (before `_total`). */
  readonly unit?: string
  /**
   * How a series that several threads or processes have becomes one. Default `sum`; of an info `first`, of a stateset `max`.
   */
  readonly aggregate?: Aggregate
}

export interface SeriesOptions {
  /** In place of the registry's `maxSeriesPerMetric`. */
  readonly maxSeries?: number
  /** In place of the registry's. */
  readonly maxValuesPerLabel?: number
  /**
   * A series whose value has not changed for so long is removed by `registry.expire(at)`; one that comes back starts from
   * zero. A child that is held meanwhile records into nothing: ask `labels()` again for each record of such a metric.
   */
  readonly expireAfterMs?: number
}

export interface MetricOptions<Instrument> extends CommonOptions {
  /**
   * Called at each collection to bring the instrument up to date. One that throws, rejects or does not settle in time
   * is counted, fails alone, and is not called again before it has settled.
   */
  readonly collect?: (instrument: Instrument) => void | Promise<void>
}

export interface LabelledOptions<L extends string, Instrument, Names extends readonly L[] = readonly L[]>
  extends MetricOptions<Instrument>, SeriesOptions {
  readonly labelNames: Names
}

export interface HistogramBuckets {
  /** Upper bounds, ascending. Default {@link DEFAULT_BUCKETS}; with `native`, none. */
  readonly buckets?: readonly number[]
  /**
   * Counts natively as well, or, without `buckets`, only: exponential buckets that need no choosing, which the protobuf
   * page carries (Prometheus: `scrape_native_histograms`). The text pages then show `+Inf`, sum and count. A native
   * histogram that starts anew, to stay within `maxBuckets`, takes the classic buckets, sum and count with it, as a
   * counter does when its process restarts. The registry needs `now`.
   */
  readonly native?: NativeOptions
  /** Lets the bounds follow what is observed; see {@link AdaptiveOptions}. `buckets` are then those that always stand. */
  readonly adaptive?: AdaptiveOptions
}

/**
 * Classic buckets that follow the distribution. Each series counts into a fixed grid of ten steps a decade (1, 1.25, 1.6, 2,
 * 2.5, 3.15, 4, 5, 6.3, 8), and the page shows some of its points as `le`, the same ones on all series of the metric: those
 * that always stand, and those around p50, p90, p95 and p99, whose buckets so become one step wide (a quarter of the
 * value), as those beside them when there is room, and are left alone while they are two at most. So a bound's count is exact and never falls, whenever it came.
 *
 * Bounds change at a collection: first after 1 000 observations, then every `intervalMs` at most, and only when one of those
 * quantiles has come to lie in a wider bucket. A bound that came stays for 6 intervals at least, and goes only when there are
 * `maxBounds`. What went may come back, so a series has at most as many `le` in its life as the grid has points.
 *
 * In PromQL, `rate()` of a new bound covers less time than that of the others until the range's window has passed. The bound
 * then counts for too little, histogram_quantile() raises it to the one below, and takes values for greater: up to the next
 * bound that was there all along, never beyond. So an estimate during the change is as good as it was before it, or, when
 * bounds went, as it is after it. A quantile over several processes, whose bounds may differ, keeps to the bounds that they
 * share: those that always stand. Two limits: the range must be four scrape intervals or longer; and when 40 % of what it
 * holds arrive within one of them right after a change, `rate()` extrapolates the new bound too far, for a few scrapes.
 * Alert on a bound of `buckets`, which is always there; or use `native`, which has none of this.
 *
 * What other threads and processes count is added up on the grid, and shown with the bounds of the registry whose page it is;
 * with all of the grid's when that has no such metric itself.
 *
 * A series occupies 8 bytes a point: 750 with the default range. The registry needs `now`.
 */
export interface AdaptiveOptions {
  /** The grid's range. Default 0.0001 to 100 000; 1 to 1e9 when the name ends in `_bytes`. Without `buckets`, its decades always stand. */
  readonly min?: number
  readonly max?: number
  /** Bounds at a time: at least 8 more than always stand. Default 26. */
  readonly maxBounds?: number
  /** Time between two changes at least, in ms. Default 600 000. */
  readonly intervalMs?: number
}

export type NativeOptions = Omit<NativeHistogramOptions, 'name' | 'createdAt'>

/** Each quantile is within 1 % of the exact value of its rank (QUANTILE_RELATIVE_ERROR), between `min` and `max`. */
export interface SummaryQuantiles extends SummaryWindow {
  /** Each 0 to 1, none twice. Default DEFAULT_PERCENTILES: .01 .05 .5 .9 .95 .99 .999. */
  readonly quantiles?: readonly number[]
}

export interface SummaryWindow {
  /**
   * How long an observation counts in the quantiles. Default 600 000; Infinity for ever. Time passes at collections: an
   * observation is as old as the last one before it, so they should be closer together than maxAgeMs / ageBuckets.
   */
  readonly maxAgeMs?: number
  /** Parts of that time that leave one by one, 1 to 1000. Default 5. */
  readonly ageBuckets?: number
  /** The least magnitude told from others; smaller ones but zero count as this one. Default 1e-9. */
  readonly min?: number
  /** The greatest magnitude; greater ones count as this one in quantiles. Default 1e21. */
  readonly max?: number
}

export interface InfoOptions<L extends string, Instrument, Names extends readonly L[] = readonly L[]> extends Omit<
  LabelledOptions<L, Instrument, Names>,
  'expireAfterMs'
> {}

export interface StateSetStates<S extends string> {
  /** At least one, none twice; they stand in a label of the metric's own name. */
  readonly states: readonly S[]
}

/** Any metric's options, as the registry's own code sees them. */
export interface Registration extends CommonOptions, SeriesOptions {
  readonly labelNames?: readonly string[]
  readonly collect?: ((instrument: never) => void | Promise<void>) | undefined
}

/** @throws RangeError unless it is a whole number > 0. */
export function checkLimit(name: string, limit: number): number {
  if (Number.isInteger(limit) && limit > 0) return limit
  throw new RangeError(`${name} ${limit} must be a whole number > 0`)
}
