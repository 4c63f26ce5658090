import { type Annotations, forMetric } from '../annotations.ts'
import { HistogramSum } from '../histogram-sum.ts'
import { isReset, sameHistogram } from '../histogram/index.ts'
import { CompensatedMean, CompensatedSum } from '../kahan.ts'
import type { SampleValue } from '../row.ts'
import { quantileOf, variance } from '../statistics.ts'
import { firstAbove, type Window } from '../window.ts'
import { type Moment, startedAnew } from './started-anew.ts'
import type { RangeCall, RangeFunction } from './range-function.ts'

/** Of the floats alone: histograms among them are told of, histograms alone are passed over. */
export function ofFloats(calculate: (window: Window, call: RangeCall) => number): RangeFunction {
  return (window, call) => {
    if (window.floats === 0) return undefined
    if (window.histogramCount > 0) ignored(call.notes, window, call)
    return calculate(window, call)
  }
}

export function ignored(notes: Annotations, { metric }: Window, { span }: RangeCall): void {
  notes.info(`ignored histograms in a range containing both floats and histograms${forMetric(metric)}`, span)
}

export function warnOfMix(window: Window, { notes, span }: RangeCall): undefined {
  notes.warn(`encountered a mix of histograms and floats${forMetric(window.metric)}`, span)
  return undefined
}

/** Either all floats or all histograms. */
function ofEither(
  floats: (window: Window) => number,
  pick: (sum: HistogramSum) => SampleValue | undefined,
): RangeFunction {
  return (window, call) => {
    if (window.isMixed) return warnOfMix(window, call)
    if (window.floats > 0) return floats(window)
    const sum = new HistogramSum()
    for (let i = window.histogramsFrom; i < window.histogramsTo; i++) sum.add(window.histogram(i))
    sum.note(call.notes, window.metric, call.span)
    return pick(sum)
  }
}

function values({ values: all, from, to }: Window): Float64Array {
  return all.slice(from, to)
}

function sum({ sums, values: all, from, to }: Window): number {
  if (sums !== undefined) return sums.sum(from, to)
  const total = new CompensatedSum()
  total.addAll(all, from, to)
  return total.value
}

function mean({ sums, values: all, from, to }: Window): number {
  if (sums !== undefined) return sums.sum(from, to) / (to - from)
  const total = new CompensatedSum()
  total.addAll(all, from, to)
  if (Number.isFinite(total.sum)) return total.sum / (to - from) + total.rest / (to - from)
  const state = new CompensatedMean()
  for (let i = from; i < to; i++) state.add(all[i] ?? NaN)
  return state.value
}

/** Index of the last value that no other is better than; NaN is worse than all. */
function indexOfBest({ values: all, from, to }: Window, better: (a: number, b: number) => boolean): number {
  let best = from
  for (let i = from + 1; i < to; i++) {
    const [own, other] = [all[i] ?? NaN, all[best] ?? NaN]
    if (better(own, other) || Number.isNaN(other)) best = i
  }
  return best
}

const atLeast = (a: number, b: number): boolean => a >= b
const atMost = (a: number, b: number): boolean => a <= b

function medianDeviation(window: Window): number {
  const own = values(window)
  if (own.some(Number.isNaN)) return NaN
  const median = quantileOf(0.5, own)
  return quantileOf(
    0.5,
    own.map((value) => Math.abs(value - median)),
  )
}

/** Goes over floats and histograms together, in the order of time. */
function countPairs(window: Window, differ: (current: Timed, previous: Timed) => boolean): number {
  let count = 0
  let previous: Timed | undefined
  let f = window.from
  let h = window.histogramsFrom
  while (f < window.to || h < window.histogramsTo) {
    const float = f < window.to && !(h < window.histogramsTo && window.histogramTime(h) < window.time(f))
    const current: Timed = float
      ? { value: window.value(f), time: window.time(f), startTime: window.startTimes?.[f] ?? 0 }
      : {
          value: window.histogram(h),
          time: window.histogramTime(h),
          startTime: window.histograms.startTimes?.[h] ?? 0,
        }
    if (previous !== undefined && differ(current, previous)) count++
    previous = current
    if (float) f++
    else h++
  }
  return count
}

function countChanges({ values: all, from, to }: Window): number {
  let count = 0
  for (let i = from + 1; i < to; i++) {
    const [current, previous] = [all[i] ?? NaN, all[i - 1] ?? NaN]
    if (current !== previous && !(Number.isNaN(current) && Number.isNaN(previous))) count++
  }
  return count
}

function countResets({ resets, from, to }: Window): number {
  return resets.length === 0 ? 0 : firstAbove(resets, to - 1) - firstAbove(resets, from)
}

export interface Timed extends Moment {
  readonly value: SampleValue
}

export function changed({ value: current }: Timed, { value: previous }: Timed): boolean {
  if (typeof current === 'number') {
    if (typeof previous !== 'number') return true
    return current !== previous && !(Number.isNaN(current) && Number.isNaN(previous))
  }
  return typeof previous === 'number' || !sameHistogram(current, previous)
}

export function wasReset(current: Timed, previous: Timed): boolean {
  if (startedAnew(current, previous)) return true
  if (typeof current.value === 'number') return typeof previous.value !== 'number' || current.value < previous.value
  return typeof previous.value === 'number' || isReset(current.value, previous.value)
}

function firstTime(window: Window): number {
  const float = window.floats > 0 ? window.time(window.from) : Infinity
  return Math.min(float, window.histogramCount > 0 ? window.histogramTime(window.histogramsFrom) : Infinity)
}

function lastTime(window: Window): number {
  const float = window.floats > 0 ? window.time(window.to - 1) : -Infinity
  return Math.max(float, window.histogramCount > 0 ? window.histogramTime(window.histogramsTo - 1) : -Infinity)
}

export const OVER_TIME: Readonly<Record<string, RangeFunction>> = {
  avg_over_time: ofEither(mean, (total) => total.mean),
  sum_over_time: ofEither(sum, (total) => total.sum),
  count_over_time: (window) => window.floats + window.histogramCount,
  present_over_time: () => 1,
  min_over_time: ofFloats((window) => window.value(indexOfBest(window, atMost))),
  max_over_time: ofFloats((window) => window.value(indexOfBest(window, atLeast))),
  ts_of_min_over_time: ofFloats((window) => window.time(indexOfBest(window, atMost)) / 1000),
  ts_of_max_over_time: ofFloats((window) => window.time(indexOfBest(window, atLeast)) / 1000),
  ts_of_first_over_time: (window) => firstTime(window) / 1000,
  ts_of_last_over_time: (window) => lastTime(window) / 1000,
  first_over_time: (window) =>
    window.floats > 0 && window.time(window.from) === firstTime(window)
      ? window.value(window.from)
      : window.histogram(window.histogramsFrom),
  last_over_time: (window) =>
    window.floats > 0 && window.time(window.to - 1) === lastTime(window)
      ? window.value(window.to - 1)
      : window.histogram(window.histogramsTo - 1),
  stdvar_over_time: ofFloats(({ values: all, from, to }) => variance(all, from, to)),
  stddev_over_time: ofFloats(({ values: all, from, to }) => Math.sqrt(variance(all, from, to))),
  mad_over_time: ofFloats(medianDeviation),
  quantile_over_time: ofFloats((window, { numbers: [q = NaN] }) => quantileOf(q, values(window))),
  changes: (window) => (window.histogramCount === 0 ? countChanges(window) : countPairs(window, changed)),
  resets: (window) => (window.histogramCount === 0 ? countResets(window) : countPairs(window, wasReset)),
}
