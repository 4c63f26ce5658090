import { namedChar } from './quote.ts'
import { isSurrogate } from './utf8.ts'

export type StringScan = { readonly ok: true; readonly end: number } | { readonly ok: false; readonly message: string }

const REPLACEMENT = 0xfffd
const MAX_CHAR = 0x10ffff
/** Digits, base and largest value of the escapes that are numbers. */
const NUMERIC: ReadonlyMap<string, readonly [count: number, base: number, max: number]> = new Map([
  ['x', [2, 16, 255]],
  ['u', [4, 16, MAX_CHAR]],
  ['U', [8, 16, MAX_CHAR]],
])
const OCTAL = [3, 8, 255] as const

/** Scans a string literal from its opening quote to the end of its closing one. */
export function scanString(text: string, start: number): StringScan {
  const quote = text[start] ?? ''
  const raw = quote === '`'
  for (let at = start + 1; at < text.length;) {
    const char = text.codePointAt(at) ?? 0
    if (isSurrogate(char) || char === REPLACEMENT) return { ok: false, message: 'invalid UTF-8 rune' }
    at += char > 0xffff ? 2 : 1
    if (char === quote.charCodeAt(0)) return { ok: true, end: at }
    if (raw) continue
    if (char === 0x0a) break
    if (char === 0x5c) {
      const escape = scanEscape(text, at, quote)
      if (!escape.ok) return escape
      at = escape.end
    }
  }
  return { ok: false, message: raw ? 'unterminated raw string' : 'unterminated quoted string' }
}

/** Scans what stands after a backslash. */
function scanEscape(text: string, start: number, quote: string): StringScan {
  const letter = text[start]
  if (letter === undefined) return { ok: false, message: 'escape sequence not terminated' }
  if ('abfnrtv\\'.includes(letter) || letter === quote) return { ok: true, end: start + 1 }
  const octal = letter >= '0' && letter <= '7'
  const numeric = octal ? OCTAL : NUMERIC.get(letter)
  if (numeric === undefined) {
    return { ok: false, message: `unknown escape sequence ${namedChar(text.codePointAt(start) ?? 0)}` }
  }
  const [count, base, max] = numeric
  const first = octal ? start : start + 1
  let value = 0
  for (let at = first; at < first + count; at++) {
    const char = text.codePointAt(at)
    if (char === undefined) return { ok: false, message: 'escape sequence not terminated' }
    const digit = Number.parseInt(String.fromCodePoint(char), base)
    if (Number.isNaN(digit)) return { ok: false, message: `illegal character ${namedChar(char)} in escape sequence` }
    value = value * base + digit
  }
  if (value > max || isSurrogate(value)) {
    return { ok: false, message: 'escape sequence is an invalid Unicode code point' }
  }
  return { ok: true, end: first + count }
}
