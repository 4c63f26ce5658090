/** The moments at which an expression is evaluated: ms since the epoch. */
export interface Grid {
  readonly start: number
  /** Never 0: the grid of a single moment has any step. */
  readonly step: number
  /** How many moments; none is possible in a subquery. */
  readonly count: number
}

export function timeAt(grid: Grid, i: number): number {
  return grid.start + i * grid.step
}

export function endOf(grid: Grid): number {
  return timeAt(grid, Math.max(0, grid.count - 1))
}

export function gridBetween(start: number, end: number, step: number): Grid {
  return { start, step, count: end < start ? 0 : Math.floor((end - start) / step) + 1 }
}
