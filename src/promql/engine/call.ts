import { LabelSet } from '../../series/index.ts'
import type { CallExpr } from '../ast.ts'
import { argument, rangeArgument, unwrap } from './arguments.ts'
import { absentAt } from './functions/absent.ts'
import type { Evaluator } from './evaluator.ts'
import {
  HISTOGRAM_PARTS,
  histogramFraction,
  histogramQuantile,
  mapHistograms,
} from './functions/histogram-functions.ts'
import { addInfo } from './functions/info.ts'
import { labelName } from './label-name.ts'
import { labelJoin, labelReplace } from './functions/labels.ts'
import { DATES, MATH, mapFloats, roundTo } from './functions/math.ts'
import { sortRows } from './functions/sort.ts'
import { goFloat } from './go-float.ts'
import { type Grid, timeAt } from './grid.ts'
import { Row } from './row.ts'
import { overRanges, RANGE_FUNCTIONS } from './range-call.ts'
import { selectVector } from './vector-selector.ts'
import { Window } from './window.ts'

const MATH_FUNCTIONS = new Map(Object.entries(MATH))
const DATE_FUNCTIONS = new Map(Object.entries(DATES))
const COUNTS_ONLY = new Set(['histogram_count', 'histogram_sum', 'histogram_avg'])
const PART_FUNCTIONS = new Map(Object.entries(HISTOGRAM_PARTS))

export async function evaluateCall(call: CallExpr, grid: Grid, evaluator: Evaluator): Promise<readonly Row[]> {
  const { name } = call
  const { context } = evaluator
  const vector = (i: number): Promise<readonly Row[]> => evaluator.vector(argument(call, i), grid)
  /** Of histograms whose buckets count. */
  const whole = (i: number): Promise<readonly Row[]> => evaluator.withFreshHints(false).vector(argument(call, i), grid)
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
  if (part !== undefined) {
    const own = COUNTS_ONLY.has(name) ? evaluator.withFreshHints(true) : evaluator
    return mapHistograms(await own.vector(argument(call, 0), grid), part)
  }
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
      return histogramQuantile(call, await scalar(0), await whole(1), spans, context)
    }
    case 'histogram_quantiles':
      return quantiles(call, grid, evaluator)
    case 'histogram_fraction': {
      const input = argument(call, 2)
      return histogramFraction(await scalar(0), await scalar(1), await whole(2), input.span, context)
    }
    default:
      throw new Error(`BUG: no function ${name} gives a vector`)
  }
}

async function quantiles(call: CallExpr, grid: Grid, evaluator: Evaluator): Promise<readonly Row[]> {
  const input = argument(call, 0)
  const rows = await evaluator.withFreshHints(false).vector(input, grid)
  const label = labelName(evaluator.text(argument(call, 1)))
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

function timeRow(grid: Grid, read: (seconds: number) => number): Row {
  const row = new Row(LabelSet.EMPTY, false, grid.count)
  for (let i = 0; i < grid.count; i++) row.setFloat(i, read(timeAt(grid, i) / 1000))
  return row
}
