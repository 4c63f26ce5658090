import type { HistogramValue } from './histogram-value.ts'
import type { LabelSet } from './label-set.ts'
import type { Matcher } from './matcher.ts'

/** Samples of one series, oldest first, each time once. The arrays may be shared between series: read only. */
export interface SeriesColumns {
  /** Milliseconds since the epoch, ascending. */
  readonly times: Float64Array
  /** As many. A stale marker is a NaN that {@link isStale} knows. */
  readonly values: Float64Array
  /** When the counter behind each sample began to count, ms; 0: unknown. Undefined: unknown for all. */
  readonly startTimes: Float64Array | undefined
  /** Undefined: none. A stale marker among histograms is a float sample. */
  readonly histograms: HistogramColumns | undefined
}

export interface HistogramColumns {
  readonly times: Float64Array
  readonly values: readonly HistogramValue[]
  readonly startTimes: Float64Array | undefined
}

export interface SelectedSeries {
  readonly labels: LabelSet
  /**
   * Decodes the samples of the selected range, anew with each call. Empty when the store has let go of them meanwhile.
   * `passing`: the caller is done with them before it asks for those of another series of the selection, so that the store may
   * put them all into the same place.
   */
  readonly columns: (passing?: boolean) => SeriesColumns
}

export interface MetricMetadata {
  readonly type: 'counter' | 'gauge' | 'histogram' | 'gaugehistogram' | 'summary' | 'info' | 'stateset' | 'unknown'
  readonly help: string
  readonly unit: string
}

/** Why a store could not give what was asked of it. */
export class QueryableError extends Error {
  override readonly name: string = 'QueryableError'
}

/** A store as a query engine sees it: the embedded one, or a server's. Times are ms since the epoch, both ends inclusive. */
export interface Queryable {
  // Each rejects with a QueryableError when the store cannot be read.
  /** In no particular order. Series without a sample in the range may be among them. */
  select(matchers: readonly Matcher[], from: number, to: number): Promise<readonly SelectedSeries[]>
  /** Sorted as Prometheus sorts. No matchers: of all series. */
  labelNames(matchers: readonly Matcher[], from: number, to: number): Promise<readonly string[]>
  labelValues(name: string, matchers: readonly Matcher[], from: number, to: number): Promise<readonly string[]>
  /** By the metric's name. */
  metadata(): Promise<ReadonlyMap<string, MetricMetadata>>
}
