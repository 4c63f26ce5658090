import type { HistogramValue } from '../../../series/index.ts'
import { forMetric } from '../annotations.ts'
import { asGauge, divideHistogram, isReset, multiplyHistogram, subtractHistograms } from '../histogram/index.ts'
import { firstAbove, type Window } from '../window.ts'
import { extrapolation } from './extrapolation.ts'
import { increaseOfHistograms } from './increase.ts'
import { warnOfMix } from './over-time.ts'
import { startedAnew } from './started-anew.ts'
import type { RangeCall, RangeFunction } from './range-function.ts'

/**
 * Increase of histograms between first and last sample, extrapolated to the ends of the range where that is likely to be right.
 * Windows of floats alone are {@link FLOAT_RATES}'.
 */
function extrapolated(isCounter: boolean, isRate: boolean): RangeFunction {
  return (window, call) => {
    if (window.isMixed) return warnOfMix(window, call)
    const increase = increaseOfHistograms(window, isCounter, call)
    if (increase === undefined) return undefined
    const { value, firstTime, lastTime, intervals, first, startTime } = increase
    const { start, end } = window
    const factor = extrapolation(start, end, firstTime, lastTime, intervals, startTime, isCounter, first, value.count)
    return multiplyHistogram(value, factor / (isRate ? call.rangeMs / 1000 : 1))
  }
}

/** Of the last two samples. */
function instant(isRate: boolean): RangeFunction {
  return (window, call) => {
    if (window.histogramCount === 0) return instantOfFloats(window, isRate)
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

function instantOfFloats({ from, to, times, values, resets }: Window, isRate: boolean): number | undefined {
  if (to - from < 2) return undefined
  const seconds = ((times[to - 1] ?? NaN) - (times[to - 2] ?? NaN)) / 1000
  const [last, before] = [values[to - 1] ?? NaN, values[to - 2] ?? NaN]
  if (!isRate) return last - before
  const reset = resets.length > 0 && resets[firstAbove(resets, to - 2)] === to - 1
  return (reset ? last : last - before) / seconds
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
