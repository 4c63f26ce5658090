import type { AggregateExpr } from '../ast.ts'
import type { Group } from './aggregate.ts'
import type { QueryContext } from './context.ts'
import { failExecution } from './fault.ts'
import { goFloat } from './go-float.ts'
import { labelPosition } from './label-hash.ts'
import { FLOAT, HISTOGRAM, Row } from './row.ts'

/** Aggregators that let samples through as they are: topk, bottomk, limitk, limit_ratio. */
export async function selectFromGroups(
  expr: AggregateExpr,
  groups: readonly Group[],
  parameters: Float64Array,
  steps: number,
  context: QueryContext,
): Promise<readonly Row[]> {
  const { operator } = expr
  const limits = operator === 'limit_ratio' ? ratios(expr, parameters, context) : counts(parameters)
  const results = new Map<Row, Row>()
  const order: Row[] = []
  const take = (row: Row, i: number): void => {
    let result = results.get(row)
    if (result === undefined) {
      result = new Row(row.labels, row.dropName, steps)
      results.set(row, result)
      order.push(result)
      context.work.hold(steps)
    }
    const value = row.at(i)
    if (value !== undefined) result.set(i, value)
  }
  for (const { rows } of groups) {
    const positions = operator === 'limit_ratio' ? rows.map(({ labels }) => labelPosition(labels)) : []
    for (let i = 0; i < steps; i++) {
      const limit = limits[i] ?? 0
      if (operator === 'limit_ratio') {
        rows.forEach((row, n) => {
          const position = positions[n] ?? 0
          if (row.has(i) && (limit >= 0 ? position < limit : position >= 1 + limit)) take(row, i)
        })
      } else if (operator === 'limitk') {
        let left = limit
        for (const row of rows) {
          if (left < 1) break
          if (!row.has(i)) continue
          take(row, i)
          left--
        }
      } else for (const row of extremes(expr, rows, i, limit, context)) take(row, i)
      if (context.work.spend(rows.length * 4)) await context.work.rest()
    }
  }
  return order
}

/** The rows with the highest or lowest values at a step, in order; NaN only when there is nothing else. */
function extremes(
  { operator, expr }: AggregateExpr,
  rows: readonly Row[],
  i: number,
  limit: number,
  { notes }: QueryContext,
): readonly Row[] {
  const present = rows.filter(({ kinds }) => kinds[i] === FLOAT)
  if (present.length < rows.length && rows.some(({ kinds }) => kinds[i] === HISTOGRAM)) {
    notes.info(`ignored histogram in ${operator} aggregation`, expr.span)
  }
  if (limit < 1) return []
  const sign = operator === 'topk' ? -1 : 1
  return present
    .sort((a, b) => {
      const [x, y] = [a.floatAt(i), b.floatAt(i)]
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
      return x === y ? 0 : x < y ? -sign : sign
    })
    .slice(0, limit)
}

function counts(parameters: Float64Array): readonly number[] {
  return Array.from(parameters, (value) => {
    if (Number.isNaN(value)) failExecution('Parameter value is NaN')
    if (!(Math.abs(value) < 2 ** 63)) failExecution(`Scalar value ${goFloat(value)} overflows int64`)
    return Math.trunc(value)
  })
}

function ratios({ param, span }: AggregateExpr, parameters: Float64Array, { notes }: QueryContext): readonly number[] {
  return Array.from(parameters, (value) => {
    if (Number.isNaN(value)) failExecution('Ratio value is NaN')
    if (value >= -1 && value <= 1) return value
    const capped = Math.sign(value)
    const text = `ratio value should be between -1 and 1, got ${goFloat(value)}, capping to ${capped}`
    notes.warn(text, param?.span ?? span)
    return capped
  })
}
