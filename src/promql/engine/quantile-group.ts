import type { AggregateExpr } from '../ast.ts'
import type { Group } from './aggregate.ts'
import type { QueryContext } from './context.ts'
import { FLOAT, HISTOGRAM, Row } from './row.ts'
import { quantileOf } from './statistics.ts'

export async function quantilesOfGroups(
  { expr }: AggregateExpr,
  groups: readonly Group[],
  quantiles: Float64Array,
  steps: number,
  { notes, work }: QueryContext,
): Promise<readonly Row[]> {
  const results: Row[] = []
  for (const { labels, dropName, rows } of groups) {
    const result = new Row(labels, dropName, steps)
    const values = new Float64Array(rows.length)
    for (let i = 0; i < steps; i++) {
      let count = 0
      for (const { kinds, values: own } of rows) {
        if (kinds[i] === FLOAT) values[count++] = own[i] ?? NaN
        else if (kinds[i] === HISTOGRAM) notes.info('ignored histogram in quantile aggregation', expr.span)
      }
      if (count > 0) result.setFloat(i, quantileOf(quantiles[i] ?? NaN, values.subarray(0, count)))
      if (work.spend(rows.length * 4)) await work.rest()
    }
    results.push(result)
    if (work.hold(steps)) await work.rest()
  }
  return results
}
