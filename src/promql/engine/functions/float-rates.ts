import { timeAt } from '../grid.ts'
import { firstAbove, type Window } from '../window.ts'
import { extrapolation, prepareRates } from './extrapolation.ts'
import type { ColumnFunction } from './float-columns.ts'
import { warnOfOverlap } from './increase.ts'
import type { RangeCall } from './range-function.ts'

/** Room for rounding where a bound is compared without dividing. */
const CLOSE = 1 + 1e-9

/** Increase between first and last sample, extrapolated to the ends of the range where that is likely to be right. */
export function floatRates(isCounter: boolean, isRate: boolean): ColumnFunction {
  return (window, spans, reference, row, call, begin, end) => {
    const { times, values, resets, overlaps } = window
    const { rangeMs } = call
    const startTimes = isCounter ? window.startTimes : undefined
    const seconds = isRate ? rangeMs / 1000 : 1
    prepareRates(spans, times, reference, rangeMs, end)
    const { counted, toStart, factors } = spans.rates
    for (let i = begin; i < end; i++) {
      const from = spans.from[i] ?? 0
      const last = (spans.to[i] ?? 0) - 1
      if (last < from) continue
      if (isCounter && call.suspect !== window.metric) tellIfNoCounter(window, call)
      const startTime =
        startTimes === undefined
          ? NaN
          : beganAt(startTimes[from] ?? 0, times[from] ?? NaN, timeAt(reference, i) - rangeMs)
      // From zero when it began in the range, and then one sample is enough.
      const fromZero = startTime === startTime
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
      // A counter that rises as steeply before its first sample may have been zero in the range.
      const bounded =
        isCounter && value > 0 && first >= 0 && (counted[i] ?? NaN) * first < (toStart[i] ?? NaN) * value * CLOSE
      if (fromZero || bounded) {
        const stepEnd = timeAt(reference, i)
        const [firstTime, lastTime] = [times[from] ?? NaN, times[last] ?? NaN]
        const start = stepEnd - rangeMs
        const factor = extrapolation(
          start,
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
      } else row.setFloat(i, value * ((factors[i] ?? NaN) / seconds))
    }
  }
}

/** When the counter began, if that was in the range; else NaN. */
function beganAt(startTime: number, firstTime: number, start: number): number {
  return startTime !== 0 && startTime < firstTime && startTime > start ? startTime : NaN
}

const COUNTER_NAME = /(?:_total|_sum|_count|_bucket)$/

function tellIfNoCounter({ metric }: Window, call: RangeCall): void {
  call.suspect = metric
  if (metric === '' || COUNTER_NAME.test(metric)) return
  call.notes.info(
    `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(metric)}`,
    call.span,
  )
}
