import type { BinaryExpr } from '../ast.ts'
import { isComparison, isTrim } from '../token.ts'
import { operate } from './arithmetic.ts'
import type { QueryContext } from './context.ts'
import { Row, type SampleValue } from './row.ts'

/** A vector and a number at each step; `scalarLeft` tells which side the number stands on. */
export async function withScalar(
  expr: BinaryExpr,
  rows: readonly Row[],
  scalars: Float64Array,
  scalarLeft: boolean,
  { notes, work }: QueryContext,
): Promise<readonly Row[]> {
  const compares = isComparison(expr.operator)
  const keepsName = (compares && !expr.bool) || isTrim(expr.operator)
  const results: Row[] = []
  for (const row of rows) {
    const result = new Row(row.labels, row.dropName || !keepsName, row.steps)
    for (let i = 0; i < row.steps; i++) {
      const own = row.at(i)
      if (own === undefined) continue
      const scalar = scalars[i] ?? NaN
      const outcome = scalarLeft ? operate(expr, scalar, own, notes) : operate(expr, own, scalar, notes)
      if (outcome === undefined) continue
      const value = compared(expr, outcome.keep, compares ? own : outcome.value)
      if (value !== undefined) result.set(i, value)
    }
    results.push(result)
    if (work.hold(row.steps)) await work.rest()
  }
  return results
}

/** What is left of a sample after an operator. */
export function compared({ bool }: BinaryExpr, keep: boolean, value: SampleValue): SampleValue | undefined {
  if (bool) return keep ? 1 : 0
  return keep ? value : undefined
}
