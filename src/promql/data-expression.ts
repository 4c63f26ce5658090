import type { BinaryExpr, Expr } from './ast.ts'
import { typeOf } from './check.ts'
import { isComparison } from './token.ts'

/** Of these no sample is what is hoped for, or nothing that can be told from it. */
const ABSENT = new Set(['absent', 'absent_over_time'])
const OWN_SERIES = new Set(['ALERTS', 'ALERTS_FOR_STATE'])

interface Stripped {
  readonly expr: Expr
  /** Something was taken away. */
  readonly filters: boolean
}

/**
 * The expression without the comparisons that only let samples through: when it gives nothing there is nothing to compare.
 * Undefined when that cannot be told from the expression: it compares nothing, or asks whether something is absent.
 */
export function dataExpression(expr: Expr): Expr | undefined {
  const stripped = strip(expr)
  return stripped?.filters === true ? stripped.expr : undefined
}

function strip(expr: Expr): Stripped | undefined {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return { expr, filters: false }
    case 'vector-selector':
      return OWN_SERIES.has(expr.name) ? undefined : { expr, filters: false }
    case 'matrix-selector':
      return OWN_SERIES.has(expr.selector.name) ? undefined : { expr, filters: false }
    case 'paren':
    case 'unary':
    case 'subquery':
    case 'aggregate': {
      const inner = strip(expr.expr)
      return inner && { expr: { ...expr, expr: inner.expr }, filters: inner.filters }
    }
    case 'call': {
      if (ABSENT.has(expr.name)) return undefined
      const args = expr.args.map(strip)
      const known = args.filter((each) => each !== undefined)
      if (known.length < args.length) return undefined
      return { expr: { ...expr, args: known.map((each) => each.expr) }, filters: known.some(({ filters }) => filters) }
    }
    case 'binary':
      return stripBinary(expr)
  }
}

function stripBinary(expr: BinaryExpr): Stripped | undefined {
  const left = strip(expr.left)
  // What is taken away from the left says nothing of the data.
  if (expr.operator === 'unless') return left && { expr: left.expr, filters: true }
  const right = strip(expr.right)
  if (left === undefined || right === undefined) return undefined
  const both = { ...expr, left: left.expr, right: right.expr }
  if (!isComparison(expr.operator) || expr.bool) return { expr: both, filters: left.filters || right.filters }
  const { matching } = expr
  if (matching === undefined) return { expr: typeOf(expr.left) === 'scalar' ? right.expr : left.expr, filters: true }
  const isFromRight = matching.cardinality === 'one-to-many'
  const { span } = expr
  const inner: BinaryExpr = {
    ...both,
    operator: 'and',
    left: isFromRight ? right.expr : left.expr,
    right: isFromRight ? left.expr : right.expr,
    matching: { ...matching, cardinality: 'many-to-many', include: [], fillLeft: undefined, fillRight: undefined },
  }
  return { expr: { kind: 'paren', span, expr: inner }, filters: true }
}
