import { formatDuration, type Matcher, METRIC_NAME_LABEL } from '../series/index.ts'
import {
  type AggregateExpr,
  type At,
  type BinaryExpr,
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

/** The query on one line, as Prometheus writes it; parsing it gives the same tree again. */
export function print(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return number(expr)
    case 'string':
      return quoted(expr.value)
    case 'paren':
      return `(${print(expr.expr)})`
    case 'unary':
      return `${expr.operator}${print(expr.expr)}`
    case 'call':
      return `${expr.name}(${expr.args.map(print).join(', ')})`
    case 'aggregate':
      return `${aggregateHead(expr)}(${expr.param === undefined ? '' : `${print(expr.param)}, `}${print(expr.expr)})`
    case 'binary':
      return `${print(expr.left)} ${operatorText(expr)} ${print(expr.right)}`
    case 'vector-selector':
      return `${selector(expr)}${bounds(expr)}${at(expr.at)}${offset(expr.offset)}`
    case 'matrix-selector': {
      const { selector: inner, range } = expr
      return `${selector(inner)}[${duration(range)}]${bounds(inner)}${at(inner.at)}${offset(inner.offset)}`
    }
    case 'subquery':
      return `${print(expr.expr)}${subqueryTail(expr)}`
  }
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
  return `[${duration(expr.range)}:${step}]${at(expr.at)}${offset(expr.offset)}`
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

function selector({ name, matchers }: VectorSelector): string {
  const inside = name === '' ? matchers : matchers.slice(0, -1)
  if (inside.length === 0) return name === '' ? '{}' : name
  return `${name}{${inside.map(matcherText).join(',')}}`
}

/** A name that stands in quotes alone reads back as the same matcher. */
function matcherText({ name, operator, value }: Matcher): string {
  if (name === METRIC_NAME_LABEL && operator === '=' && !LISTED_NAME.test(value)) return quoted(value)
  return `${LABEL_NAME.test(name) ? name : quoted(name)}${operator}${quoted(value)}`
}

function bounds({ bounds: kind }: VectorSelector): string {
  return kind === 'plain' ? '' : ` ${kind}`
}

function at(moment: At | undefined): string {
  if (moment === undefined) return ''
  return moment.kind === 'time' ? ` @ ${(moment.ms / 1000).toFixed(3)}` : ` @ ${moment.kind}()`
}

function offset(amount: Duration): string {
  if (isNoOffset(amount)) return ''
  // Operators after an offset are the query's: what is calculated needs parentheses.
  return ` offset ${amount.kind === 'duration-operation' ? `(${duration(amount)})` : duration(amount)}`
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
      return `${durationPart(part.left)} ${part.operator} ${durationPart(part.right)}`
    case 'duration-parens':
      return `(${durationPart(part.inner)})`
  }
}

function number({ value, duration: isDuration }: { readonly value: number; readonly duration: boolean }): string {
  if (!isDuration) return decimal(value)
  const ms = Math.round(Math.abs(value) * 1000)
  return `${Object.is(Math.sign(value), -1) || Object.is(value, -0) ? '-' : ''}${formatDuration(ms)}`
}
