import { LabelSet } from '../../series/index.ts'
import type { AggregateExpr, BinaryExpr, Expr, MatrixSelector, SubqueryExpr } from '../ast.ts'
import { typeOf } from '../check.ts'
import { isSetOperator } from '../token.ts'
import { aggregate } from './aggregate.ts'
import { scalarOperation } from './arithmetic.ts'
import { forMetric } from './annotations.ts'
import { callStream, callVector } from './call.ts'
import type { QueryContext } from './context.ts'
import type { Grid } from './grid.ts'
import { goFloat } from './go-float.ts'
import { multiplyHistogram } from './histogram/index.ts'
import { allRanges, eachTrack, type Ranges } from './ranges.ts'
import { KeptRows, PassingRows, type RowSink } from './row-sink.ts'
import { Row } from './row.ts'
import { scalarCall } from './scalar-call.ts'
import { operateWithScalar } from './scalar-binary.ts'
import { setOperation } from './set-operation.ts'
import { smoothVector } from './smoothed.ts'
import { isStepInvariant } from './step-invariant.ts'
import type { TrackUse } from './track.ts'
import { eachSelected } from './vector-selector.ts'
import { vectorBinary } from './vector-binary.ts'

/** Fills `result` from a row, from one step to before another. */
export type RowChange = (row: Row, result: Row, from: number, to: number) => void

/** Steps of histograms that are changed at a time. */
const BLOCK = 128
/** Units that a part of a query costs, whatever it holds. */
const PER_PART = 200
/** Units that an operation on a histogram costs. */
const PER_HISTOGRAM = 100

/** Evaluates the parts of one query, each over a whole grid of moments. */
export class Evaluator {
  readonly context: QueryContext

  constructor(context: QueryContext) {
    this.context = context
  }

  /** See {@link QueryContext.freshHints}. */
  withFreshHints(freshHints: boolean): Evaluator {
    return freshHints === this.context.freshHints ? this : new Evaluator({ ...this.context, freshHints })
  }

  async vector(expr: Expr, grid: Grid): Promise<readonly Row[]> {
    const { work } = this.context
    if (work.spend(PER_PART)) await work.rest()
    const before = work.held
    const kept = new KeptRows(grid.count, work)
    const streamed = this.#stream(expr, grid, kept)
    const rows = streamed === undefined ? await this.#whole(expr, grid) : await streamed.then(() => kept.rows)
    work.keep(before + rows.length * grid.count)
    return rows
  }

  /** As `vector`, but the rows go to the sink, and need not be held all at once. */
  async each(expr: Expr, grid: Grid, sink: RowSink): Promise<void> {
    const streamed = this.#stream(expr, grid, sink)
    if (streamed !== undefined) return streamed
    const { work } = this.context
    const rows = await this.vector(expr, grid)
    for (const row of rows) {
      const taken = sink.take(row)
      if (taken !== undefined) await taken
      if (work.spend(1)) await work.rest()
    }
    work.release(rows.length * grid.count)
  }

  /** Makes a row of each row. The name is dropped where it was, and everywhere with `dropName`. */
  async map(expr: Expr, grid: Grid, sink: RowSink, dropName: boolean, change: RowChange): Promise<void> {
    const { work } = this.context
    if (work.spend(PER_PART)) await work.rest()
    const slowly = async (row: Row, result: Row): Promise<void> => {
      for (let from = 0; from < grid.count; from += BLOCK) {
        const to = Math.min(grid.count, from + BLOCK)
        change(row, result, from, to)
        if (work.spend((to - from) * PER_HISTOGRAM)) await work.rest()
      }
      await sink.take(result)
    }
    const passing = new PassingRows(new Row(LabelSet.EMPTY, false, grid.count), (row) => {
      const result = sink.row(row.labels, dropName || row.dropName)
      if (!row.isPlain) return slowly(row, result)
      change(row, result, 0, grid.count)
      work.spend(grid.count)
      return sink.take(result)
    })
    await this.each(expr, grid, passing)
  }

  async scalar(expr: Expr, grid: Grid): Promise<Float64Array> {
    switch (expr.kind) {
      case 'number':
        return new Float64Array(grid.count).fill(expr.value)
      case 'paren':
        return this.scalar(expr.expr, grid)
      case 'unary': {
        const values = await this.scalar(expr.expr, grid)
        return expr.operator === '-' ? values.map((value) => -value) : values
      }
      case 'binary': {
        const [left, right] = [await this.scalar(expr.left, grid), await this.scalar(expr.right, grid)]
        if (this.context.work.spend(grid.count * 2)) await this.context.work.rest()
        return left.map((value, i) => scalarOperation(expr.operator, value, right[i] ?? NaN))
      }
      case 'call':
        return scalarCall(expr, grid, this)
      case 'string':
      case 'vector-selector':
      case 'matrix-selector':
      case 'subquery':
      case 'aggregate':
        throw new Error(`BUG: a ${expr.kind} is no scalar`)
    }
  }

  text(expr: Expr): string {
    if (expr.kind === 'paren') return this.text(expr.expr)
    if (expr.kind === 'string') return expr.value
    throw new Error(`BUG: a ${expr.kind} is no string`)
  }

