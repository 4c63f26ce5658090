import type { Expr } from '../ast.ts'

/** Their results change with the moment of evaluation, whatever their arguments. */
const TIMED: ReadonlySet<string> = new Set([
  'time',
  'timestamp',
  'start_timestamp',
  'predict_linear',
  'minute',
  'hour',
  'day_of_week',
  'day_of_month',
  'day_of_year',
  'days_in_month',
  'month',
  'year',
  'info',
])

const known = new WeakMap<Expr, boolean>()

/** Whether an expression has the same value at all steps: `@` pins all that it selects. */
export function isStepInvariant(expr: Expr): boolean {
  let answer = known.get(expr)
  if (answer === undefined) known.set(expr, (answer = decide(expr)))
  return answer
}

function decide(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return true
    case 'vector-selector':
      return expr.at !== undefined
    case 'matrix-selector':
      return expr.selector.at !== undefined
    case 'subquery':
      return expr.at !== undefined
    case 'paren':
    case 'unary':
      return isStepInvariant(expr.expr)
    case 'binary':
      return isStepInvariant(expr.left) && isStepInvariant(expr.right)
    case 'aggregate':
      return isStepInvariant(expr.expr) && (expr.param === undefined || isStepInvariant(expr.param))
    case 'call':
      return !TIMED.has(expr.name) && expr.args.every(isStepInvariant)
  }
}
