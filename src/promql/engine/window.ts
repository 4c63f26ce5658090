import type { HistogramColumns, HistogramValue, LabelSet } from '../../series/index.ts'
import { METRIC_NAME_LABEL } from '../../series/index.ts'
import { NO_HISTOGRAMS, type Track } from './columns.ts'

/**
 * A range that slides over one series: the samples after `start` until `end`, both included by index from `from` (in) to
 * `to` (out). One object serves all steps.
 */
export class Window {
  readonly labels: LabelSet
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
  #resets: Int32Array | undefined

  constructor(track: Track) {
    this.labels = track.labels
    this.times = track.times
    this.values = track.values
    this.startTimes = track.startTimes
    this.histograms = track.histograms ?? NO_HISTOGRAMS
  }

  get metric(): string {
    return this.labels.get(METRIC_NAME_LABEL)
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

  /** Moves on to (start, end]; moves back as well. */
  slide(start: number, end: number, at: number): void {
    this.start = start
    this.end = end
    this.at = at
    this.from = advance(this.times, start, this.from)
    this.to = advance(this.times, end, Math.max(this.to, this.from))
    const { times } = this.histograms
    if (times.length === 0) return
    this.histogramsFrom = advance(times, start, this.histogramsFrom)
    this.histogramsTo = advance(times, end, Math.max(this.histogramsTo, this.histogramsFrom))
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

  /** Indices of values below the one before: found once for all steps. */
  get resets(): Int32Array {
    this.#resets ??= findResets(this.values)
    return this.#resets
  }
}

function advance(times: Float64Array, time: number, from: number): number {
  let i = from
  while (i > 0 && (times[i - 1] ?? 0) > time) i--
  while (i < times.length && (times[i] ?? 0) <= time) i++
  return i
}

function findResets(values: Float64Array): Int32Array {
  const resets: number[] = []
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) < (values[i - 1] ?? 0)) resets.push(i)
  return Int32Array.from(resets)
}
