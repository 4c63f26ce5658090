import type { CallExpr } from '../ast.ts'
import { typeOf } from '../check.ts'
import { argument, rangeArgument } from './arguments.ts'
import type { Evaluator } from './evaluator.ts'
import { failExecution } from './fault.ts'
import { BOUNDED, type BoundedFunction } from './functions/bounded.ts'
import { OVER_TIME } from './functions/over-time.ts'
import type { RangeFunction } from './functions/range-function.ts'
import { RATES } from './functions/rate.ts'
import { REGRESSIONS } from './functions/regression.ts'
import { type Grid, timeAt } from './grid.ts'
import { Row } from './row.ts'
import { Window } from './window.ts'

export const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map(
  Object.entries({ ...OVER_TIME, ...RATES, ...REGRESSIONS }),
)
const BOUNDED_FUNCTIONS = new Map(Object.entries(BOUNDED))
/** They count samples, so none can be made up for them. */
const COUNTING = new Set(['changes', 'resets'])
const NAME_KEEPING = new Set(['last_over_time', 'first_over_time'])

/** A function of each series' range at each step. */
export async function overRanges(
  call: CallExpr,
  plain: RangeFunction,
  grid: Grid,
  evaluator: Evaluator,
): Promise<readonly Row[]> {
  const { notes, work } = evaluator.context
  const at = call.args.findIndex((arg) => typeOf(arg) === 'matrix')
  const source = rangeArgument(call, at)
  const numbers: Float64Array[] = []
  for (const arg of call.args) if (typeOf(arg) === 'scalar') numbers.push(await evaluator.scalar(arg, grid))
  const [quantile] = numbers
  if (call.name === 'quantile_over_time' && quantile !== undefined) {
    evaluator.checkQuantiles(quantile, argument(call, 0))
  }
  const bounds = source.kind === 'matrix-selector' ? source.selector.bounds : 'plain'
  const bounded = bounds === 'plain' ? undefined : boundedFunction(call.name, bounds)
  const { tracks, rangeMs, reference } = await evaluator.ranges(source, grid)
  const { lookbackMs } = evaluator.context.limits
  const results: Row[] = []
  for (const track of tracks) {
    const window = new Window(track)
    const row = new Row(track.labels, track.dropName || !NAME_KEEPING.has(call.name), grid.count)
    for (let i = 0; i < grid.count; i++) {
      const end = timeAt(reference, i)
      window.slide(end - rangeMs, end, timeAt(grid, i))
      if (window.isEmpty && bounded === undefined) continue
      const own = {
        name: call.name,
        rangeMs,
        numbers: numbers.length === 0 ? NO_NUMBERS : numbers.map((values) => values[i] ?? NaN),
        span: source.span,
        notes,
      }
      const value = bounded === undefined ? plain(window, own) : bounded(window, own, bounds === 'smoothed', lookbackMs)
      if (value !== undefined) row.set(i, value)
      if (work.spend(4 + (window.floats >> 3) + window.histogramCount * 20)) await work.rest()
    }
    results.push(row)
    if (work.hold(grid.count)) await work.rest()
  }
  return results
}

function boundedFunction(name: string, bounds: 'anchored' | 'smoothed'): BoundedFunction {
  const names = [...BOUNDED_FUNCTIONS.keys()].filter((each) => bounds === 'anchored' || !COUNTING.has(each)).sort()
  const found = names.includes(name) ? BOUNDED_FUNCTIONS.get(name) : undefined
  return found ?? failExecution(`${bounds} modifier can only be used with: ${names.join(', ')} - not with ${name}`)
}

const NO_NUMBERS: readonly number[] = Object.freeze([])
