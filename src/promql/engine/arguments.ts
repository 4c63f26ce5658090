import type { CallExpr, Expr, MatrixSelector, SubqueryExpr } from '../ast.ts'

export function rangeArgument(call: CallExpr, at = 0): MatrixSelector | SubqueryExpr {
  const expr = unwrap(argument(call, at))
  if (expr.kind === 'matrix-selector' || expr.kind === 'subquery') return expr
  throw new Error(`BUG: ${call.name} without a range vector`)
}

export function argument(call: CallExpr, i: number): Expr {
  const arg = call.args[i]
  if (arg === undefined) throw new Error(`BUG: ${call.name} without argument ${i}`)
  return arg
}

export function unwrap(expr: Expr): Expr {
  return expr.kind === 'paren' ? unwrap(expr.expr) : expr
}
