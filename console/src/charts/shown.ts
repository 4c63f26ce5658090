import { MOST_LINES } from 'boxman/charts'
import type { Line } from '../data/series.ts'

export { figuresOf, MOST_LINES, stacked } from 'boxman/charts'

/** A line as it is drawn. */
export interface ShownLine extends Line {
  /** Its place among all lines, by which it is coloured. */
  readonly index: number
  readonly isHidden: boolean
  readonly isFaded: boolean
}

/** Those that are drawn, in an order that holds while values come and go. @param chosen keys; none: all */
export function shownLines(lines: readonly Line[], chosen: ReadonlySet<string>): readonly ShownLine[] {
  return [...lines]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, MOST_LINES)
    .map((line, index) => ({ ...line, index, isHidden: chosen.size > 0 && !chosen.has(line.key), isFaded: false }))
}
