import type { RowChange } from '../evaluator.ts'
import { FLOAT } from '../row.ts'

/** Each float by itself; histograms are left out. */
export function ofFloats(change: (value: number, step: number) => number): RowChange {
  return ({ kinds, values }, result, from, to) => {
    for (let i = from; i < to; i++) if (kinds[i] === FLOAT) result.setFloat(i, change(values[i] ?? NaN, i))
  }
}

/** Between two bounds; nothing where they are the wrong way round. */
export function clamped(least: Float64Array, most: Float64Array): RowChange {
  return ({ kinds, values }, result, from, to) => {
    for (let i = from; i < to; i++) {
      const [low, high] = [least[i] ?? NaN, most[i] ?? NaN]
      if (kinds[i] !== FLOAT || high < low) continue
      result.setFloat(i, Math.max(low, Math.min(high, values[i] ?? NaN)))
    }
  }
}

/** Halves are rounded up. */
export function roundTo(value: number, nearest: number): number {
  const inverse = 1 / nearest
  return Math.floor(value * inverse + 0.5) / inverse
}

export const MATH: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  exp: Math.exp,
  floor: Math.floor,
  ln: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  sgn: Math.sign,
  sqrt: Math.sqrt,
  deg: (value) => (value * 180) / Math.PI,
  rad: (value) => (value * Math.PI) / 180,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  cos: Math.cos,
  cosh: Math.cosh,
  sin: Math.sin,
  sinh: Math.sinh,
  tan: Math.tan,
  tanh: Math.tanh,
}

const DAY_MS = 86_400_000

/** Of seconds since the epoch, in UTC. */
export const DATES: Readonly<Record<string, (seconds: number) => number>> = {
  day_of_month: (seconds) => date(seconds).getUTCDate(),
  day_of_week: (seconds) => date(seconds).getUTCDay(),
  day_of_year: (seconds) => {
    const at = date(seconds)
    return Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / DAY_MS) + 1
  },
  days_in_month: (seconds) => {
    const at = date(seconds)
    return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate()
  },
  hour: (seconds) => date(seconds).getUTCHours(),
  minute: (seconds) => date(seconds).getUTCMinutes(),
  month: (seconds) => date(seconds).getUTCMonth() + 1,
  year: (seconds) => date(seconds).getUTCFullYear(),
}

function date(seconds: number): Date {
  return new Date(Math.trunc(seconds) * 1000)
}
