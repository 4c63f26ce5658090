import { FLOAT, type Row } from './row.ts'

/** By step. */
export interface FoldState {
  readonly counts: Uint32Array
  /** Sum, mean, least or greatest. */
  readonly values: Float64Array
  /** What rounding has taken from the values, see CompensatedSum. */
  readonly rests: Float64Array
  readonly squares: Float64Array
  readonly squareRests: Float64Array
  /** 1: the mean's sum would overflow, so the value is the mean itself. */
  readonly inPlace: Uint8Array
}

type Fold = (state: FoldState, row: Row, from: number, to: number) => void

/** As CompensatedSum adds. */
export const sum: Fold = ({ counts, values, rests }, { kinds, values: added }, from, to) => {
  for (let i = from; i < to; i++) {
    if (kinds[i] !== FLOAT) continue
    counts[i] = (counts[i] ?? 0) + 1
    addTo(values, rests, i, added[i] ?? NaN)
  }
}

/** As CompensatedMean adds. */
export const mean: Fold = ({ counts, values, rests, inPlace }, { kinds, values: added }, from, to) => {
  for (let i = from; i < to; i++) {
    if (kinds[i] !== FLOAT) continue
    const value = added[i] ?? NaN
    const before = counts[i] ?? 0
    const count = before + 1
    counts[i] = count
    if (before === 0) {
      values[i] = value
      continue
    }
    if (inPlace[i] === 0) {
      const [total, rest] = [values[i] ?? NaN, rests[i] ?? NaN]
      addTo(values, rests, i, value)
      if (values[i] !== Infinity && values[i] !== -Infinity) continue
      inPlace[i] = 1
      values[i] = total / before
      rests[i] = rest / before
    }
    const kept = before / count
    values[i] = (values[i] ?? NaN) * kept
    rests[i] = (rests[i] ?? NaN) * kept
    addTo(values, rests, i, value / count)
  }
}

/** NaN only where there is nothing else. */
export const leastOf: Fold = ({ counts, values }, { kinds, values: added }, from, to) => {
  for (let i = from; i < to; i++) {
    if (kinds[i] !== FLOAT) continue
    const [value, least] = [added[i] ?? NaN, values[i] ?? NaN]
    if (counts[i] === 0 || value < least || Number.isNaN(least)) values[i] = value
    counts[i] = (counts[i] ?? 0) + 1
  }
}

/** NaN only where there is nothing else. */
export const greatest: Fold = ({ counts, values }, { kinds, values: added }, from, to) => {
  for (let i = from; i < to; i++) {
    if (kinds[i] !== FLOAT) continue
    const [value, most] = [added[i] ?? NaN, values[i] ?? NaN]
    if (counts[i] === 0 || value > most || Number.isNaN(most)) values[i] = value
    counts[i] = (counts[i] ?? 0) + 1
  }
}

/** Welford's way, compensated: values are means. */
export const deviate: Fold = ({ counts, values, rests, squares, squareRests }, { kinds, values: added }, from, to) => {
  for (let i = from; i < to; i++) {
    if (kinds[i] !== FLOAT) continue
    const value = added[i] ?? NaN
    const count = (counts[i] ?? 0) + 1
    counts[i] = count
    const delta = value - ((values[i] ?? NaN) + (rests[i] ?? NaN))
    addTo(values, rests, i, delta / count)
    addTo(squares, squareRests, i, delta * (value - ((values[i] ?? NaN) + (rests[i] ?? NaN))))
  }
}

function addTo(sums: Float64Array, rests: Float64Array, i: number, value: number): void {
  const before = sums[i] ?? NaN
  const total = before + value
  if (total === Infinity || total === -Infinity) rests[i] = 0
  else if (Math.abs(before) >= Math.abs(value)) rests[i] = (rests[i] ?? NaN) + (before - total + value)
  else rests[i] = (rests[i] ?? NaN) + (value - total + before)
  sums[i] = total
}
