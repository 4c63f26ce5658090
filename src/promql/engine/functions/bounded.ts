import { addHistograms, isReset, multiplyHistogram, subtractHistograms } from '../histogram/index.ts'
import type { SampleValue } from '../row.ts'
import type { Window } from '../window.ts'
import { type HistogramPoint, histogramIncrease } from './increase.ts'
import { changed, type Timed, wasReset, warnOfMix } from './over-time.ts'
import type { RangeCall } from './range-function.ts'

/** As a range function, with samples put on the bounds of the range. */
export type BoundedFunction = (
  window: Window,
  call: RangeCall,
  smoothed: boolean,
  lookbackMs: number,
) => SampleValue | undefined

/** Samples of the window with those on its bounds, oldest first. */
function timed(window: Window, smoothed: boolean, lookbackMs: number, isCounter: boolean): readonly Timed[] {
  const { start, end } = window
  const inside = samplesBetween(window, start, end)
  const left = lastAt(window, start, lookbackMs)
  const right = smoothed ? firstAfter(window, end, lookbackMs) : undefined
  const first = inside[0] ?? right
  const last = inside.at(-1) ?? left
  const found = inside.length > 0 || (left !== undefined && right !== undefined)
  if (!found || first === undefined || last === undefined) return []
  const atStart = left !== undefined && smoothed ? between(left, first, start, isCounter) : placed(left ?? first, start)
  const atEnd = right === undefined ? placed(last, end) : between(last, right, end, isCounter)
  if (atStart === undefined || atEnd === undefined) return []
  // Where the first sample's reset is in the one at the start already, it is none of its own.
  const counted = left === undefined || smoothed
  const kept = inside.map((sample, i) => (i === 0 && counted ? unhinted(sample) : sample))
  return kept.at(-1)?.time === end ? [atStart, ...kept] : [atStart, ...kept, atEnd]
}

/** A copy of a sample at another moment. */
function placed(sample: Timed, time: number): Timed {
  return { ...unhinted(sample), time, startTime: 0 }
}

/** Only its values tell whether it is a reset. */
function unhinted(sample: Timed): Timed {
  const { value } = sample
  if (typeof value === 'number' || value.counterReset === 'gauge') return sample
  return { ...sample, value: { ...value, counterReset: 'unknown' } }
}

function samplesBetween(window: Window, start: number, end: number): readonly Timed[] {
  const samples: Timed[] = []
  for (let i = window.from; i < window.to; i++) {
    samples.push({ value: window.value(i), time: window.time(i), startTime: window.startTimes?.[i] ?? 0 })
  }
  for (let i = window.histogramsFrom; i < window.histogramsTo; i++) {
    const startTime = window.histograms.startTimes?.[i] ?? 0
    samples.push({ value: window.histogram(i), time: window.histogramTime(i), startTime })
  }
  return samples.filter(({ time }) => time > start && time <= end).sort((a, b) => a.time - b.time)
}

/** The last sample at or before the window's start, not further back than the lookback. */
function lastAt(window: Window, moment: number, lookbackMs: number): Timed | undefined {
  const candidates: Timed[] = []
  if (window.from > 0) {
    candidates.push({ value: window.value(window.from - 1), time: window.time(window.from - 1), startTime: 0 })
  }
  const h = window.histogramsFrom - 1
  if (h >= 0) candidates.push({ value: window.histogram(h), time: window.histogramTime(h), startTime: 0 })
  return candidates.filter(({ time }) => time > moment - lookbackMs).toSorted((a, b) => b.time - a.time)[0]
}

function firstAfter(window: Window, moment: number, lookbackMs: number): Timed | undefined {
  const candidates: Timed[] = []
  const { times, histograms } = window
  if (window.to < times.length) {
    candidates.push({ value: window.value(window.to), time: window.time(window.to), startTime: 0 })
  }
  const h = window.histogramsTo
  if (h < histograms.times.length) {
    candidates.push({ value: window.histogram(h), time: window.histogramTime(h), startTime: 0 })
  }
  return candidates.filter(({ time }) => time <= moment + lookbackMs).toSorted((a, b) => a.time - b.time)[0]
}

/** Between two samples; a counter that was reset between them is taken to have risen from zero. */
function between(a: Timed, b: Timed, moment: number, isCounter: boolean): Timed | undefined {
  if (a.time === moment || a.time === b.time) return placed(a, moment)
  if (b.time === moment) return b
  const share = (moment - a.time) / (b.time - a.time)
  const of = (value: SampleValue): Timed => ({ value, time: moment, startTime: 0 })
  if (typeof a.value === 'number' && typeof b.value === 'number') {
    const base = isCounter && b.value < a.value ? 0 : a.value
    return of(base + (b.value - base) * share)
  }
  if (typeof a.value === 'number' || typeof b.value === 'number') return undefined
  if (isCounter && isReset(b.value, a.value)) return of(multiplyHistogram(b.value, share))
  const difference = subtractHistograms(b.value, a.value)
  const sum = difference && addHistograms(a.value, multiplyHistogram(difference.value, share))
  return sum && of({ ...sum.value, counterReset: b.value.counterReset })
}

/** The value at a moment: between the samples around it, or the last one when none follows. */
export function interpolated(
  window: Window,
  moment: number,
  lookbackMs: number,
  isCounter: boolean,
): SampleValue | undefined {
  const inside = samplesBetween(window, window.start, window.end).at(-1)
  if (inside === undefined) return undefined
  const next = firstAfter(window, moment, lookbackMs)
  return next === undefined ? inside.value : between(inside, next, moment, isCounter)?.value
}

function increase(isCounter: boolean, isRate: boolean): BoundedFunction {
  return (window, call, smoothed, lookbackMs) => {
    const samples = timed(window, smoothed, lookbackMs, isCounter)
    const [first] = samples
    const last = samples.at(-1)
    if (first === undefined || last === undefined) return undefined
    const seconds = isRate ? call.rangeMs / 1000 : 1
    if (samples.every(({ value }) => typeof value === 'number')) {
      let value = numberOf(last) - numberOf(first)
      if (isCounter) {
        samples.forEach((sample, i) => {
          const before = samples[i - 1]
          if (before !== undefined && numberOf(sample) < numberOf(before)) value += numberOf(before)
        })
      }
      return value / seconds
    }
    const points: HistogramPoint[] = []
    for (const { value, time, startTime } of samples) {
      if (typeof value === 'number') return warnOfMix(window, call)
      points.push({ value, time, startTime })
    }
    const result = histogramIncrease(points, isCounter, false, window.metric, call)
    return result && multiplyHistogram(result, 1 / seconds)
  }
}

function numberOf({ value }: Timed): number {
  return typeof value === 'number' ? value : NaN
}

function countBetween(differ: (current: Timed, previous: Timed) => boolean): BoundedFunction {
  return (window, _, smoothed, lookbackMs) => {
    const samples = timed(window, smoothed, lookbackMs, false)
    if (samples.length === 0) return undefined
    return samples.filter((sample, i) => {
      const before = samples[i - 1]
      return before !== undefined && differ(sample, before)
    }).length
  }
}

export const BOUNDED: Readonly<Record<string, BoundedFunction>> = {
  rate: increase(true, true),
  increase: increase(true, false),
  delta: increase(false, false),
  changes: countBetween(changed),
  resets: countBetween(wasReset),
}
