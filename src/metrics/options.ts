import type { NativeHistogramOptions } from './native/native-histogram.ts'

/** Seconds, for durations of requests: the ecosystem's usual bounds. */
export const DEFAULT_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

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
}

/** What every metric may be given, beside its name and help. */
export interface CommonOptions {
  readonly name: string
  readonly help: string
  /** Such as `seconds` or `bytes`; the name must end in it (before `_total`). */
  readonly unit?: string
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
}

export type NativeOptions = Omit<NativeHistogramOptions, 'name' | 'createdAt'>

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
