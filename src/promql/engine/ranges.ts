import { type HistogramValue, LabelSet } from '../../series/index.ts'
import type { MatrixSelector, SubqueryExpr } from '../ast.ts'
import { NO_HISTOGRAMS, sampleCount, withFreshHints, withoutStale } from './columns.ts'
import type { QueryContext } from './context.ts'
import { positiveMs } from './duration.ts'
import type { Evaluator } from './evaluator.ts'
import { failExecution } from './fault.ts'
import { endOf, type Grid, timeAt } from './grid.ts'
import { PassingRows } from './row-sink.ts'
import { ABSENT, FLOAT, Row } from './row.ts'
import { SpanIndex } from './steps.ts'
import type { Track, TrackUse } from './track.ts'
import { referenceGrid } from './vector-selector.ts'

/** Where a range lies at each step: (end - rangeMs, end]. */
export interface Range {
  readonly rangeMs: number
  /** Where ranges end, step by step. */
  readonly reference: Grid
}

export interface Ranges extends Range {
  readonly tracks: readonly Track[]
}

/** Units that a series costs beside its samples. */
const PER_SERIES = 50

export function rangeOf(expr: MatrixSelector | SubqueryExpr, grid: Grid, context: QueryContext): Range {
  const selector = expr.kind === 'subquery' ? expr : expr.selector
  return { rangeMs: positiveMs(expr.range, context.range), reference: referenceGrid(selector, grid, context) }
}

export async function allRanges(
  expr: MatrixSelector | SubqueryExpr,
  grid: Grid,
  evaluator: Evaluator,
): Promise<Ranges> {
  const range = rangeOf(expr, grid, evaluator.context)
  const { work } = evaluator.context
  const tracks: Track[] = []
  if (expr.kind === 'matrix-selector') {
    await eachSelectedTrack(expr, range, evaluator.context, false, (track) => {
      tracks.push(track)
      work.hold(sampleCount(track))
      return undefined
    })
  } else {
    const inner = innerGrid(expr, range, grid, evaluator.context)
    const times = timesOf(inner)
    for (const row of inner.count === 0 ? [] : await evaluator.vector(expr.expr, inner)) {
      tracks.push(trackOf(row, times))
      if (work.spend(inner.count)) await work.rest()
    }
  }
  return { tracks, ...range }
}

export async function eachTrack(
  expr: MatrixSelector | SubqueryExpr,
  grid: Grid,
  evaluator: Evaluator,
  use: TrackUse,
): Promise<void> {
  if (grid.count === 0) return
  const { context } = evaluator
  const { work } = context
  const range = rangeOf(expr, grid, context)
  const [floats, histograms] = [
    new SpanIndex(range.reference, range.rangeMs),
    new SpanIndex(range.reference, range.rangeMs),
  ]
  const used: (track: Track) => Promise<void> | undefined = (track) =>
    use(track, {
      floats: floats.of(track.times),
      histograms: histograms.of((track.histograms ?? NO_HISTOGRAMS).times),
    })
  if (expr.kind === 'matrix-selector') {
    await eachSelectedTrack(expr, range, context, true, async (track) => {
      const samples = sampleCount(track)
      work.hold(samples)
      await used(track)
      work.release(samples)
    })
    return
  }
  const inner = innerGrid(expr, range, grid, context)
  if (inner.count === 0) return
  work.hold(inner.count)
  const times = timesOf(inner)
  const page = new Row(LabelSet.EMPTY, false, inner.count)
  await evaluator.each(expr.expr, inner, new PassingRows(page, (row) => used(trackOf(row, times))))
  work.release(inner.count)
}

async function eachSelectedTrack(
  { selector }: MatrixSelector,
  { rangeMs, reference }: Range,
  { work, queryable, limits, freshHints }: QueryContext,
  passing: boolean,
  use: (track: Track) => Promise<void> | undefined,
): Promise<void> {
  if (reference.count === 0) return
  // Bounded ranges look beyond their ends.
  const marginMs = selector.bounds === 'plain' ? 0 : limits.lookbackMs
  const from = reference.start - rangeMs + 1 - marginMs
  for (const { labels, columns } of await queryable.select(selector.matchers, from, endOf(reference) + marginMs)) {
    const decoded = withoutStale(freshHints ? withFreshHints(columns(passing)) : columns(passing))
    const samples = sampleCount(decoded)
    if (work.spend(PER_SERIES + samples)) await work.rest()
    if (samples === 0) continue
    const used = use({ labels, dropName: false, ...decoded })
    if (used !== undefined) await used
  }
}

/** The moments at which a subquery's expression is evaluated: multiples of its step. */
function innerGrid(subquery: SubqueryExpr, { rangeMs, reference }: Range, grid: Grid, context: QueryContext): Grid {
  const { subqueryStepMs, subqueryPoints } = context.limits
  const step = subquery.step === undefined ? subqueryStepMs : positiveMs(subquery.step, context.range)
  const before = reference.start - rangeMs
  let start = step * Math.trunc(before / step)
  if (start <= before) start += step
  const end = endOf(reference)
  const count = end < start || grid.count === 0 ? 0 : Math.floor((end - start) / step) + 1
  if (count <= subqueryPoints) return { start, step, count }
  return failExecution(
    `subquery would take ${count} points of each series, of which ${subqueryPoints} are allowed; try a larger step`,
  )
}

function timesOf(grid: Grid): Float64Array {
  const times = new Float64Array(grid.count)
  for (let i = 0; i < times.length; i++) times[i] = timeAt(grid, i)
  return times
}

/** At the steps of a subquery, hints say nothing: samples are left out, or come again. */
function withoutHint(histogram: HistogramValue): HistogramValue {
  const { counterReset } = histogram
  return counterReset === 'gauge' || counterReset === 'unknown' ? histogram : { ...histogram, counterReset: 'unknown' }
}

/** The row's samples, at `times` of its steps. A row without holes is not copied. */
function trackOf(row: Row, times: Float64Array): Track {
  const { labels, dropName, kinds } = row
  let floats = 0
  let histograms = 0
  for (const kind of kinds) {
    if (kind === FLOAT) floats++
    else if (kind !== ABSENT) histograms++
  }
  if (floats === row.steps) {
    return { labels, dropName, times, values: row.values, startTimes: undefined, histograms: undefined }
  }
  const own = { times: new Float64Array(floats), values: new Float64Array(floats) }
  const histogramTimes = new Float64Array(histograms)
  const histogramValues: HistogramValue[] = []
  let next = 0
  for (let i = 0; i < row.steps; i++) {
    if (kinds[i] === ABSENT) continue
    if (kinds[i] === FLOAT) {
      own.times[next] = times[i] ?? NaN
      own.values[next++] = row.floatAt(i)
      continue
    }
    const histogram = row.histogramAt(i)
    if (histogram === undefined) continue
    histogramTimes[histogramValues.length] = times[i] ?? NaN
    histogramValues.push(withoutHint(histogram))
  }
  return {
    labels,
    dropName,
    ...own,
    startTimes: undefined,
    histograms:
      histograms === 0 ? undefined : { times: histogramTimes, values: histogramValues, startTimes: undefined },
  }
}
