import { timeAt } from '../grid.ts'
import { firstAbove, type Window } from '../window.ts'
import { extrapolation } from './extrapolation.ts'
import type { ColumnFunction } from './float-columns.ts'
import { warnOfOverlap } from './increase.ts'
import type { RangeCall } from './range-function.ts'

/** Increase between first and last sample, extrapolated to the ends of the range where that is likely to be right. */
export function floatRates(isCounter: boolean, isRate: boolean): ColumnFunction {
  return (window, spans, reference, row, call, begin, end) => {
    const { times, values, resets, overlaps } = window
    const startTimes = isCounter ? window.startTimes : undefined
    const seconds = isRate ? call.rangeMs / 1000 : 1
    for (let i = begin; i < end; i++) {
      const from = spans.from[i] ?? 0
      const last = (spans.to[i] ?? 0) - 1
      if (last < from) continue
      if (isCounter && !window.told) tellIfNoCounter(window, call)
      const firstTime = times[from] ?? NaN
      const stepEnd = timeAt(reference, i)
      const stepStart = stepEnd - call.rangeMs
      let startTime = NaN
      if (startTimes !== undefined) {
        const began = startTimes[from] ?? 0
        if (began !== 0 && began < firstTime && began > stepStart) startTime = began
      }
      // From zero when it began in the range, and then one sample is enough.
      const fromZero = startTime > 0 || startTime < 0
      if (last === from && !fromZero) continue
      const first = values[from] ?? NaN
      let value = (values[last] ?? NaN) - (fromZero ? 0 : first)
      if (isCounter && resets.length > 0) {
        for (let r = firstAbove(resets, from); r < resets.length; r++) {
          const place = resets[r] ?? Infinity
          if (place > last) break
          value += values[place - 1] ?? NaN
        }
      }
      if (isCounter && overlaps.length > 0 && (overlaps[firstAbove(overlaps, from)] ?? Infinity) <= last) {
        warnOfOverlap(window.metric, call)
      }
      const lastTime = times[last] ?? NaN
      const factor = extrapolation(
        stepStart,
        stepEnd,
        firstTime,
        lastTime,
        last - from,
        startTime,
        isCounter,
        first,
        value,
      )
      row.setFloat(i, value * (factor / seconds))
    }
  }
}

const COUNTER_NAME = /(?:_total|_sum|_count|_bucket)$/

function tellIfNoCounter(window: Window, call: RangeCall): void {
  const { metric } = window
  window.told = true
  if (metric === '' || COUNTER_NAME.test(metric)) return
  call.notes.info(
    `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(metric)}`,
    call.span,
  )
}
