import { failExecution } from '../fault.ts'
import { CompensatedSum } from '../kahan.ts'
import type { Window } from '../window.ts'
import { ignored } from './over-time.ts'
import type { RangeFunction } from './range-function.ts'

interface Line {
  readonly slope: number
  readonly intercept: number
}

/** The line of least squares through the window; its intercept is at `zero`, ms. */
function fit({ values, times, from, to }: Window, zero: number): Line {
  const first = values[from] ?? NaN
  const sums = { x: new CompensatedSum(), y: new CompensatedSum(), xy: new CompensatedSum(), xx: new CompensatedSum() }
  let constant = true
  for (let i = from; i < to; i++) {
    const y = values[i] ?? NaN
    const x = ((times[i] ?? NaN) - zero) / 1000
    if (y !== first) constant = false
    sums.x.add(x)
    sums.y.add(y)
    sums.xy.add(x * y)
    sums.xx.add(x * x)
  }
  if (constant) return Number.isFinite(first) ? { slope: 0, intercept: first } : { slope: NaN, intercept: NaN }
  const n = to - from
  const [x, y] = [sums.x.value, sums.y.value]
  const slope = (sums.xy.value - (x * y) / n) / (sums.xx.value - (x * x) / n)
  return { slope, intercept: y / n - (slope * x) / n }
}

const deriv: RangeFunction = (window, call) => {
  if (window.isMixed) ignored(call.notes, window, call)
  return window.floats < 2 ? undefined : fit(window, window.time(window.from)).slope
}

const predictLinear: RangeFunction = (window, call) => {
  if (window.isMixed) ignored(call.notes, window, call)
  if (window.floats < 2) return undefined
  const { slope, intercept } = fit(window, window.at)
  return slope * (call.numbers[0] ?? NaN) + intercept
}

function checkFactor(what: string, letter: string, factor: number): void {
  if (factor > 0 && factor < 1) return
  failExecution(`invalid ${what} factor. Expected: 0 < ${letter}f < 1, got: ${factor.toFixed(6)}`)
}

/** Holt's linear method: a level and a trend, each smoothed. */
const doubleExponentialSmoothing: RangeFunction = (window, call) => {
  if (window.isMixed) ignored(call.notes, window, call)
  const [level = NaN, trend = NaN] = call.numbers
  checkFactor('smoothing', 's', level)
  checkFactor('trend', 't', trend)
  if (window.floats < 2) return undefined
  const { values, from, to } = window
  let before = 0
  let smooth = values[from] ?? NaN
  let slope = (values[from + 1] ?? NaN) - smooth
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) slope = trend * (smooth - before) + (1 - trend) * slope
    const next = level * (values[i] ?? NaN) + (1 - level) * (smooth + slope)
    before = smooth
    smooth = next
  }
  return smooth
}

export const REGRESSIONS: Readonly<Record<string, RangeFunction>> = {
  deriv,
  predict_linear: predictLinear,
  double_exponential_smoothing: doubleExponentialSmoothing,
}
