import { LabelSet, METRIC_NAME_LABEL } from '../../series/index.ts'
import type { CallExpr, Expr, MatrixSelector, SubqueryExpr, VectorSelector } from '../ast.ts'
import { typeOf } from '../check.ts'
import type { Evaluator } from './evaluator.ts'
import { BOUNDED, type BoundedFunction } from './functions/bounded.ts'
import {
  HISTOGRAM_PARTS,
  histogramFraction,
  histogramQuantile,
  mapHistograms,
} from './functions/histogram-functions.ts'
import { addInfo } from './functions/info.ts'
import { labelJoin, labelReplace } from './functions/labels.ts'
import { DATES, MATH, mapFloats, roundTo } from './functions/math.ts'
import { OVER_TIME } from './functions/over-time.ts'
import type { RangeFunction } from './functions/range-function.ts'
import { RATES } from './functions/rate.ts'
import { REGRESSIONS } from './functions/regression.ts'
import { sortRows } from './functions/sort.ts'
import { failExecution } from './fault.ts'
import { goFloat } from './go-float.ts'
import { type Grid, timeAt } from './grid.ts'
import { Row } from './row.ts'
import { selectVector } from './vector-selector.ts'
import { Window } from './window.ts'

const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map(
  Object.entries({ ...OVER_TIME, ...RATES, ...REGRESSIONS }),
)
const BOUNDED_FUNCTIONS = new Map(Object.entries(BOUNDED))
const MATH_FUNCTIONS = new Map(Object.entries(MATH))
const DATE_FUNCTIONS = new Map(Object.entries(DATES))
const PART_FUNCTIONS = new Map(Object.entries(HISTOGRAM_PARTS))
/** They count samples, so none can be made up for them. */
const COUNTING = new Set(['changes', 'resets'])
const NAME_KEEPING = new Set(['last_over_time', 'first_over_time'])

export async function scalarCall(call: CallExpr, grid: Grid, evaluator: Evaluator): Promise<Float64Array> {
  const { start, end, step } = evaluator.context.range
  const all = (value: number): Float64Array => new Float64Array(grid.count).fill(value)
  switch (call.name) {
    case 'pi':
      return all(Math.PI)
    case 'time':
      return all(0).map((_, i) => timeAt(grid, i) / 1000)
    case 'start':
      return all(start / 1000)
    case 'end':
      return all(end / 1000)
    case 'range':
      return all((end - start) / 1000)
    case 'step':
      return all(step / 1000)
    case 'max_of':
    case 'min_of': {
      const pick = call.name === 'max_of' ? Math.max : Math.min
      const [a, b] = [await evaluator.scalar(argument(call, 0), grid), await evaluator.scalar(argument(call, 1), grid)]
      return a.map((value, i) => pick(value, b[i] ?? NaN))
    }
    case 'scalar': {
      const rows = await evaluator.vector(argument(call, 0), grid)
      return all(NaN).map((_, i) => {
        const present = rows.filter((row) => row.isFloat(i))
        return present.length === 1 ? (present[0]?.floatAt(i) ?? NaN) : NaN
      })
    }
    default:
      throw new Error(`BUG: no function ${call.name} gives a scalar`)
  }
}

