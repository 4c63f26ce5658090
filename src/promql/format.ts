import type { Expr } from './ast.ts'
import { aggregateHead, leftText, operatorText, printed, subqueryTail } from './print.ts'
import { byteLength } from './utf8.ts'

const MAX_LINE_BYTES = 100
const INDENT = '  '

/**
 * The query broken into indented lines where a part of it takes more than 100 bytes, its matchers sorted: what
 * `promtool promql format` writes.
 */
export function format(expr: Expr): string {
  return lines(expr, 0)
}

function lines(expr: Expr, level: number): string {
  const indent = INDENT.repeat(level)
  // Indentation does not count: a part is split for its own length.
  const whole = printed(expr, 'sorted')
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'vector-selector':
    case 'matrix-selector':
      return indent + whole
    case 'unary':
      return indent + expr.operator + lines(expr.expr, level).trimStart()
    case 'subquery':
      // Prometheus does not indent a subquery that fits.
      return fits(whole) ? whole : lines(expr.expr, level) + subqueryTail(expr)
    case 'paren':
      return fits(whole) ? indent + whole : `${indent}(\n${lines(expr.expr, level + 1)}\n${indent})`
    case 'call':
      if (fits(whole) || expr.args.length === 0) return indent + whole
      return `${indent}${expr.name}(\n${expr.args.map((arg) => lines(arg, level + 1)).join(',\n')}\n${indent})`
    case 'aggregate': {
      if (fits(whole)) return indent + whole
      const param = expr.param === undefined ? '' : `${lines(expr.param, level + 1)},\n`
      return `${indent}${aggregateHead(expr)}(\n${param}${lines(expr.expr, level + 1)}\n${indent})`
    }
    case 'binary':
      if (fits(whole)) return indent + whole
      return `${leftText(expr, (left) => lines(left, level + 1), INDENT + indent)}\n${indent}${operatorText(expr)}\n${lines(expr.right, level + 1)}`
  }
}

function fits(text: string): boolean {
  if (text.length > MAX_LINE_BYTES) return false
  let bytes = 0
  for (const char of text) bytes += byteLength(char.codePointAt(0) ?? 0)
  return bytes <= MAX_LINE_BYTES
}
