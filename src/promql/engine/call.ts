import { LabelSet } from '../../series/index.ts'
import type { CallExpr } from '../ast.ts'
import { argument, rangeArgument, unwrap } from './arguments.ts'
import { absentAt } from './functions/absent.ts'
import type { Evaluator, RowChange } from './evaluator.ts'
import { HISTOGRAM_PARTS, histogramFraction, histogramQuantile, partOf } from './functions/histogram-functions.ts'
import { addInfo } from './functions/info.ts'
import { labelName } from './label-name.ts'
import { labelJoin, labelReplace } from './functions/labels.ts'
import { clamped, DATES, MATH, ofFloats, roundTo } from './functions/math.ts'
import { sortRows } from './functions/sort.ts'
import { goFloat } from './go-float.ts'
import { type Grid, timeAt } from './grid.ts'
import { eachOfRanges, RANGE_FUNCTIONS } from './range-call.ts'
import { PassingRows, type RowSink } from './row-sink.ts'
import { Row } from './row.ts'
import { eachSelected } from './vector-selector.ts'

const MATH_FUNCTIONS = new Map(Object.entries(MATH))
const DATE_FUNCTIONS = new Map(Object.entries(DATES))
const COUNTS_ONLY = new Set(['histogram_count', 'histogram_sum', 'histogram_avg'])
const PART_FUNCTIONS = new Map(Object.entries(HISTOGRAM_PARTS))

/** Functions of one series at a time; undefined for others. */
export function callStream(call: CallExpr, grid: Grid, evaluator: Evaluator, sink: RowSink): Promise<void> | undefined {
  const { name } = call
  const each = (change: RowChange): Promise<void> => evaluator.map(argument(call, 0), grid, sink, true, change)
  const range = RANGE_FUNCTIONS.get(name)
  if (range !== undefined) return eachOfRanges(call, range, grid, evaluator, sink)
  const math = MATH_FUNCTIONS.get(name) ?? (call.args.length > 0 ? DATE_FUNCTIONS.get(name) : undefined)
  if (math !== undefined) return each(ofFloats(math))
  const part = PART_FUNCTIONS.get(name)
  if (part !== undefined) {
    const own = COUNTS_ONLY.has(name) ? evaluator.withFreshHints(true) : evaluator
    return own.map(argument(call, 0), grid, sink, true, partOf(part))
  }
  const scalar = (i: number): Promise<Float64Array> => evaluator.scalar(argument(call, i), grid)
  switch (name) {
    case 'timestamp':
    case 'start_timestamp': {
      const inner = unwrap(argument(call, 0))
      const reading = name === 'timestamp' ? 'time' : 'start-time'
      if (inner.kind === 'vector-selector') return eachSelected(inner, grid, evaluator.context, reading, sink)
      return each((row, result, from, to) => {
        for (let i = from; i < to; i++) {
          if (row.has(i)) result.setFloat(i, reading === 'time' ? timeAt(grid, i) / 1000 : 0)
        }
      })
    }
    case 'round':
      if (call.args.length === 1) return each(ofFloats((value) => roundTo(value, 1)))
      return scalar(1).then((nearest) => each(ofFloats((value, i) => roundTo(value, nearest[i] ?? NaN))))
    case 'clamp':
      return scalar(1).then((least) => scalar(2).then((most) => each(clamped(least, most))))
    case 'clamp_min':
      return scalar(1).then((least) => each(ofFloats((value, i) => Math.max(least[i] ?? NaN, value))))
    case 'clamp_max':
      return scalar(1).then((most) => each(ofFloats((value, i) => Math.min(most[i] ?? NaN, value))))
    default:
      return undefined
  }
}

