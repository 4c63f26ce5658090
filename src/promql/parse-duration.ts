import type { Duration, DurationExpr, DurationOperator, DurationPart, NumberLiteral } from './ast.ts'
import { parseNumber } from './parse-number.ts'
import { spanOf, type Span } from './source.ts'
import type { Token } from './token.ts'
import type { TokenStream } from './token-stream.ts'

const LIMIT_SECONDS = 2 ** 63 / 1e9
const BINDING: ReadonlyMap<string, readonly [operator: DurationOperator, binding: number]> = new Map([
  ['+', ['+', 1]],
  ['-', ['-', 1]],
  ['*', ['*', 2]],
  ['/', ['/', 2]],
  ['%', ['%', 2]],
  ['^', ['^', 3]],
])
const UNARY_BINDING = 2
const RIGHT_TO_LEFT = 3

/** A range or a step, in brackets. */
export function parsePositiveDuration(stream: TokenStream): Duration {
  const part = parsePart(stream, 0)
  if (part.kind !== 'number') return part
  if (!(part.value > 0)) stream.add(part.span, 'duration must be greater than 0')
  return fixed(part)
}

/**
 * What stands after `offset`. With a value, or a sign and a value or parentheses, it is complete, and operators after it
 * are the query's; what begins with parentheses or two signs goes on as far as it can.
 */
export function parseOffsetDuration(stream: TokenStream): Duration {
  const part = parseOffsetPart(stream)
  return part.kind === 'number' ? fixed(inRange(stream, part)) : enclosed(part)
}

function parseOffsetPart(stream: TokenStream): DurationPart {
  const sign = stream.peek()
  if (sign.kind === '(') return parsePart(stream, 0)
  if (sign.kind !== '+' && sign.kind !== '-') return parseOffsetValue(stream)
  stream.take()
  const { kind } = stream.peek()
  if (kind !== '+' && kind !== '-') return signed(sign, parseOffsetValue(stream))
  return stream.deeper(() => parseOperations(stream, signed(sign, parsePart(stream, UNARY_BINDING)), 0))
}

/** The range of a number is checked when its sign is known. */
function parseOffsetValue(stream: TokenStream): DurationPart {
  return stream.is('number') || stream.is('duration') ? parseNumber(stream) : parsePrimary(stream)
}

/** What is not complete in itself is kept in parentheses: written back without them, it would take what follows. */
function enclosed(part: DurationExpr): DurationExpr {
  const { kind } = part.kind === 'duration-negation' ? part.operand : part
  if (kind !== 'duration-operation' && kind !== 'duration-negation') return part
  return Object.freeze({ kind: 'duration-parens', inner: part, span: part.span })
}

/** Whole milliseconds of a literal's nanoseconds. */
function fixed({ value }: NumberLiteral): Duration {
  return Object.freeze({ kind: 'fixed', ms: Math.trunc(Math.round(value * 1e9) / 1e6) + 0 })
}

function parsePart(stream: TokenStream, binding: number): DurationPart {
  return stream.deeper(() => parseOperations(stream, parseSigned(stream), binding))
}

function parseOperations(stream: TokenStream, first: DurationPart, binding: number): DurationPart {
  let left = first
  for (;;) {
    const { height } = stream
    const token = stream.peek()
    const [operator, own] = BINDING.get(token.kind) ?? []
    if (operator === undefined || own === undefined || own <= binding) return left
    stream.take()
    const right = parsePart(stream, own === RIGHT_TO_LEFT ? own - 1 : own)
    stream.raise(height, stream.height)
    if ((operator === '/' || operator === '%') && right.kind === 'number' && right.value === 0) {
      stream.add(token, operator === '/' ? 'division by zero' : 'modulo by zero')
      continue
    }
    left = Object.freeze({
      kind: 'duration-operation',
      operator,
      left,
      right,
      span: spanOf(left.span.start, right.span.end),
    })
  }
}

function parseSigned(stream: TokenStream): DurationPart {
  const sign = stream.peek()
  if (sign.kind !== '+' && sign.kind !== '-') return parsePrimary(stream)
  stream.take()
  return signed(sign, parsePart(stream, UNARY_BINDING))
}

/** A sign before a number belongs to the number. */
function signed({ kind, start }: Token, inner: DurationPart): DurationPart {
  const span = spanOf(start, inner.span.end)
  if (inner.kind === 'number')
    return Object.freeze({ ...inner, value: kind === '-' ? -inner.value : inner.value, span })
  return kind === '+' ? inner : Object.freeze({ kind: 'duration-negation', operand: inner, span })
}

function parsePrimary(stream: TokenStream): DurationPart {
  for (;;) {
    const { kind, start } = stream.peek()
    if (kind === 'number' || kind === 'duration') return inRange(stream, parseNumber(stream))
    if (kind === 'step' || kind === 'range') {
      stream.take()
      stream.expect('(')
      return Object.freeze({ kind: 'duration-value', name: kind, span: spanOf(start, stream.expect(')').end) })
    }
    if (kind === 'min_of' || kind === 'max_of') return parseChoice(stream, kind)
    if (kind === '(') {
      stream.take()
      const inner = parsePart(stream, 0)
      return parenthesized(inner, spanOf(start, stream.expect(')').end))
    }
    stream.fail()
  }
}

function parseChoice(stream: TokenStream, name: 'min_of' | 'max_of'): DurationExpr {
  const { start } = stream.take()
  stream.expect('(')
  const first = parsePart(stream, 0)
  const { height } = stream
  stream.expect(',')
  const second = parsePart(stream, 0)
  stream.raise(height, stream.height)
  const span = spanOf(start, stream.expect(')').end)
  return Object.freeze({ kind: 'duration-choice', name, args: Object.freeze([first, second] as const), span })
}

/** Parentheses around a number, or around parentheses, mean nothing. */
function parenthesized(inner: DurationPart, span: Span): DurationPart {
  if (inner.kind === 'number' || inner.kind === 'duration-parens') return inner
  const wrapped: DurationExpr = { kind: 'duration-parens', inner, span }
  return Object.freeze(wrapped)
}

function inRange(stream: TokenStream, literal: NumberLiteral): NumberLiteral {
  if (!(Math.abs(literal.value) <= LIMIT_SECONDS)) stream.add(literal.span, 'duration out of range')
  return literal
}
