import type { BinaryExpr } from '../ast.ts'
import { isComparison, isTrim } from '../token.ts'
import type { Annotations } from './annotations.ts'
import { operate, scalarOperation } from './arithmetic.ts'
import type { RowChange } from './evaluator.ts'
import { FLOAT, type SampleValue } from './row.ts'

/** What an operator makes of a vector and a number at each step; `scalarLeft` tells on which side the number stands. */
export function operateWithScalar(
  expr: BinaryExpr,
  scalars: Float64Array,
  scalarLeft: boolean,
  notes: Annotations,
): { readonly dropName: boolean; readonly change: RowChange } {
  const { operator } = expr
  const compares = isComparison(operator)
  const calculates = !compares && !isTrim(operator)
  const dropName = calculates || (compares && expr.bool)
  const change: RowChange = (row, result, from, to) => {
    const { kinds, values } = row
    for (let i = from; i < to; i++) {
      const scalar = scalars[i] ?? NaN
      if (calculates && kinds[i] === FLOAT) {
        const value = values[i] ?? NaN
        result.setFloat(
          i,
          scalarLeft ? scalarOperation(operator, scalar, value) : scalarOperation(operator, value, scalar),
        )
        continue
      }
      const own = row.at(i)
      if (own === undefined) continue
      const outcome = scalarLeft ? operate(expr, scalar, own, notes) : operate(expr, own, scalar, notes)
      if (outcome === undefined) continue
      const value = compared(expr, outcome.keep, compares ? own : outcome.value)
      if (value !== undefined) result.set(i, value)
    }
  }
  return { dropName, change }
}

/** What is left of a sample after an operator. */
export function compared({ bool }: BinaryExpr, keep: boolean, value: SampleValue): SampleValue | undefined {
  if (bool) return keep ? 1 : 0
  return keep ? value : undefined
}
