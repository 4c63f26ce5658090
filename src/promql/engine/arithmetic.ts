import type { HistogramValue } from '../../series/index.ts'
import type { BinaryExpr } from '../ast.ts'
import { type BinaryOperator, type Comparison, isComparison, isTrim } from '../token.ts'
import type { Annotations } from './annotations.ts'
import {
  addHistograms,
  asGauge,
  compact,
  type Combined,
  divideHistogram,
  multiplyHistogram,
  sameHistogram,
  subtractHistograms,
} from './histogram/index.ts'
import { trimHistogram } from './histogram/trim.ts'
import type { SampleValue } from './row.ts'

/** A value, or whether a comparison holds and what it keeps. */
export type Outcome = { readonly keep: boolean; readonly value: SampleValue }

export function scalarOperation(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    case '^':
      return power(a, b)
    case 'atan2':
      return Math.atan2(a, b)
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, a, b) ? 1 : 0
    case 'and':
    case 'or':
    case 'unless':
    case '</':
    case '>/':
      throw new Error(`BUG: no operation ${operator} of two numbers`)
  }
}

/** Go's power of one is one, and of minus one to an infinity. */
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Infinity || b === -Infinity))) return 1
  return a ** b
}

function compare(operator: Comparison, a: number, b: number): boolean {
  switch (operator) {
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
  }
}

/** Of two samples; undefined, with a note, when the operator has no meaning for them. */
export function operate(expr: BinaryExpr, a: SampleValue, b: SampleValue, notes: Annotations): Outcome | undefined {
  const { operator } = expr
  if (typeof a === 'number' && typeof b === 'number' && !isTrim(operator)) {
    return isComparison(operator)
      ? { keep: compare(operator, a, b), value: a }
      : { keep: true, value: scalarOperation(operator, a, b) }
  }
  const value = withHistogram(expr, a, b, notes)
  if (value !== undefined) return typeof value === 'boolean' ? { keep: value, value: a } : { keep: true, value }
  const name = (each: SampleValue): string => (typeof each === 'number' ? 'float' : 'histogram')
  notes.info(
    `incompatible sample types encountered for binary operator "${operator}": ${name(a)} ${operator} ${name(b)}`,
    expr.span,
  )
  return undefined
}

function withHistogram(
  expr: BinaryExpr,
  a: SampleValue,
  b: SampleValue,
  notes: Annotations,
): HistogramValue | boolean | undefined {
  const { operator } = expr
  if (typeof a === 'number') return typeof b === 'number' || operator !== '*' ? undefined : multiplied(b, a)
  if (typeof b === 'number') {
    if (operator === '*') return multiplied(a, b)
    if (operator === '/') return compact(divideHistogram(a, b))
    return isTrim(operator) ? trimHistogram(a, b, operator) : undefined
  }
  if (operator === '+') return noted(addHistograms(a, b), 'addition', expr, notes)
  if (operator === '-') {
    const difference = noted(subtractHistograms(a, b), 'subtraction', expr, notes)
    return typeof difference === 'object' ? asGauge(difference) : difference
  }
  if (operator === '==' || operator === '!=') return sameHistogram(a, b) === (operator === '==')
  return undefined
}

function multiplied(histogram: HistogramValue, factor: number): HistogramValue {
  return compact(multiplyHistogram(histogram, factor))
}

function noted(
  combined: Combined | undefined,
  what: 'addition' | 'subtraction',
  { span }: BinaryExpr,
  notes: Annotations,
): HistogramValue | false | undefined {
  if (combined === undefined) {
    notes.warn('vector contains a mix of histograms with exponential and custom buckets schemas', span)
    return false
  }
  if (combined.resetsCollide) notes.warn(`conflicting counter resets during histogram ${what}`, span)
  if (combined.boundsReconciled) notes.info(`mismatched custom buckets were reconciled during ${what}`, span)
  return compact(combined.value)
}
