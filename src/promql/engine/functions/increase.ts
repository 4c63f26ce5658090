import type { HistogramValue } from '../../../series/index.ts'
import { forMetric } from '../annotations.ts'
import {
  addHistograms,
  asGauge,
  emptyLike,
  isCustom,
  isReset,
  subtractHistograms,
  toSchema,
} from '../histogram/index.ts'
import type { Window } from '../window.ts'
import type { RangeCall } from './range-function.ts'
import { knowsStart, type Moment, overlaps, startedAnew } from './started-anew.ts'

/** The increase of histograms in a window. */
export interface Increase {
  readonly value: HistogramValue
  readonly firstTime: number
  readonly lastTime: number
  /** How many lie between the samples. */
  readonly intervals: number
  /** Count of the first sample. */
  readonly first: number
  /** When the counter began, if it began in the range and the increase is counted from there; else NaN. */
  readonly startTime: number
}

function momentOf(times: Float64Array, startTimes: Float64Array | undefined, i: number): Moment {
  return { time: times[i] ?? NaN, startTime: startTimes?.[i] ?? 0 }
}

function startInRange({ start }: Window, moment: Moment): number | undefined {
  return knowsStart(moment) && moment.startTime > start ? moment.startTime : undefined
}

function named(metric: string): string {
  return metric === '' ? '' : ` for metric ${JSON.stringify(metric)}`
}

export function warnOfOverlap(metric: string, { notes, span }: RangeCall): void {
  notes.warn(`sample has start time that overlaps with previous sample timestamp${named(metric)}`, span)
}

export function increaseOfHistograms(window: Window, isCounter: boolean, call: RangeCall): Increase | undefined {
  const { histogramsFrom: from, histogramsTo: to, histograms } = window
  const { times, startTimes } = histograms
  const start = isCounter && to > from ? startInRange(window, momentOf(times, startTimes, from)) : undefined
  if (to - from < 2 && start === undefined) return undefined
  const points: HistogramPoint[] = []
  for (let i = from; i < to; i++) points.push({ ...momentOf(times, startTimes, i), value: window.histogram(i) })
  const value = histogramIncrease(points, isCounter, start !== undefined, window.metric, call)
  if (value === undefined) return undefined
  return {
    value,
    first: points[0]?.value.count ?? 0,
    firstTime: times[from] ?? NaN,
    lastTime: times[to - 1] ?? NaN,
    intervals: to - from - 1,
    startTime: start ?? NaN,
  }
}

export interface HistogramPoint extends Moment {
  readonly value: HistogramValue
}

/** Increase from the first point, or from nothing with `fromZero`, to the last; over resets when it is a counter. */
export function histogramIncrease(
  points: readonly HistogramPoint[],
  isCounter: boolean,
  fromZero: boolean,
  metric: string,
  call: RangeCall,
): HistogramValue | undefined {
  const { notes, span } = call
  const [first, second] = points
  const last = points.at(-1)
  if (first === undefined || last === undefined) return undefined
  const gauges = points.filter(({ value }) => value.counterReset === 'gauge').length
  if (isCounter && gauges > 0)
    notes.warn(`this native histogram metric is not a counter: ${JSON.stringify(metric)}`, span)
  const fresh = isCounter && second !== undefined && resetBetween(second, first)
  let previous: HistogramPoint = first
  if (fresh) previous = { ...first, value: emptyLike(second.value) }
  const base = fromZero ? emptyLike(previous.value) : previous.value
  const counted = fresh ? points.slice(1) : points
  if (counted.some(({ value }) => isCustom(value) !== isCustom(last.value))) {
    notes.warn(
      `vector contains a mix of histograms with exponential and custom buckets schemas${forMetric(metric)}`,
      span,
    )
    return undefined
  }
  const schema = Math.min(...counted.map(({ value }) => value.schema))
  const reconciled = new Set<string>()
  const difference = subtractHistograms(isCustom(last.value) ? last.value : toSchema(last.value, schema), base)
  if (difference === undefined) return undefined
  if (difference.boundsReconciled) reconciled.add('subtraction')
  let value = difference.value
  if (isCounter) {
    const zeroed = fromZero && fresh
    for (const [i, point] of points.slice(1).entries()) {
      const before = i === 0 && fresh && !zeroed ? previous : (points[i] ?? first)
      if (i === 0 && fresh ? zeroed : resetBetween(point, before)) {
        const sum = addHistograms(value, before.value)
        if (sum === undefined) return undefined
        if (sum.boundsReconciled) reconciled.add('addition')
        value = sum.value
      } else if (overlaps(point, before)) {
        warnOfOverlap(metric, call)
      }
    }
  } else if (first.value.counterReset !== 'gauge' || last.value.counterReset !== 'gauge') {
    notes.warn(`this native histogram metric is not a gauge: ${JSON.stringify(metric)}`, span)
  }
  for (const what of reconciled) notes.info(`mismatched custom buckets were reconciled during ${what}`, span)
  return asGauge(value)
}

function resetBetween(current: HistogramPoint, previous: HistogramPoint): boolean {
  return startedAnew(current, previous) || isReset(current.value, previous.value)
}
