import { operatorOf } from './match-operator.ts'
import type { ParsedMatcher, ParsedMatchers } from './matchers.ts'

const MATCHER = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*$/s

/** The grammar of Alertmanager before 0.27. */
export function parseClassic(text: string): ParsedMatchers {
  const matchers: ParsedMatcher[] = []
  for (const part of parts(text.replace(/^\{/, '').replace(/\}$/, ''))) {
    const matcher = parseOne(part)
    if ('fault' in matcher) return matcher
    matchers.push(matcher)
  }
  return { matchers }
}

/** What stands between commas that are outside of quotes. */
function parts(text: string): readonly string[] {
  const found: string[] = []
  let part = ''
  let isQuoted = false
  let isEscaped = false
  for (const char of text) {
    if (char === ',' && !isQuoted) {
      found.push(part)
      part = ''
      continue
    }
    if (char === '"') {
      if (isEscaped) isEscaped = false
      else isQuoted = !isQuoted
    } else isEscaped = char === '\\' && !isEscaped
    part += char
  }
  return part.trim() === '' ? found : [...found, part.trim()]
}

function parseOne(text: string): ParsedMatcher | { readonly fault: string } {
  const [, name = '', operator = '', written = ''] = MATCHER.exec(text) ?? []
  if (name === '') return { fault: `bad matcher format: ${text}` }
  const stray = { fault: `matcher value contains unescaped double quote: ${written}` }
  const isQuoted = written.startsWith('"')
  const raw = isQuoted ? written.slice(1) : written
  let value = ''
  let isClosed = !isQuoted
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i] ?? ''
    const next = raw[i + 1]
    if (char === '\\' && next !== undefined) {
      i++
      value += next === 'n' ? '\n' : next === '"' || next === '\\' ? next : `\\${next}`
    } else if (char === '"') {
      if (isClosed || next !== undefined) return stray
      isClosed = true
    } else value += char
  }
  return isClosed ? { name, operator: operatorOf(operator), value } : stray
}
