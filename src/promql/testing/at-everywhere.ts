import type { At, Expr, VectorSelector } from '../ast.ts'

/** Their value depends on the moment of evaluation, whatever their argument looks at. */
const UNSAFE: ReadonlySet<string> = new Set(
  (
    'days_in_month day_of_month day_of_week day_of_year hour minute month year ' +
    'predict_linear time timestamp start_timestamp start end range step'
  ).split(' '),
)

/** The query with every selector and subquery at `ms` that has no `@` yet; undefined where that would change its meaning. */
export function atEverywhere(expr: Expr, ms: number): Expr | undefined {
  return isUnsafe(expr) ? undefined : pinned(expr, { kind: 'time', ms })
}

function isUnsafe(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'vector-selector':
    case 'matrix-selector':
      return false
    case 'subquery':
    case 'paren':
    case 'unary':
      return isUnsafe(expr.expr)
    case 'binary':
      return isUnsafe(expr.left) || isUnsafe(expr.right)
    case 'aggregate':
      return isUnsafe(expr.expr) || (expr.param !== undefined && isUnsafe(expr.param))
    case 'call':
      return UNSAFE.has(expr.name) || expr.args.some(isUnsafe)
  }
}

function pinned(expr: Expr, at: At): Expr {
  const selector = (own: VectorSelector): VectorSelector => (own.at === undefined ? { ...own, at } : own)
  switch (expr.kind) {
    case 'number':
    case 'string':
      return expr
    case 'vector-selector':
      return selector(expr)
    case 'matrix-selector':
      return { ...expr, selector: selector(expr.selector) }
    case 'subquery':
      return expr.at === undefined ? { ...expr, at } : expr
    case 'paren':
    case 'unary':
      return { ...expr, expr: pinned(expr.expr, at) }
    case 'binary':
      return { ...expr, left: pinned(expr.left, at), right: pinned(expr.right, at) }
    case 'aggregate':
      return { ...expr, expr: pinned(expr.expr, at), param: expr.param && pinned(expr.param, at) }
    case 'call':
      // The second argument of info is no vector, but conditions on labels.
      return { ...expr, args: expr.args.map((arg, i) => (expr.name === 'info' && i > 0 ? arg : pinned(arg, at))) }
  }
}
