import { type Expr, parse, print } from 'boxman/promql'

const COMPARISONS = ['>', '>=', '<', '<=', '==', '!='] as const
type Comparison = (typeof COMPARISONS)[number]

const TURNED: Readonly<Record<Comparison, Comparison>> = {
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
  '==': '==',
  '!=': '!=',
}

/** What is measured, and what it is compared with. */
export interface Threshold {
  readonly expr: string
  readonly operator: Comparison
  readonly value: number
  /** What else has to hold, such as `and rate(b[5m]) > 1`. */
  readonly rest: string
}

/** Undefined: the expression compares nothing with a number. */
export function thresholdOf(text: string): Threshold | undefined {
  const parsed = parse(text)
  return parsed.ok ? within(parsed.expr) : undefined
}

function within(expr: Expr): Threshold | undefined {
  if (expr.kind === 'paren') return within(expr.expr)
  if (expr.kind !== 'binary') return undefined
  const { operator, left, right } = expr
  if (operator === 'and' || operator === 'unless') {
    const found = within(left)
    return found && { ...found, rest: [found.rest, operator, print(right)].filter((part) => part !== '').join(' ') }
  }
  const comparison = COMPARISONS.find((each) => each === operator)
  if (comparison === undefined) return undefined
  const [onRight, onLeft] = [numberIn(right), numberIn(left)]
  if (onRight !== undefined) return { expr: print(left), operator: comparison, value: onRight, rest: '' }
  if (onLeft !== undefined) return { expr: print(right), operator: TURNED[comparison], value: onLeft, rest: '' }
  return undefined
}

/** Of what is written in numbers alone. */
function numberIn(expr: Expr): number | undefined {
  if (expr.kind === 'number') return expr.value
  if (expr.kind === 'paren') return numberIn(expr.expr)
  if (expr.kind === 'unary') {
    const value = numberIn(expr.expr)
    return value === undefined ? undefined : expr.operator === '-' ? -value : value
  }
  if (expr.kind !== 'binary') return undefined
  const [left, right] = [numberIn(expr.left), numberIn(expr.right)]
  if (left === undefined || right === undefined) return undefined
  if (expr.operator === '*') return left * right
  if (expr.operator === '/') return left / right
  if (expr.operator === '+') return left + right
  return expr.operator === '-' ? left - right : undefined
}
