import type { HistogramColumns, HistogramValue, LabelSet } from '../../series/index.ts'
import { METRIC_NAME_LABEL } from '../../series/index.ts'
import { NO_HISTOGRAMS } from './columns.ts'
import { overlaps, startedAnew } from './functions/started-anew.ts'
import type { Grid } from './grid.ts'
import { timeAt } from './grid.ts'
import { PrefixSums } from './prefix-sums.ts'
import type { Spans } from './steps.ts'
import type { Track, TrackSpans } from './track.ts'

/**
 * A range that slides over one series: the samples after `start` until `end`, both included by index from `from` (in) to
 * `to` (out). One object serves all steps.
 */
export class Window {
  readonly labels: LabelSet
  readonly metric: string
  readonly times: Float64Array
  readonly values: Float64Array
  readonly startTimes: Float64Array | undefined
  readonly histograms: HistogramColumns
  /** Moment of the evaluation, ms. */
  at = 0
  start = 0
  end = 0
  from = 0
  to = 0
  histogramsFrom = 0
  histogramsTo = 0
  readonly #spans: TrackSpans
  readonly #rangeMs: number
  #resets: Int32Array | undefined
  #overlaps: Int32Array | undefined
  #sums: PrefixSums | 'unfit' | undefined
  #overlapping: boolean | undefined

  constructor(track: Track, spans: TrackSpans, rangeMs: number) {
    this.labels = track.labels
    this.metric = track.labels.get(METRIC_NAME_LABEL)
    this.times = track.times
    this.values = track.values
    this.startTimes = track.startTimes
    this.histograms = track.histograms ?? NO_HISTOGRAMS
    this.#spans = spans
    this.#rangeMs = rangeMs
  }

  get floats(): number {
    return this.to - this.from
  }

  get histogramCount(): number {
    return this.histogramsTo - this.histogramsFrom
  }

  get isEmpty(): boolean {
    return this.to <= this.from && this.histogramsTo <= this.histogramsFrom
  }

  get isMixed(): boolean {
    return this.to > this.from && this.histogramsTo > this.histogramsFrom
  }

  /** Moves to the range of a step. */
  slide(step: number, reference: Grid, grid: Grid): void {
    const { floats, histograms } = this.#spans
    this.end = timeAt(reference, step)
    this.start = this.end - this.#rangeMs
    this.at = timeAt(grid, step)
    this.from = floats.from[step] ?? 0
    this.to = floats.to[step] ?? 0
    this.histogramsFrom = histograms.from[step] ?? 0
    this.histogramsTo = histograms.to[step] ?? 0
  }

  time(i: number): number {
    return this.times[i] ?? NaN
  }

  value(i: number): number {
    return this.values[i] ?? NaN
  }

  histogramTime(i: number): number {
    return this.histograms.times[i] ?? NaN
  }

  histogram(i: number): HistogramValue {
    const value = this.histograms.values[i]
    if (value === undefined) throw new Error(`BUG: no histogram ${i} in the window`)
    return value
  }

  /** Places of floats at which the counter began again, ascending: found once for all steps. */
  get resets(): Int32Array {
    this.#resets ??= findResets(this)
    return this.#resets
  }

  /** Places of floats whose counter is said to have begun before the sample before. */
  get overlaps(): Int32Array {
    this.#overlaps ??= findOverlaps(this)
    return this.#overlaps
  }

  /** Sums of all floats so far, where windows overlap so much that they pay; undefined where they would not be exact. */
  get sums(): PrefixSums | undefined {
    this.#sums ??= this.overlapping ? (PrefixSums.of(this.values) ?? 'unfit') : 'unfit'
    return this.#sums === 'unfit' ? undefined : this.#sums
  }

  /** Whether the windows of all steps hold several times what there is. */
  get overlapping(): boolean {
    this.#overlapping ??= overlap(this.#spans.floats, this.values.length)
    return this.#overlapping
  }
}

function overlap({ from, to }: Spans, floats: number): boolean {
  let total = 0
  for (let step = 0; step < from.length && total <= floats * 4; step++) total += (to[step] ?? 0) - (from[step] ?? 0)
  return total > floats * 4
}

function findResets({ times, values, startTimes }: Window): Int32Array {
  const resets: number[] = []
  for (let i = 1; i < values.length; i++) {
    const fell = (values[i] ?? NaN) < (values[i - 1] ?? NaN)
    if (fell || (startTimes !== undefined && anewAt(i, times, startTimes))) resets.push(i)
  }
  return resets.length === 0 ? NONE : Int32Array.from(resets)
}

function anewAt(i: number, times: Float64Array, startTimes: Float64Array): boolean {
  // Most counters begin once.
  if (startTimes[i] === startTimes[i - 1] && (startTimes[i] ?? NaN) <= (times[i - 1] ?? NaN)) return false
  return startedAnew(
    { time: times[i] ?? NaN, startTime: startTimes[i] ?? 0 },
    { time: times[i - 1] ?? NaN, startTime: startTimes[i - 1] ?? 0 },
  )
}

const NONE = new Int32Array(0)

function findOverlaps({ times, startTimes, values }: Window): Int32Array {
  const found: number[] = []
  if (startTimes === undefined) return NONE
  for (let i = 1; i < startTimes.length; i++) {
    if (startTimes[i] === startTimes[i - 1]) continue
    const current = { time: times[i] ?? NaN, startTime: startTimes[i] ?? 0 }
    const previous = { time: times[i - 1] ?? NaN, startTime: startTimes[i - 1] ?? 0 }
    const reset = startedAnew(current, previous) || (values[i] ?? NaN) < (values[i - 1] ?? NaN)
    if (!reset && overlaps(current, previous)) found.push(i)
  }
  return Int32Array.from(found)
}

/** First place of `found` whose entry is above `place`. */
export function firstAbove(found: Int32Array, place: number): number {
  let low = 0
  let high = found.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((found[middle] ?? Infinity) <= place) low = middle + 1
    else high = middle
  }
  return low
}
