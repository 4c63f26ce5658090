import { LabelSet } from '../../series/index.ts'
import type { AggregateExpr, BinaryExpr, Expr, MatrixSelector, SubqueryExpr, UnaryExpr } from '../ast.ts'
import { typeOf } from '../check.ts'
import { isSetOperator } from '../token.ts'
import { aggregate } from './aggregate.ts'
import { scalarOperation } from './arithmetic.ts'
import { forMetric } from './annotations.ts'
import { evaluateCall } from './call.ts'
import type { QueryContext } from './context.ts'
import type { Grid } from './grid.ts'
import { goFloat } from './go-float.ts'
import { multiplyHistogram } from './histogram/index.ts'
import { type Ranges, selectRanges, subqueryRanges } from './ranges.ts'
import { Row } from './row.ts'
import { scalarCall } from './scalar-call.ts'
import { withScalar } from './scalar-binary.ts'
import { setOperation } from './set-operation.ts'
import { smoothVector } from './smoothed.ts'
import { selectVector } from './vector-selector.ts'
import { vectorBinary } from './vector-binary.ts'

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
    switch (expr.kind) {
      case 'vector-selector':
        return expr.bounds === 'smoothed'
          ? smoothVector(expr, grid, this.context)
          : selectVector(expr, grid, this.context)
      case 'paren':
        return this.vector(expr.expr, grid)
      case 'unary':
        return this.#unary(expr, grid)
      case 'binary':
        return this.withFreshHints(false).#binary(expr, grid)
      case 'aggregate':
        return this.#aggregate(expr, grid)
      case 'call':
        return evaluateCall(expr, grid, this)
      case 'number':
      case 'string':
      case 'matrix-selector':
      case 'subquery':
        throw new Error(`BUG: a ${expr.kind} is no vector`)
    }
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

  ranges(expr: MatrixSelector | SubqueryExpr, grid: Grid): Promise<Ranges> {
    if (expr.kind === 'subquery') {
      return subqueryRanges(expr, grid, this.context, (inner, innerGrid) => this.vector(inner, innerGrid))
    }
    const margin = expr.selector.bounds === 'plain' ? 0 : this.context.limits.lookbackMs
    return selectRanges(expr, grid, this.context, margin)
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

  async #unary({ operator, expr }: UnaryExpr, grid: Grid): Promise<readonly Row[]> {
    const rows = await this.vector(expr, grid)
    if (operator === '+') return rows
    return rows.map((row) => {
      const result = new Row(row.labels, true, row.steps)
      for (let i = 0; i < row.steps; i++) {
        const value = row.at(i)
        if (value !== undefined) result.set(i, typeof value === 'number' ? -value : multiplyHistogram(value, -1))
      }
      return result
    })
  }

  async #binary(expr: BinaryExpr, grid: Grid): Promise<readonly Row[]> {
    const { left, right, operator } = expr
    if (typeOf(left) === 'scalar') {
      const scalars = await this.scalar(left, grid)
      return withScalar(expr, await this.vector(right, grid), scalars, true, this.context)
    }
    const rows = await this.vector(left, grid)
    if (typeOf(right) === 'scalar') {
      return withScalar(expr, rows, await this.scalar(right, grid), false, this.context)
    }
    const others = await this.vector(right, grid)
    return isSetOperator(operator)
      ? setOperation(expr, rows, others, grid.count, this.context)
      : vectorBinary(expr, rows, others, grid.count, this.context)
  }

  async #aggregate(expr: AggregateExpr, grid: Grid): Promise<readonly Row[]> {
    const { param, operator } = expr
    const parameter =
      param === undefined ? undefined : typeOf(param) === 'string' ? this.text(param) : await this.scalar(param, grid)
    if (operator === 'quantile' && parameter instanceof Float64Array && param !== undefined) {
      this.checkQuantiles(parameter, param)
    }
    return aggregate(expr, await this.vector(expr.expr, grid), parameter, grid.count, this.context)
  }

  checkQuantiles(quantiles: Float64Array, { span }: Expr, metric = ''): void {
    for (const q of new Set(quantiles)) {
      if (q >= 0 && q <= 1) continue
      const text = `quantile value should be between 0 and 1, got ${goFloat(q)}${forMetric(metric)}`
      this.context.notes.warn(text, span)
    }
  }
}
