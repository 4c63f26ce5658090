import { Matcher, type MatchOperator, METRIC_NAME_LABEL } from '../series/index.ts'
import { quoted } from './quote.ts'
import { spanOf } from './source.ts'
import { LABEL_WORDS, memberOf, type Token } from './token.ts'
import type { TokenStream } from './token-stream.ts'
import { isEscapedByte } from './utf8.ts'
import { unquote } from './unquote.ts'

const isMatchOperator: (kind: string) => kind is MatchOperator = memberOf(['=', '!=', '=~', '!~'] as const)

/** `(a, "b c",)` */
export function parseGrouping(stream: TokenStream): readonly string[] {
  while (!stream.is('(')) {
    if (!stream.recovers()) continue
    stream.unexpected('grouping opts', '"("')
    return []
  }
  stream.take()
  const labels: string[] = []
  for (;;) {
    if (stream.accept(')')) return labels
    labels.push(groupingLabel(stream))
    while (!stream.is(',') && !stream.is(')')) {
      if (stream.recovers()) stream.unexpected('grouping opts', '"," or ")"')
    }
    if (stream.take().kind === ')') return labels
  }
}

function groupingLabel(stream: TokenStream): string {
  for (;;) {
    const token = stream.peek()
    if (token.kind === 'string' || LABEL_WORDS.has(token.kind)) {
      stream.take()
      const label = token.kind === 'string' ? unquote(token.text) : token.text
      if (!isLabelName(label)) stream.add(token, `invalid label name for grouping: ${quoted(label)}`)
      return label
    }
    if (!stream.recovers()) continue
    stream.unexpected('grouping opts', 'label')
    return ''
  }
}

/** Any text but the empty one, as long as it is UTF-8. */
function isLabelName(name: string): boolean {
  return name !== '' && !Array.from(name).some((char) => isEscapedByte(char.codePointAt(0) ?? 0))
}

/** `{a="b", "metric.name",}` from its brace on. */
export function parseMatchers(stream: TokenStream): readonly Matcher[] {
  stream.take()
  const matchers: Matcher[] = []
  for (;;) {
    if (stream.accept('}')) return matchers
    const matcher = parseMatcher(stream)
    if (matcher !== undefined) matchers.push(matcher)
    while (!stream.is(',') && !stream.is('}')) {
      if (stream.recovers()) stream.unexpected('label matching', '"," or "}"')
    }
    if (stream.take().kind === '}') return matchers
  }
}

function parseMatcher(stream: TokenStream): Matcher | undefined {
  for (;;) {
    const { kind } = stream.peek()
    if (kind === 'identifier' || kind === 'string') break
    if (!stream.recovers()) continue
    stream.unexpected('label matching', 'identifier or "}"')
    return undefined
  }
  const label = stream.take()
  const name = label.kind === 'string' ? unquote(label.text) : label.text
  for (;;) {
    const { kind } = stream.peek()
    if (isMatchOperator(kind)) {
      stream.take()
      return matchedValue(stream, label, name, kind)
    }
    if (label.kind === 'string') return new Matcher(METRIC_NAME_LABEL, '=', name)
    if (!stream.recovers()) continue
    stream.unexpected('label matching', 'label matching operator')
    return undefined
  }
}

function matchedValue(stream: TokenStream, label: Token, name: string, operator: MatchOperator): Matcher | undefined {
  while (!stream.is('string')) {
    if (!stream.recovers()) continue
    stream.unexpected('label matching', 'string')
    return undefined
  }
  const value = stream.take()
  try {
    return new Matcher(name, operator, unquote(value.text))
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    stream.add(spanOf(label.start, value.end), cause.message)
    return undefined
  }
}
