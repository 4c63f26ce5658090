import type { Line } from '../data/series.ts'

/** A line as it is drawn. */
export interface ShownLine extends Line {
  /** Its place among all lines, by which it is coloured. */
  readonly index: number
  readonly isHidden: boolean
  readonly isFaded: boolean
}

/** More cannot be told apart; the legend says how many are left out. */
export const MOST_LINES = 24

/** Those that are drawn, in an order that holds while values come and go. @param chosen keys; none: all */
export function shownLines(lines: readonly Line[], chosen: ReadonlySet<string>): readonly ShownLine[] {
  return [...lines]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, MOST_LINES)
    .map((line, index) => ({ ...line, index, isHidden: chosen.size > 0 && !chosen.has(line.key), isFaded: false }))
}

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
