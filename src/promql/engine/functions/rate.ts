import type { HistogramValue } from '../../../series/index.ts'
import { forMetric } from '../annotations.ts'
import { asGauge, divideHistogram, isReset, multiplyHistogram, subtractHistograms } from '../histogram/index.ts'
import type { Window } from '../window.ts'
import { increaseOfFloats, increaseOfHistograms, startOfFloats } from './increase.ts'
import { warnOfMix } from './over-time.ts'
import { startedAnew } from './started-anew.ts'
import type { RangeCall, RangeFunction } from './range-function.ts'

/** Increase between first and last sample, extrapolated to the ends of the range where that is likely to be right. */
function extrapolated(isCounter: boolean, isRate: boolean): RangeFunction {
  return (window, call) => {
    if (window.isMixed) return warnOfMix(window, call)
    const seconds = isRate ? call.rangeMs / 1000 : 1
    if (window.floats > 0) return extrapolatedFloats(window, isCounter, seconds, call)
    const increase = increaseOfHistograms(window, isCounter, call)
    if (increase === undefined) return undefined
    const { value, firstTime, lastTime, intervals, first, startTime } = increase
    const factor = extrapolation(window, firstTime, lastTime, intervals, startTime, isCounter, first, value.count)
    return multiplyHistogram(value, factor / seconds)
  }
}

function extrapolatedFloats(window: Window, isCounter: boolean, seconds: number, call: RangeCall): number | undefined {
  if (isCounter && !window.told) tellIfNoCounter(window, call)
  const { from, to, times, values } = window
  const startTime = isCounter ? startOfFloats(window) : NaN
  const fromZero = !Number.isNaN(startTime)
  if (to - from < 2 && !fromZero) return undefined
  const value = increaseOfFloats(window, isCounter, fromZero, call)
  const [firstTime, lastTime, first] = [times[from] ?? NaN, times[to - 1] ?? NaN, values[from] ?? NaN]
  const factor = extrapolation(window, firstTime, lastTime, to - from - 1, startTime, isCounter, first, value)
  return value * (factor / seconds)
}

const COUNTER_NAME = /(?:_total|_sum|_count|_bucket)$/

function tellIfNoCounter(window: Window, { notes, span }: RangeCall): void {
  const { metric } = window
  window.told = true
  if (metric === '' || COUNTER_NAME.test(metric)) return
  notes.info(
    `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(metric)}`,
    span,
  )
}

/** By what the increase, of this `size` from a `first` value on, is multiplied to stand for the whole range. */
function extrapolation(
  { start, end }: Window,
  firstTime: number,
  lastTime: number,
  intervals: number,
  startTime: number,
  isCounter: boolean,
  first: number,
  size: number,
): number {
  if (intervals === 0) return 1
  const average = (lastTime - firstTime) / 1000 / intervals
  const threshold = average * 1.1
  let toEnd = (end - lastTime) / 1000
  if (toEnd >= threshold) toEnd = average / 2
  if (!Number.isNaN(startTime)) {
    const counted = (lastTime - startTime) / 1000
    return (counted + toEnd) / counted
  }
  const counted = (lastTime - firstTime) / 1000
  let toStart = (firstTime - start) / 1000
  if (toStart >= threshold) toStart = average / 2
  if (isCounter && size > 0 && first >= 0) toStart = Math.min(toStart, counted * (first / size))
  return (counted + toStart + toEnd) / counted
}

/** Of the last two samples. */
function instant(isRate: boolean): RangeFunction {
  return (window, call) => {
    const last = latest(window, 0, 0)
    if (last === undefined) return undefined
    const before = latest(window, last.float ? 1 : 0, last.float ? 0 : 1)
    if (before === undefined) return undefined
    if (last.float !== before.float) return warnOfMix(window, call)
    const seconds = (last.time - before.time) / 1000
    if (seconds === 0) return undefined
    const anew = isRate && startedAnew(last, before)
    if (typeof last.value === 'number' && typeof before.value === 'number') {
      const reset = anew || (isRate && last.value < before.value)
      const increase = reset ? last.value : last.value - before.value
      return isRate ? increase / seconds : increase
    }
    if (typeof last.value === 'number' || typeof before.value === 'number') return undefined
    const increase = histogramStep(window, last.value, before.value, isRate, anew, call)
    return increase && (isRate ? divideHistogram(increase, seconds) : increase)
  }
}

function histogramStep(
  window: Window,
  last: HistogramValue,
  before: HistogramValue,
  isRate: boolean,
  anew: boolean,
  { notes, span }: RangeCall,
): HistogramValue | undefined {
  const gauges = [last, before].filter(({ counterReset }) => counterReset === 'gauge').length
  if (isRate && gauges > 0) {
    notes.warn(`this native histogram metric is not a counter:${nameOf(window)}`, span)
  }
  if (!isRate && gauges < 2) notes.warn(`this native histogram metric is not a gauge:${nameOf(window)}`, span)
  if (isRate && (anew || isReset(last, before))) return asGauge(last)
  const difference = subtractHistograms(last, before)
  if (difference === undefined) {
    notes.warn(
      `vector contains a mix of histograms with exponential and custom buckets schemas${forMetric(window.metric)}`,
      span,
    )
    return undefined
  }
  if (difference.boundsReconciled) notes.info('mismatched custom buckets were reconciled during subtraction', span)
  return asGauge(difference.value)
}

function nameOf({ metric }: Window): string {
  return ` ${JSON.stringify(metric)}`
}

interface Latest {
  readonly float: boolean
  readonly time: number
  readonly startTime: number
  readonly value: number | HistogramValue
}

/** The latest sample when so many floats and histograms are left out. */
function latest(window: Window, floatsOut: number, histogramsOut: number): Latest | undefined {
  const f = window.to - 1 - floatsOut
  const h = window.histogramsTo - 1 - histogramsOut
  const floatTime = f >= window.from ? window.time(f) : -Infinity
  const histogramTime = h >= window.histogramsFrom ? window.histogramTime(h) : -Infinity
  if (floatTime === -Infinity && histogramTime === -Infinity) return undefined
  return floatTime > histogramTime
    ? { float: true, time: floatTime, startTime: window.startTimes?.[f] ?? 0, value: window.value(f) }
    : {
        float: false,
        time: histogramTime,
        startTime: window.histograms.startTimes?.[h] ?? 0,
        value: window.histogram(h),
      }
}

export const RATES: Readonly<Record<string, RangeFunction>> = {
  rate: extrapolated(true, true),
  increase: extrapolated(true, false),
  delta: extrapolated(false, false),
  irate: instant(true),
  idelta: instant(false),
}
