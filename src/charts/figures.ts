import type { Unit } from '../packs/index.ts'

/** More cannot be told apart; the legend says how many are left out. */
export const MOST_LINES = 24

/** Each on top of the ones before it; a hole counts as nothing. */
export function stacked(all: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const sums: number[] = []
  return all.map((values) =>
    values.map((value, i) => {
      sums[i] = (sums[i] ?? 0) + (value ?? 0)
      return value === null ? null : sums[i]
    }),
  )
}

export interface LineFigures {
  readonly last: number | null
  readonly mean: number | null
  readonly max: number | null
  /** Of a rate: how many in all. */
  readonly total: number | null
}

/** What a line comes to in the range. @param times seconds since the epoch */
export function figuresOf(times: readonly number[], values: readonly (number | null)[]): LineFigures {
  let [sum, count, max, total] = [0, 0, -Infinity, 0]
  let last: number | null = null
  values.forEach((value, i) => {
    if (value === null) return
    sum += value
    count++
    last = value
    if (value > max) max = value
    const [now, before] = [times[i] ?? 0, times[i - 1]]
    if (before !== undefined) total += value * (now - before)
  })
  return count === 0 ? { last: null, mean: null, max: null, total: null } : { last, mean: sum / count, max, total }
}

/** What is counted a second, and what it is without that: the axis says it once. */
const COUNTED: Partial<Readonly<Record<Unit, Unit>>> = {
  'per-second': 'short',
  'requests-per-second': 'short',
  'bytes-per-second': 'bytes',
}

/** Of a rate: the unit of what it counts. */
export function countedUnit(unit: Unit): Unit | undefined {
  return COUNTED[unit]
}
