import type { HistogramValue } from '../../series/index.ts'
import type { Expr, MatrixSelector, SubqueryExpr } from '../ast.ts'
import { sampleCount, type Track, withFreshHints, withoutStale } from './columns.ts'
import type { QueryContext } from './context.ts'
import { positiveMs } from './duration.ts'
import { endOf, type Grid, timeAt } from './grid.ts'
import { ABSENT, FLOAT, type Row } from './row.ts'
import { referenceGrid } from './vector-selector.ts'

/** The series of a range vector, and where its range lies at each step: (end - rangeMs, end]. */
export interface Ranges {
  readonly tracks: readonly Track[]
  readonly rangeMs: number
  /** Where ranges end, step by step. */
  readonly reference: Grid
}

export type RowsOf = (expr: Expr, grid: Grid) => Promise<readonly Row[]>

/** `marginMs`: how far beyond the range samples are wanted too, on both sides. */
export async function selectRanges(
  { selector, range }: MatrixSelector,
  grid: Grid,
  context: QueryContext,
  marginMs: number,
): Promise<Ranges> {
  const { work, queryable } = context
  const rangeMs = positiveMs(range, context.range)
  const reference = referenceGrid(selector, grid, context)
  if (grid.count === 0) return { tracks: [], rangeMs, reference }
  const series = await queryable.select(
    selector.matchers,
    reference.start - rangeMs + 1 - marginMs,
    endOf(reference) + marginMs,
  )
  const tracks: Track[] = []
  for (const { labels, columns } of series) {
    const decoded = withoutStale(context.freshHints ? withFreshHints(columns()) : columns())
    const samples = sampleCount(decoded)
    if (samples === 0) continue
    tracks.push({ labels, dropName: false, ...decoded })
    if (work.hold(samples)) await work.rest()
  }
  return { tracks, rangeMs, reference }
}

export async function subqueryRanges(
  subquery: SubqueryExpr,
  grid: Grid,
  context: QueryContext,
  rowsOf: RowsOf,
): Promise<Ranges> {
  const rangeMs = positiveMs(subquery.range, context.range)
  const step = subquery.step === undefined ? context.limits.subqueryStepMs : positiveMs(subquery.step, context.range)
  const reference = referenceGrid(subquery, grid, context)
  const before = reference.start - rangeMs
  let start = step * Math.trunc(before / step)
  if (start <= before) start += step
  const end = endOf(reference)
  const inner: Grid = { start, step, count: end < start || grid.count === 0 ? 0 : Math.floor((end - start) / step) + 1 }
  const tracks: Track[] = []
  for (const row of inner.count === 0 ? [] : await rowsOf(subquery.expr, inner)) {
    tracks.push(trackOf(row, inner))
    if (context.work.hold(row.steps)) await context.work.rest()
  }
  return { tracks, rangeMs, reference }
}

/** At the steps of a subquery, hints say nothing: samples are left out, or come again. */
function withoutHint(histogram: HistogramValue): HistogramValue {
  const { counterReset } = histogram
  return counterReset === 'gauge' || counterReset === 'unknown' ? histogram : { ...histogram, counterReset: 'unknown' }
}

function trackOf(row: Row, grid: Grid): Track {
  const times: number[] = []
  const values: number[] = []
  const histogramTimes: number[] = []
  const histograms: HistogramValue[] = []
  for (let i = 0; i < row.steps; i++) {
    const kind = row.kinds[i]
    if (kind === ABSENT) continue
    if (kind === FLOAT) {
      times.push(timeAt(grid, i))
      values.push(row.floatAt(i))
      continue
    }
    const histogram = row.histogramAt(i)
    if (histogram === undefined) continue
    histogramTimes.push(timeAt(grid, i))
    histograms.push(withoutHint(histogram))
  }
  return {
    labels: row.labels,
    dropName: row.dropName,
    times: Float64Array.from(times),
    values: Float64Array.from(values),
    startTimes: undefined,
    histograms:
      histograms.length === 0
        ? undefined
        : { times: Float64Array.from(histogramTimes), values: histograms, startTimes: undefined },
  }
}
