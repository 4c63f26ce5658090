import type { CallExpr } from '../ast.ts'
import { typeOf } from '../check.ts'
import { argument, rangeArgument } from './arguments.ts'
import type { Evaluator } from './evaluator.ts'
import { failExecution } from './fault.ts'
import { BOUNDED, type BoundedFunction } from './functions/bounded.ts'
import { type Column, COLUMN_FUNCTIONS } from './functions/float-columns.ts'
import { OVER_TIME } from './functions/over-time.ts'
import type { RangeFunction } from './functions/range-function.ts'
import { RATES } from './functions/rate.ts'
import { REGRESSIONS } from './functions/regression.ts'
import type { Grid } from './grid.ts'
import { rangeOf } from './ranges.ts'
import type { RowSink } from './row-sink.ts'
import type { Row, SampleValue } from './row.ts'
import type { TrackSpans } from './track.ts'
import { Window } from './window.ts'

export const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map(
  Object.entries({ ...OVER_TIME, ...RATES, ...REGRESSIONS }),
)
const BOUNDED_FUNCTIONS = new Map(Object.entries(BOUNDED))
/** They count samples, so none can be made up for them. */
const COUNTING = new Set(['changes', 'resets'])
const NAME_KEEPING = new Set(['last_over_time', 'first_over_time'])
/** What they cost does not grow with their window, as long as its samples are floats. */
const CONSTANT = new Set(
  (
    'rate increase delta irate idelta count_over_time present_over_time ' +
    'last_over_time first_over_time ts_of_last_over_time ts_of_first_over_time'
  ).split(' '),
)
/** Steps that a column function fills at a time. */
const BLOCK = 1024
/** Units that a step costs, and a histogram in its window. */
const PER_COLUMN_STEP = 2
const PER_STEP = 5
const PER_HISTOGRAM = 100

/** A function of each series' range at each step. */
export async function eachOfRanges(
  call: CallExpr,
  plain: RangeFunction,
  grid: Grid,
  evaluator: Evaluator,
  sink: RowSink,
): Promise<void> {
  const { notes, work, limits } = evaluator.context
  const source = rangeArgument(
    call,
    call.args.findIndex((arg) => typeOf(arg) === 'matrix'),
  )
  const scalars: Float64Array[] = []
  for (const arg of call.args) if (typeOf(arg) === 'scalar') scalars.push(await evaluator.scalar(arg, grid))
  const [quantile] = scalars
  if (call.name === 'quantile_over_time' && quantile !== undefined) {
    evaluator.checkQuantiles(quantile, argument(call, 0))
  }
  const bounds = source.kind === 'matrix-selector' ? source.selector.bounds : 'plain'
  const bounded = bounds === 'plain' ? undefined : boundedFunction(call.name, bounds)
  const { rangeMs, reference } = rangeOf(source, grid, evaluator.context)
  const numbers = scalars.map(() => NaN)
  const told = { name: call.name, rangeMs, numbers, span: source.span, notes }
  const answer: (window: Window) => SampleValue | undefined =
    bounded === undefined
      ? (window) => (window.isEmpty ? undefined : plain(window, told))
      : (window) => bounded(window, told, bounds === 'smoothed', limits.lookbackMs)
  const column = bounded === undefined ? COLUMN_FUNCTIONS.get(call.name) : undefined
  const isConstant = bounded === undefined && CONSTANT.has(call.name)
  const fillColumn = async (window: Window, { floats }: TrackSpans, row: Row, { fill }: Column): Promise<void> => {
    for (let i = 0; i < grid.count; i += BLOCK) {
      const end = Math.min(grid.count, i + BLOCK)
      fill(window, floats, reference, row, told, i, end)
      if (work.spend((end - i) * PER_COLUMN_STEP)) await work.rest()
    }
    await sink.take(row)
  }
  const fillSteps = async (window: Window, { floats }: TrackSpans, row: Row): Promise<void> => {
    for (let i = 0; i < grid.count; i++) {
      window.slide(i, reference, grid)
      for (let n = 0; n < scalars.length; n++) numbers[n] = scalars[n]?.[i] ?? NaN
      if (window.histogramCount === 0 && column?.fits(window) === true) {
        column.fill(window, floats, reference, row, told, i, i + 1)
      } else {
        const value = answer(window)
        if (value !== undefined) row.set(i, value)
      }
      const units = PER_STEP + (isConstant ? 0 : window.floats) + window.histogramCount * PER_HISTOGRAM
      if (work.spend(units)) await work.rest()
    }
    await sink.take(row)
  }
  await evaluator.tracks(source, grid, (track, spans) => {
    const window = new Window(track, spans, rangeMs)
    const row = sink.row(track.labels, track.dropName || !NAME_KEEPING.has(call.name))
    return window.histograms.times.length === 0 && column?.fits(window) === true
      ? fillColumn(window, spans, row, column)
      : fillSteps(window, spans, row)
  })
}

function boundedFunction(name: string, bounds: 'anchored' | 'smoothed'): BoundedFunction {
  const names = [...BOUNDED_FUNCTIONS.keys()].filter((each) => bounds === 'anchored' || !COUNTING.has(each)).sort()
  const found = names.includes(name) ? BOUNDED_FUNCTIONS.get(name) : undefined
  return found ?? failExecution(`${bounds} modifier can only be used with: ${names.join(', ')} - not with ${name}`)
}
