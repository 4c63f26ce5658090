import { type Grid, timeAt } from '../grid.ts'
import type { Spans } from '../steps.ts'

/**
 * By what an increase of this `size` from a `first` value on is multiplied to stand for the whole range from `start` to `end`, ms.
 * `startTime`: when the counter began, if the increase is counted from there; else NaN.
 */
export function extrapolation(
  start: number,
  end: number,
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

/** Finds what extrapolations have in common up to before step `end`: all but what an increase itself says. */
export function prepareRates(spans: Spans, times: Float64Array, reference: Grid, rangeMs: number, end: number): void {
  const { from, to, rates } = spans
  if (rates.factors.length < from.length) rates.make(from.length)
  const { counted, toStart, factors } = rates
  for (let i = rates.ready; i < end; i++) {
    const first = from[i] ?? 0
    const last = (to[i] ?? 0) - 1
    if (last <= first) continue
    const [firstTime, lastTime] = [times[first] ?? NaN, times[last] ?? NaN]
    const stepEnd = timeAt(reference, i)
    const average = (lastTime - firstTime) / 1000 / (last - first)
    const threshold = average * 1.1
    let atEnd = (stepEnd - lastTime) / 1000
    if (atEnd >= threshold) atEnd = average / 2
    let atStart = (firstTime - (stepEnd - rangeMs)) / 1000
    if (atStart >= threshold) atStart = average / 2
    const between = (lastTime - firstTime) / 1000
    counted[i] = between
    toStart[i] = atStart
    factors[i] = (between + atStart + atEnd) / between
  }
  rates.ready = Math.max(rates.ready, end)
}