  /** All series of a range vector at once. */
  ranges(expr: MatrixSelector | SubqueryExpr, grid: Grid): Promise<Ranges> {
    return allRanges(expr, grid, this)
  }

  /** The series of a range vector, one after another. */
  tracks(expr: MatrixSelector | SubqueryExpr, grid: Grid, use: TrackUse): Promise<void> {
    return eachTrack(expr, grid, this, use)
  }

  /** A scalar as the vector of one series without labels. */
  async scalarRow(expr: Expr, grid: Grid): Promise<Row> {
    const values = await this.scalar(expr, grid)
    const row = new Row(LabelSet.EMPTY, false, grid.count)
    values.forEach((value, i) => {
      row.setFloat(i, value)
    })
    return row
  }

  checkQuantiles(quantiles: Float64Array, { span }: Expr, metric = ''): void {
    for (const q of new Set(quantiles)) {
      if (q >= 0 && q <= 1) continue
      const text = `quantile value should be between 0 and 1, got ${goFloat(q)}${forMetric(metric)}`
      this.context.notes.warn(text, span)
    }
  }

  /** Undefined when the rows cannot be had one after another. */
  #stream(expr: Expr, grid: Grid, sink: RowSink): Promise<void> | undefined {
    if (grid.count > 1 && isStepInvariant(expr)) return this.#repeat(expr, grid, sink)
    switch (expr.kind) {
      case 'vector-selector':
        return expr.bounds === 'smoothed' ? undefined : eachSelected(expr, grid, this.context, 'value', sink)
      case 'paren':
        return this.#stream(expr.expr, grid, sink)
      case 'unary':
        return expr.operator === '+'
          ? this.#stream(expr.expr, grid, sink)
          : this.map(expr.expr, grid, sink, true, negate)
      case 'binary': {
        const scalarLeft = typeOf(expr.left) === 'scalar'
        if (!scalarLeft && typeOf(expr.right) !== 'scalar') return undefined
        return this.withFreshHints(false).#withScalar(expr, scalarLeft, grid, sink)
      }
      case 'call':
        return callStream(expr, grid, this, sink)
      case 'aggregate':
      case 'number':
      case 'string':
      case 'matrix-selector':
      case 'subquery':
        return undefined
    }
  }

  async #whole(expr: Expr, grid: Grid): Promise<readonly Row[]> {
    switch (expr.kind) {
      case 'vector-selector':
        return smoothVector(expr, grid, this.context)
      case 'paren':
      case 'unary':
        return this.#whole(expr.expr, grid)
      case 'binary':
        return this.withFreshHints(false).#binary(expr, grid)
      case 'aggregate':
        return this.#aggregate(expr, grid)
      case 'call':
        return callVector(expr, grid, this)
      case 'number':
      case 'string':
      case 'matrix-selector':
      case 'subquery':
        throw new Error(`BUG: a ${expr.kind} is no vector`)
    }
  }

  /** Evaluates once what is the same at all steps. */
  async #repeat(expr: Expr, grid: Grid, sink: RowSink): Promise<void> {
    const { work } = this.context
    const rows = await this.vector(expr, { ...grid, count: 1 })
    for (const row of rows) {
      const result = sink.row(row.labels, row.dropName)
      const value = row.at(0)
      if (value === undefined) continue
      for (let i = 0; i < grid.count; i++) result.set(i, value)
      const taken = sink.take(result)
      if (taken !== undefined) await taken
      if (work.spend(grid.count)) await work.rest()
    }
    work.release(rows.length)
  }

  async #withScalar(expr: BinaryExpr, scalarLeft: boolean, grid: Grid, sink: RowSink): Promise<void> {
    const [scalar, vector] = scalarLeft ? [expr.left, expr.right] : [expr.right, expr.left]
    const { dropName, change } = operateWithScalar(
      expr,
      await this.scalar(scalar, grid),
      scalarLeft,
      this.context.notes,
    )
    await this.map(vector, grid, sink, dropName, change)
  }

  async #binary(expr: BinaryExpr, grid: Grid): Promise<readonly Row[]> {
    const [left, right] = [await this.vector(expr.left, grid), await this.vector(expr.right, grid)]
    return isSetOperator(expr.operator)
      ? setOperation(expr, left, right, grid.count, this.context)
      : vectorBinary(expr, left, right, grid.count, this.context)
  }

  async #aggregate(expr: AggregateExpr, grid: Grid): Promise<readonly Row[]> {
    const { param, operator } = expr
    const parameter =
      param === undefined ? undefined : typeOf(param) === 'string' ? this.text(param) : await this.scalar(param, grid)
    if (operator === 'quantile' && parameter instanceof Float64Array && param !== undefined) {
      this.checkQuantiles(parameter, param)
    }
    return aggregate(expr, parameter, grid, this)
  }
}

const negate: RowChange = (row, result, from, to) => {
  for (let i = from; i < to; i++) {
    const value = row.at(i)
    if (value !== undefined) result.set(i, typeof value === 'number' ? -value : multiplyHistogram(value, -1))
  }
}
