import { type HistogramColumns, isStale, type SeriesColumns } from '../../series/index.ts'
import type { VectorSelector } from '../ast.ts'
import { NO_HISTOGRAMS, sampleCount, withFreshHints } from './columns.ts'
import type { QueryContext } from './context.ts'
import { momentOf, offsetMs } from './duration.ts'
import { endOf, type Grid } from './grid.ts'
import { KeptRows, type RowSink } from './row-sink.ts'
import type { Row } from './row.ts'
import { StepIndex } from './steps.ts'

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
  reading: Reading,
): Promise<readonly Row[]> {
  const kept = new KeptRows(grid.count, context.work)
  await eachSelected(selector, grid, context, reading, kept)
  return kept.rows
}

export async function eachSelected(
  selector: VectorSelector,
  grid: Grid,
  context: QueryContext,
  reading: Reading,
  sink: RowSink,
): Promise<void> {
  if (grid.count === 0) return
  const { work, limits, queryable } = context
  const reference = referenceGrid(selector, grid, context)
  const from = reference.start - limits.lookbackMs + 1
  const series = await queryable.select(selector.matchers, from, endOf(reference))
  const floats = new StepIndex(reference, limits.lookbackMs)
  const others = new StepIndex(reference, limits.lookbackMs)
  for (const { labels, columns } of series) {
    const decoded = context.freshHints ? withFreshHints(columns(true)) : columns(true)
    const row = sink.row(labels, reading !== 'value')
    const last = floats.lastOf(decoded.times)
    const found =
      decoded.histograms === undefined && reading === 'value'
        ? fillFloats(row, decoded.values, last)
        : fill(row, decoded, last, others.lastOf((decoded.histograms ?? NO_HISTOGRAMS).times), reading)
    const taken = found ? sink.take(row) : undefined
    if (taken !== undefined) await taken
    if (work.spend(PER_SERIES + sampleCount(decoded) + grid.count)) await work.rest()
  }
}

/** Units that a series costs beside its samples. */
const PER_SERIES = 50

/** True when there is any sample. */
function fillFloats(row: Row, values: Float64Array, last: Int32Array): boolean {
  let found = false
  for (let step = 0; step < last.length; step++) {
    const i = last[step] ?? -1
    if (i < 0 || isStale(values, i)) continue
    row.setFloat(step, values[i] ?? NaN)
    found = true
  }
  return found
}

function fill(
  row: Row,
  columns: SeriesColumns,
  last: Int32Array,
  lastHistogram: Int32Array,
  reading: Reading,
): boolean {
  const histograms: HistogramColumns = columns.histograms ?? NO_HISTOGRAMS
  let found = false
  for (let step = 0; step < last.length; step++) {
    const i = last[step] ?? -1
    const h = lastHistogram[step] ?? -1
    const time = columns.times[i] ?? -Infinity
    const histogramTime = histograms.times[h] ?? -Infinity
    if (histogramTime > time) {
      const value = histograms.values[h]
      if (value === undefined) continue
      if (reading === 'value') row.setHistogram(step, value)
      else if (reading === 'time') row.setFloat(step, histogramTime / 1000)
      else row.setFloat(step, (histograms.startTimes?.[h] ?? 0) / 1000)
    } else {
      if (i < 0 || isStale(columns.values, i)) continue
      if (reading === 'value') row.setFloat(step, columns.values[i] ?? NaN)
      else if (reading === 'time') row.setFloat(step, time / 1000)
      else row.setFloat(step, (columns.startTimes?.[i] ?? 0) / 1000)
    }
    found = true
  }
  return found
}
