import { goUnquote } from '../template/go-text.ts'
import { operatorOf } from './match-operator.ts'
import type { ParsedMatcher, ParsedMatchers } from './matchers.ts'

interface Token {
  readonly kind: '{' | '}' | ',' | 'operator' | 'quoted' | 'unquoted' | 'end'
  readonly text: string
  readonly at: number
}

class MatcherFault extends Error {}

/** Go's space, and what stands for itself. */
const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/
const RESERVED = /[{}!=~,\\"'`]/

/** The grammar since Alertmanager 0.27: any name in quotes, many without. */
export function parseUtf8(text: string): ParsedMatchers {
  try {
    return { matchers: parse([...tokens(text)]) }
  } catch (cause) {
    if (cause instanceof MatcherFault) return { fault: cause.message }
    throw cause
  }
}

function parse(all: readonly Token[]): readonly ParsedMatcher[] {
  let place = 0
  const end = all.at(-1) ?? { kind: 'end', text: '', at: 0 }
  const peek = (): Token => all[place] ?? end
  const take = (kinds: readonly Token['kind'][], wanted: string): Token => {
    const token = peek()
    if (!kinds.includes(token.kind)) throw new MatcherFault(unexpected(token, wanted))
    place++
    return token
  }
  const matchers: ParsedMatcher[] = []
  const isBraced = peek().kind === '{'
  if (isBraced) place++
  const last = isBraced ? '}' : 'end'
  const closing = isBraced ? 'close brace' : 'end of input'
  while (peek().kind !== last) {
    const name = take(['quoted', 'unquoted'], `label name or ${closing}`)
    const operator = take(['operator'], 'an operator such as =, !=, =~ or !~')
    const value = take(['quoted', 'unquoted'], 'label value')
    matchers.push({ name: unquoted(name), operator: operatorOf(operator.text), value: unquoted(value) })
    if (peek().kind !== last) take([','], `a comma or ${closing}`)
  }
  if (isBraced) take(['}'], 'close brace')
  take(['end'], 'end of input')
  return matchers
}

function unexpected({ kind, text, at }: Token, wanted: string): string {
  const found = kind === 'end' ? 'end of input' : text
  return `${at}: unexpected ${found}: expected ${wanted}`
}

function* tokens(text: string): Iterable<Token> {
  let at = 0
  while (at < text.length) {
    const char = text[at] ?? ''
    if (SPACE.test(char)) {
      at++
      continue
    }
    const token = tokenAt(text, at)
    yield token
    at += token.text.length
  }
  yield { kind: 'end', text: '', at }
}

function tokenAt(text: string, at: number): Token {
  const char = text[at] ?? ''
  if (char === '{' || char === '}' || char === ',') return { kind: char, text: char, at }
  if (char === '=' || char === '!') {
    const next = text[at + 1]
    if (next === '~' || (char === '!' && next === '=')) return { kind: 'operator', text: char + next, at }
    if (char === '=') return { kind: 'operator', text: '=', at }
    throw new MatcherFault(`${at}: unexpected ${next ?? 'end of input'} after !: expected one of '=~'`)
  }
  if (char === '"') return { kind: 'quoted', text: quotedAt(text, at), at }
  if (RESERVED.test(char))
    throw new MatcherFault(`${at}: unexpected ${char}: put names and values with it in double quotes`)
  let end = at
  while (end < text.length && !SPACE.test(text[end] ?? '') && !RESERVED.test(text[end] ?? '')) end++
  return { kind: 'unquoted', text: text.slice(at, end), at }
}

function quotedAt(text: string, at: number): string {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++
    else if (text[end] === '"') return text.slice(at, end + 1)
  }
  throw new MatcherFault(`${at}: quoted text is not closed: expected "`)
}

/** As Go's strconv.Unquote, and all of it must be UTF-8. */
function unquoted({ kind, text, at }: Token): string {
  if (kind !== 'quoted') return text
  const value = goUnquote(text)
  if (value === undefined) throw new MatcherFault(`${at}: ${text}: invalid syntax; write a backslash as \\\\`)
  const isReplaced = value.includes('\ufffd') && !/\ufffd|\\u[fF]{3}[dD]|\\U0000[fF]{3}[dD]/.test(text)
  if (isReplaced) throw new MatcherFault(`${at}: ${text}: quoted text contains invalid UTF-8`)
  return value
}
