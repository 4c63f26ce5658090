import type { VectorSelector } from '../ast.ts'
import { sampleCount, withoutStale } from './columns.ts'
import type { QueryContext } from './context.ts'
import { endOf, type Grid } from './grid.ts'
import { interpolated } from './functions/bounded.ts'
import { Row } from './row.ts'
import { SpanIndex } from './steps.ts'
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
  const [floats, histograms] = [new SpanIndex(reference, lookbackMs), new SpanIndex(reference, lookbackMs)]
  for (const { labels, columns } of series) {
    const track = { labels, dropName: false, ...withoutStale(columns(true)) }
    const spans = { floats: floats.of(track.times), histograms: histograms.of(track.histograms?.times ?? NO_TIMES) }
    const window = new Window(track, spans, lookbackMs)
    const row = new Row(labels, false, grid.count)
    for (let i = 0; i < grid.count; i++) {
      window.slide(i, reference, grid)
      const value = interpolated(window, window.end, lookbackMs, false)
      if (value !== undefined) row.set(i, value)
      if (work.spend(10 + window.floats + window.histogramCount)) await work.rest()
    }
    rows.push(row)
    if (work.hold(grid.count) || work.spend(sampleCount(track))) await work.rest()
  }
  return rows
}

const NO_TIMES = new Float64Array(0)
