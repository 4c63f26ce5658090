import { CompensatedSum } from './kahan.ts'

/** NaN comes first, as the least of all. */
export function ascending(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1
  if (Number.isNaN(b)) return 1
  return a - b || (a < b ? -1 : a > b ? 1 : 0)
}

/** Interpolated between the neighbours; sorts the values in place. */
export function quantileOf(q: number, values: number[] | Float64Array): number {
  if (values.length === 0 || Number.isNaN(q)) return NaN
  if (q < 0) return -Infinity
  if (q > 1) return Infinity
  values.sort(ascending)
  const rank = q * (values.length - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(values.length - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return (values[lower] ?? NaN) * (1 - weight) + (values[upper] ?? NaN) * weight
}

/** Welford's way, compensated. */
export function variance(values: ArrayLike<number>): number {
  let count = 0
  const mean = new CompensatedSum()
  const squares = new CompensatedSum()
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN
    count++
    const delta = value - mean.value
    mean.add(delta / count)
    squares.add(delta * (value - mean.value))
  }
  return squares.value / count
}