export async function evaluateCall(call: CallExpr, grid: Grid, evaluator: Evaluator): Promise<readonly Row[]> {
  const { name } = call
  const { context } = evaluator
  const vector = (i: number): Promise<readonly Row[]> => evaluator.vector(argument(call, i), grid)
  const scalar = (i: number): Promise<Float64Array> => evaluator.scalar(argument(call, i), grid)
  const texts = (from: number): readonly string[] => call.args.slice(from).map((arg) => evaluator.text(arg))
  const range = RANGE_FUNCTIONS.get(name)
  if (range !== undefined) return overRanges(call, range, grid, evaluator)
  const math = MATH_FUNCTIONS.get(name)
  if (math !== undefined) return mapFloats(await vector(0), math)
  const date = DATE_FUNCTIONS.get(name)
  if (date !== undefined) {
    if (call.args.length > 0) return mapFloats(await vector(0), date)
    return [timeRow(grid, date)]
  }
  const part = PART_FUNCTIONS.get(name)
  if (part !== undefined) return mapHistograms(await vector(0), part)
  switch (name) {
    case 'vector':
      return [await evaluator.scalarRow(argument(call, 0), grid)]
    case 'absent': {
      const rows = await vector(0)
      return absentAt(argument(call, 0), grid, (i) => rows.some((row) => row.has(i)))
    }
    case 'absent_over_time': {
      const ranges = await evaluator.ranges(rangeArgument(call), grid)
      const windows = ranges.tracks.map((track) => new Window(track))
      return absentAt(argument(call, 0), grid, (i) => {
        const end = timeAt(ranges.reference, i)
        return windows.some((window) => {
          window.slide(end - ranges.rangeMs, end, end)
          return !window.isEmpty
        })
      })
    }
    case 'timestamp':
    case 'start_timestamp': {
      const inner = unwrap(argument(call, 0))
      if (inner.kind === 'vector-selector') {
        return selectVector(inner, grid, context, name === 'timestamp' ? 'time' : 'start-time')
      }
      const rows = await vector(0)
      return rows.map((row) => {
        const result = new Row(row.labels, true, row.steps)
        for (let i = 0; i < row.steps; i++) {
          if (row.has(i)) result.setFloat(i, name === 'timestamp' ? timeAt(grid, i) / 1000 : 0)
        }
        return result
      })
    }
    case 'round': {
      const nearest = call.args.length > 1 ? await scalar(1) : undefined
      return mapFloats(await vector(0), (value, i) => roundTo(value, nearest?.[i] ?? 1))
    }
    case 'clamp': {
      const [least, most] = [await scalar(1), await scalar(2)]
      const rows = mapFloats(await vector(0), (value, i) => Math.max(least[i] ?? NaN, Math.min(most[i] ?? NaN, value)))
      for (const row of rows)
        for (let i = 0; i < row.steps; i++) if ((most[i] ?? NaN) < (least[i] ?? NaN)) row.remove(i)
      return rows
    }
    case 'clamp_min': {
      const least = await scalar(1)
      return mapFloats(await vector(0), (value, i) => Math.max(least[i] ?? NaN, value))
    }
    case 'clamp_max': {
      const most = await scalar(1)
      return mapFloats(await vector(0), (value, i) => Math.min(most[i] ?? NaN, value))
    }
    case 'label_replace':
      return labelReplace(await vector(0), texts(1))
    case 'label_join':
      return labelJoin(await vector(0), texts(1))
    case 'sort':
    case 'sort_desc':
    case 'sort_by_label':
    case 'sort_by_label_desc':
      if (context.ranged) {
        const text = 'sort is ineffective for range queries since results are always ordered by labels'
        context.notes.warn(text, call.span)
      }
      return sortRows(name, await vector(0), texts(1))
    case 'info':
      return addInfo(call, grid, evaluator)
    case 'histogram_quantile': {
      const [q, input] = [argument(call, 0), argument(call, 1)]
      const spans = { quantile: q.span, vector: input.span }
      return histogramQuantile(call, await scalar(0), await vector(1), spans, context)
    }
    case 'histogram_quantiles':
      return quantiles(call, grid, evaluator)
    case 'histogram_fraction': {
      const input = argument(call, 2)
      return histogramFraction(await scalar(0), await scalar(1), await vector(2), input.span, context)
    }
    default:
      throw new Error(`BUG: no function ${name} gives a vector`)
  }
}

async function quantiles(call: CallExpr, grid: Grid, evaluator: Evaluator): Promise<readonly Row[]> {
  const input = argument(call, 0)
  const rows = await evaluator.vector(input, grid)
  const label = evaluator.text(argument(call, 1))
  const results = new Map<string, Row>()
  for (const arg of call.args.slice(2)) {
    const values = await evaluator.scalar(arg, grid)
    const found = await histogramQuantile(
      call,
      values,
      rows,
      { quantile: arg.span, vector: input.span },
      evaluator.context,
    )
    for (const row of found) {
      for (let i = 0; i < row.steps; i++) {
        if (!row.has(i)) continue
        const labels = row.labels.with(label, goFloat(values[i] ?? NaN))
        const result = results.get(labels.key) ?? new Row(labels, true, row.steps)
        results.set(labels.key, result)
        result.setFloat(i, row.floatAt(i))
      }
    }
  }
  return [...results.values()]
}

async function overRanges(
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

function timeRow(grid: Grid, read: (seconds: number) => number): Row {
  const row = new Row(LabelSet.EMPTY, false, grid.count)
  for (let i = 0; i < grid.count; i++) row.setFloat(i, read(timeAt(grid, i) / 1000))
  return row
}

/** A series of ones where nothing is, with the labels that the selector demands. */
function absentAt(arg: Expr, grid: Grid, isThere: (step: number) => boolean): readonly Row[] {
  const row = new Row(demandedLabels(unwrap(arg)), false, grid.count)
  for (let i = 0; i < grid.count; i++) if (!isThere(i)) row.setFloat(i, 1)
  return [row]
}

function demandedLabels(expr: Expr): LabelSet {
  const selector: VectorSelector | undefined =
    expr.kind === 'vector-selector' ? expr : expr.kind === 'matrix-selector' ? expr.selector : undefined
  const labels = new Map<string, string>()
  const seen = new Set<string>()
  for (const { name, operator, value } of selector?.matchers ?? []) {
    if (name === METRIC_NAME_LABEL) continue
    if (operator === '=' && !seen.has(name)) labels.set(name, value)
    else labels.delete(name)
    if (operator === '=') seen.add(name)
  }
  return LabelSet.of(labels)
}

function rangeArgument(call: CallExpr, at = 0): MatrixSelector | SubqueryExpr {
  const expr = unwrap(argument(call, at))
  if (expr.kind === 'matrix-selector' || expr.kind === 'subquery') return expr
  throw new Error(`BUG: ${call.name} without a range vector`)
}

function argument(call: CallExpr, i: number): Expr {
  const arg = call.args[i]
  if (arg === undefined) throw new Error(`BUG: ${call.name} without argument ${i}`)
  return arg
}

function unwrap(expr: Expr): Expr {
  return expr.kind === 'paren' ? unwrap(expr.expr) : expr
}