/** Functions that need all series of their argument, or none. */
export async function callVector(call: CallExpr, grid: Grid, evaluator: Evaluator): Promise<readonly Row[]> {
  const { name } = call
  const { context } = evaluator
  const vector = (i: number): Promise<readonly Row[]> => evaluator.vector(argument(call, i), grid)
  /** Of histograms whose buckets count. */
  const whole = (i: number): Promise<readonly Row[]> => evaluator.withFreshHints(false).vector(argument(call, i), grid)
  const scalar = (i: number): Promise<Float64Array> => evaluator.scalar(argument(call, i), grid)
  const texts = (from: number): readonly string[] => call.args.slice(from).map((arg) => evaluator.text(arg))
  const date = DATE_FUNCTIONS.get(name)
  if (date !== undefined) return [timeRow(grid, date)]
  switch (name) {
    case 'vector':
      return [await evaluator.scalarRow(argument(call, 0), grid)]
    case 'absent':
    case 'absent_over_time':
      return [absentAt(argument(call, 0), await presence(call, grid, evaluator))]
    case 'label_replace':
      return labelReplace(await vector(0), texts(1), context.work)
    case 'label_join':
      return labelJoin(await vector(0), texts(1), context.work)
    case 'sort':
    case 'sort_desc':
    case 'sort_by_label':
    case 'sort_by_label_desc':
      if (context.ranged) {
        const text = 'sort is ineffective for range queries since results are always ordered by labels'
        context.notes.warn(text, call.span)
      }
      return sortRows(name, await vector(0), texts(1), context.work)
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

/** At which steps the argument has any sample. */
async function presence(call: CallExpr, grid: Grid, evaluator: Evaluator): Promise<Uint8Array> {
  const there = new Uint8Array(grid.count)
  if (call.name === 'absent') {
    const page = new Row(LabelSet.EMPTY, false, grid.count)
    const passing = new PassingRows(page, ({ kinds }) => {
      for (let i = 0; i < kinds.length; i++) if (kinds[i] !== 0) there[i] = 1
      evaluator.context.work.spend(grid.count)
      return undefined
    })
    await evaluator.each(argument(call, 0), grid, passing)
    return there
  }
  await evaluator.tracks(rangeArgument(call), grid, (_, { floats, histograms }) => {
    for (let i = 0; i < there.length; i++) {
      const any = (floats.to[i] ?? 0) > (floats.from[i] ?? 0) || (histograms.to[i] ?? 0) > (histograms.from[i] ?? 0)
      if (any) there[i] = 1
    }
    evaluator.context.work.spend(grid.count)
    return undefined
  })
  return there
}

async function quantiles(call: CallExpr, grid: Grid, evaluator: Evaluator): Promise<readonly Row[]> {
  const input = argument(call, 0)
  const { context } = evaluator
  const rows = await evaluator.withFreshHints(false).vector(input, grid)
  const label = labelName(evaluator.text(argument(call, 1)))
  const results = new Map<string, Row>()
  for (const arg of call.args.slice(2)) {
    const values = await evaluator.scalar(arg, grid)
    const spans = { quantile: arg.span, vector: input.span }
    for (const row of await histogramQuantile(call, values, rows, spans, context)) {
      let [last, result] = [NaN, undefined as Row | undefined]
      for (let i = 0; i < row.steps; i++) {
        if (!row.has(i)) continue
        const quantile = values[i] ?? NaN
        if (result === undefined || quantile !== last) {
          const labels = row.labels.with(label, goFloat(quantile))
          last = quantile
          result = results.get(labels.key)
          if (result === undefined) {
            results.set(labels.key, (result = new Row(labels, true, row.steps)))
            context.work.hold(row.steps)
          }
        }
        result.setFloat(i, row.floatAt(i))
      }
      if (context.work.spend(row.steps)) await context.work.rest()
    }
  }
  return [...results.values()]
}

function timeRow(grid: Grid, read: (seconds: number) => number): Row {
  const row = new Row(LabelSet.EMPTY, false, grid.count)
  for (let i = 0; i < grid.count; i++) row.setFloat(i, read(timeAt(grid, i) / 1000))
  return row
}
