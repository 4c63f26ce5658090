import type { AggregateExpr } from '../ast.ts'
import type { Group } from './aggregate.ts'
import type { QueryContext } from './context.ts'
import { Extremes } from './extremes.ts'
import { failExecution } from './fault.ts'
import { goFloat } from './go-float.ts'
import { labelPosition } from './label-hash.ts'
import { FLOAT, HISTOGRAM, Row } from './row.ts'

/** Units that the hash of a series' labels costs. */
const PER_HASH = 500

/** Aggregators that let samples through as they are: topk, bottomk, limitk, limit_ratio. */
export async function selectFromGroups(
  expr: AggregateExpr,
  groups: readonly Group[],
  parameters: Float64Array,
  steps: number,
  context: QueryContext,
): Promise<readonly Row[]> {
  const { operator } = expr
  const { work, notes } = context
  const limits = operator === 'limit_ratio' ? ratios(expr, parameters, context) : counts(parameters)
  const results = new Map<Row, Row>()
  const order: Row[] = []
  const take = (row: Row, i: number): void => {
    let result = results.get(row)
    if (result === undefined) {
      result = new Row(row.labels, row.dropName, steps)
      results.set(row, result)
      order.push(result)
      work.hold(steps)
    }
    const value = row.at(i)
    if (value !== undefined) result.set(i, value)
  }
  for (const { rows } of groups) {
    const positions: number[] = []
    for (const { labels } of operator === 'limit_ratio' ? rows : []) {
      positions.push(labelPosition(labels))
      if (work.spend(PER_HASH)) await work.rest()
    }
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
      } else {
        const top = new Extremes(operator === 'topk' ? 1 : -1, limit)
        for (const row of rows) {
          if (row.kinds[i] === FLOAT) top.offer(row, row.values[i] ?? NaN)
          else if (row.kinds[i] === HISTOGRAM) {
            notes.info(`ignored histogram in ${operator} aggregation`, expr.expr.span)
          }
        }
        for (const row of top.inOrder()) take(row, i)
      }
      if (work.spend(rows.length * 2)) await work.rest()
    }
  }
  return order
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
