import { type HistogramColumns, isStale, type SeriesColumns } from '../../series/index.ts'
import type { VectorSelector } from '../ast.ts'
import { NO_HISTOGRAMS, sampleCount, withFreshHints } from './columns.ts'
import type { QueryContext } from './context.ts'
import { momentOf, offsetMs } from './duration.ts'
import { endOf, type Grid, timeAt } from './grid.ts'
import { Row } from './row.ts'

/** What is read of the sample that a selector finds. */
export type Reading = 'value' | 'time' | 'start-time'

/** The moments that a selector looks at: those of the grid less the offset, or `@` for all of them. */
export function referenceGrid(
  { at, offset }: Pick<VectorSelector, 'at' | 'offset'>,
  grid: Grid,
  context: QueryContext,
): Grid {
  const shift = offsetMs(offset, context.range)
  return at === undefined
    ? { ...grid, start: grid.start - shift }
    : { start: momentOf(at, context.range) - shift, step: 0, count: grid.count }
}

export async function selectVector(
  selector: VectorSelector,
  grid: Grid,
  context: QueryContext,
  reading: Reading = 'value',
): Promise<readonly Row[]> {
  if (grid.count === 0) return []
  const { work, limits, queryable } = context
  const reference = referenceGrid(selector, grid, context)
  const from = reference.start - limits.lookbackMs + 1
  const series = await queryable.select(selector.matchers, from, endOf(reference))
  const rows: Row[] = []
  for (const { labels, columns } of series) {
    const decoded = context.freshHints ? withFreshHints(columns()) : columns()
    const row = new Row(labels, reading !== 'value', grid.count)
    const found = fill(row, decoded, reference, limits.lookbackMs, reading)
    if (work.spend(sampleCount(decoded))) await work.rest()
    if (!found) continue
    rows.push(row)
    if (work.hold(grid.count)) await work.rest()
  }
  return rows
}

/** True when there is any sample. */
function fill(row: Row, columns: SeriesColumns, reference: Grid, lookbackMs: number, reading: Reading): boolean {
  const { times, values } = columns
  const histograms: HistogramColumns = columns.histograms ?? NO_HISTOGRAMS
  let next = 0
  let nextHistogram = 0
  let found = false
  for (let step = 0; step < reference.count; step++) {
    const end = timeAt(reference, step)
    const start = end - lookbackMs
    while (next < times.length && (times[next] ?? 0) <= end) next++
    while (nextHistogram < histograms.times.length && (histograms.times[nextHistogram] ?? 0) <= end) nextHistogram++
    const time = next > 0 ? (times[next - 1] ?? 0) : -Infinity
    const histogramTime = nextHistogram > 0 ? (histograms.times[nextHistogram - 1] ?? 0) : -Infinity
    if (Math.max(time, histogramTime) <= start) continue
    if (histogramTime > time) {
      const value = histograms.values[nextHistogram - 1]
      if (value === undefined) continue
      if (reading === 'value') row.setHistogram(step, value)
      else if (reading === 'time') row.setFloat(step, histogramTime / 1000)
      else row.setFloat(step, (histograms.startTimes?.[nextHistogram - 1] ?? 0) / 1000)
    } else {
      if (isStale(values, next - 1)) continue
      if (reading === 'value') row.setFloat(step, values[next - 1] ?? NaN)
      else if (reading === 'time') row.setFloat(step, time / 1000)
      else row.setFloat(step, (columns.startTimes?.[next - 1] ?? 0) / 1000)
    }
    found = true
  }
  return found
}
