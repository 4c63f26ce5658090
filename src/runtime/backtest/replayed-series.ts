import {
  type HistogramColumns,
  type Matcher,
  METRIC_NAME_LABEL,
  type MetricMetadata,
  type Queryable,
  type SelectedSeries,
  type SeriesColumns,
} from '../../series/index.ts'
import { mayRead } from './selectors.ts'

export interface ReplayedOptions {
  readonly history: Queryable
  /** What the rules give as they are evaluated again. */
  readonly given: Queryable
  /** Names of the series that the rules give. */
  readonly names: ReadonlySet<string>
  /** From here on what the rules once gave stands back behind what they give now. */
  readonly from: number
}

/** The history as it would have been with these rules. */
export class ReplayedSeries implements Queryable {
  readonly #options: ReplayedOptions

  constructor(options: ReplayedOptions) {
    this.#options = options
  }

  async select(matchers: readonly Matcher[], from: number, to: number): Promise<readonly SelectedSeries[]> {
    const { history, given, names, from: start } = this.#options
    if (![...names].some((name) => mayRead({ matchers }, name))) return history.select(matchers, from, to)
    const isOwn = ({ labels }: SelectedSeries): boolean => names.has(labels.get(METRIC_NAME_LABEL))
    const ours = await given.select(matchers, from, to)
    if (this.#areAllOwn(matchers) && from >= start) return ours
    const theirs = await history.select(matchers, from, this.#areAllOwn(matchers) ? Math.min(to, start - 1) : to)
    const before = new Map(theirs.filter(isOwn).map((series) => [series.labels.key, series]))
    const joined = ours.map((series) => {
      const earlier = before.get(series.labels.key)
      before.delete(series.labels.key)
      if (earlier === undefined) return series
      return { labels: series.labels, columns: () => join(until(earlier.columns(), start), series.columns()) }
    })
    const ended = [...before.values()].map(({ labels, columns }) => ({
      labels,
      columns: () => until(columns(), start),
    }))
    return [...theirs.filter((series) => !isOwn(series)), ...ended, ...joined]
  }

  #areAllOwn(matchers: readonly Matcher[]): boolean {
    return matchers.some(
      ({ name, operator, value }) => name === METRIC_NAME_LABEL && operator === '=' && this.#options.names.has(value),
    )
  }

  labelNames(matchers: readonly Matcher[], from: number, to: number): Promise<readonly string[]> {
    return this.#options.history.labelNames(matchers, from, to)
  }

  labelValues(name: string, matchers: readonly Matcher[], from: number, to: number): Promise<readonly string[]> {
    return this.#options.history.labelValues(name, matchers, from, to)
  }

  metadata(): Promise<ReadonlyMap<string, MetricMetadata>> {
    return this.#options.history.metadata()
  }
}

/** Without what is at `end` or later. */
function until({ times, values, startTimes, histograms }: SeriesColumns, end: number): SeriesColumns {
  const count = countBefore(times, end)
  const few = histograms === undefined ? 0 : countBefore(histograms.times, end)
  return {
    times: times.subarray(0, count),
    values: values.subarray(0, count),
    startTimes: startTimes?.subarray(0, count),
    histograms:
      histograms === undefined || few === 0
        ? undefined
        : {
            times: histograms.times.subarray(0, few),
            values: histograms.values.slice(0, few),
            startTimes: histograms.startTimes?.subarray(0, few),
          },
  }
}

function countBefore(times: Float64Array, end: number): number {
  const at = times.findIndex((time) => time >= end)
  return at < 0 ? times.length : at
}

function join(a: SeriesColumns, b: SeriesColumns): SeriesColumns {
  return {
    times: both(a.times, b.times),
    values: both(a.values, b.values),
    startTimes: starts(a, b),
    histograms: histogramsOf(a.histograms, b.histograms),
  }
}

function histogramsOf(a: HistogramColumns | undefined, b: HistogramColumns | undefined): HistogramColumns | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return { times: both(a.times, b.times), values: [...a.values, ...b.values], startTimes: starts(a, b) }
}

type Timed = Pick<SeriesColumns, 'times' | 'startTimes'>

function starts(a: Timed, b: Timed): Float64Array | undefined {
  if (a.startTimes === undefined && b.startTimes === undefined) return undefined
  return both(a.startTimes ?? new Float64Array(a.times.length), b.startTimes ?? new Float64Array(b.times.length))
}

/** Byte by byte: a stale marker is a NaN of its own. */
function both(a: Float64Array, b: Float64Array): Float64Array {
  const joined = new Float64Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}
