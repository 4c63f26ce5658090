import { compareText, formatDuration, type Matcher } from '../series/index.ts'
import {
  type AggregateExpr,
  type At,
  type BinaryExpr,
  type Bounds,
  type Duration,
  type DurationPart,
  type Expr,
  type SubqueryExpr,
  type VectorMatching,
  type VectorSelector,
} from './ast.ts'
import { isNoOffset } from './modifiers.ts'
import { decimal } from './decimal.ts'
import { quoted } from './quote.ts'

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/
/** A list of labels takes names of metrics too. */
const LISTED_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
/** Words that a list of labels does not take for names. */
const UNLISTED = /^(without|inf|nan)$/i

/** In what order a selector's matchers are written. */
export type MatcherOrder = 'given' | 'sorted'

/** The query on one line; parsing it gives the same tree again. */
export function print(expr: Expr): string {
  return printed(expr, 'given')
}

/** The query on one line, as Prometheus writes it with its matchers sorted, or with them as they are. */
export function printed(expr: Expr, order: MatcherOrder): string {
  const inner = (each: Expr): string => printed(each, order)
  switch (expr.kind) {
    case 'number':
      return number(expr)
    case 'string':
      return quoted(expr.value)
    case 'paren':
      return `(${inner(expr.expr)})`
    case 'unary':
      return `${expr.operator}${inner(expr.expr)}`
    case 'call':
      return `${expr.name}(${expr.args.map(inner).join(', ')})`
    case 'aggregate':
      return `${aggregateHead(expr)}(${expr.param === undefined ? '' : `${inner(expr.param)}, `}${inner(expr.expr)})`
    case 'binary':
      return `${leftText(expr, inner)} ${operatorText(expr)} ${inner(expr.right)}`
    case 'vector-selector':
      return `${selector(expr, order)}${modifiers(expr)}`
    case 'matrix-selector': {
      const { selector: own, range } = expr
      return `${selector(own, order)}[${duration(range)}]${modifiers(own)}`
    }
    case 'subquery':
      return `${inner(expr.expr)}${subqueryTail(expr)}`
  }
}

/** The left side of a binary expression. As a base infinity has no sign: it would be the power's. */
export function leftText({ operator, left }: BinaryExpr, inner: (each: Expr) => string, indent: string = ''): string {
  return operator === '^' && left.kind === 'number' && left.value === Infinity ? `${indent}Inf` : inner(left)
}

/** `sum by (job) `, before the parenthesis. */
export function aggregateHead({ operator, grouping, without }: AggregateExpr): string {
  if (without) return `${operator} without ${labelList(grouping)} `
  return grouping.length > 0 ? `${operator} by ${labelList(grouping)} ` : operator
}

/** The operator of a binary expression with all that modifies it. */
export function operatorText({ operator, bool, matching }: BinaryExpr): string {
  return `${operator}${bool ? ' bool' : ''}${matching === undefined ? '' : matchingText(matching)}`
}

/** `[5m:1m] @ 10.000 offset 5m`, after the inner expression. */
export function subqueryTail(expr: SubqueryExpr): string {
  const step = expr.step === undefined ? '' : duration(expr.step)
  return `[${duration(expr.range)}:${step}]${modifiers(expr)}`
}

function matchingText({ cardinality, on, labels, include, fillLeft, fillRight }: VectorMatching): string {
  const grouped = cardinality === 'many-to-one' || cardinality === 'one-to-many'
  let text = ''
  if (on || labels.length > 0 || grouped) text += ` ${on ? 'on' : 'ignoring'} ${labelList(labels)}`
  if (grouped) text += ` group_${cardinality === 'many-to-one' ? 'left' : 'right'} ${labelList(include)}`
  if (fillLeft !== undefined && Object.is(fillLeft, fillRight)) return `${text} fill (${decimal(fillLeft)})`
  if (fillLeft !== undefined) text += ` fill_left (${decimal(fillLeft)})`
  if (fillRight !== undefined) text += ` fill_right (${decimal(fillRight)})`
  return text
}

function labelList(labels: readonly string[]): string {
  const plain = (label: string): boolean => LISTED_NAME.test(label) && !UNLISTED.test(label)
  return `(${labels.map((label) => (plain(label) ? label : quoted(label))).join(', ')})`
}

function selector({ name, matchers }: VectorSelector, order: MatcherOrder): string {
  const inside = (name === '' ? matchers : matchers.slice(0, -1)).map(matcherText)
  if (inside.length === 0) return name === '' ? '{}' : name
  return `${name}{${(order === 'sorted' ? inside.sort(compareText) : inside).join(',')}}`
}

function matcherText({ name, operator, value }: Matcher): string {
  return `${LABEL_NAME.test(name) ? name : quoted(name)}${operator}${quoted(value)}`
}

interface Modified {
  readonly bounds?: Bounds
  readonly at: At | undefined
  readonly offset: Duration
}

/** An offset in parentheses takes the operators that follow, so whatever else there is follows it. */
function modifiers({ bounds = 'plain', at, offset }: Modified): string {
  const offsetText = isNoOffset(offset) ? '' : ` offset ${duration(offset)}`
  const rest = `${bounds === 'plain' ? '' : ` ${bounds}`}${at === undefined ? '' : ` @ ${moment(at)}`}`
  return offset.kind === 'duration-parens' ? offsetText + rest : rest + offsetText
}

function moment(at: At): string {
  return at.kind === 'time' ? (at.ms / 1000).toFixed(3) : `${at.kind}()`
}

function duration(amount: Duration): string {
  if (amount.kind !== 'fixed') return durationPart(amount)
  // Less than a millisecond was given, and counts as none.
  if (amount.ms === 0) return '0.0001'
  return amount.ms < 0 ? `-${formatDuration(-amount.ms)}` : formatDuration(amount.ms)
}

function durationPart(part: DurationPart): string {
  switch (part.kind) {
    case 'number':
      return number(part)
    case 'duration-value':
      return `${part.name}()`
    case 'duration-choice':
      return `${part.name}(${part.args.map(durationPart).join(', ')})`
    case 'duration-negation':
      return `-${durationPart(part.operand)}`
    case 'duration-operation':
      return `${leftOf(part)} ${part.operator} ${durationPart(part.right)}`
    case 'duration-parens':
      return `(${durationPart(part.inner)})`
  }
}

/** A sign before a power would be the power's: a negative number needs its parentheses back. */
function leftOf({ left, operator }: Extract<DurationPart, { kind: 'duration-operation' }>): string {
  const text = durationPart(left)
  return operator === '^' && left.kind === 'number' && text.startsWith('-') ? `(${text})` : text
}

function number({ value, duration: isDuration }: { readonly value: number; readonly duration: boolean }): string {
  if (!isDuration) return decimal(value)
  const ms = Math.round(Math.abs(value) * 1000)
  return `${Object.is(Math.sign(value), -1) || Object.is(value, -0) ? '-' : ''}${formatDuration(ms)}`
}
