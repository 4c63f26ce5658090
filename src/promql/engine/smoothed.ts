import type { VectorSelector } from '../ast.ts'
import { withoutStale } from './columns.ts'
import type { QueryContext } from './context.ts'
import { endOf, type Grid, timeAt } from './grid.ts'
import { interpolated } from './functions/bounded.ts'
import { Row } from './row.ts'
import { referenceGrid } from './vector-selector.ts'
import { Window } from './window.ts'

/** An instant selector that interpolates between the samples around each moment. */
export async function smoothVector(
  selector: VectorSelector,
  grid: Grid,
  context: QueryContext,
): Promise<readonly Row[]> {
  if (grid.count === 0) return []
  const { limits, queryable, work } = context
  const { lookbackMs } = limits
  const reference = referenceGrid(selector, grid, context)
  const series = await queryable.select(
    selector.matchers,
    reference.start - lookbackMs + 1,
    endOf(reference) + lookbackMs,
  )
  const rows: Row[] = []
  for (const { labels, columns } of series) {
    const decoded = withoutStale(columns())
    const window = new Window({ labels, dropName: false, ...decoded })
    const row = new Row(labels, false, grid.count)
    for (let i = 0; i < grid.count; i++) {
      const moment = timeAt(reference, i)
      window.slide(moment - lookbackMs, moment, moment)
      const value = interpolated(window, moment, lookbackMs, false)
      if (value !== undefined) row.set(i, value)
    }
    rows.push(row)
    if (work.hold(grid.count + decoded.times.length)) await work.rest()
  }
  return rows
}
