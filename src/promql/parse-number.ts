import type { NumberLiteral } from './ast.ts'
import { quoted } from './quote.ts'
import { spanOf } from './source.ts'
import type { Token } from './token.ts'
import type { TokenStream } from './token-stream.ts'

/** Unit, its place in the order of units, and how many milliseconds it has. */
const UNITS: ReadonlyMap<string, readonly [place: number, ms: number]> = new Map([
  ['ms', [7, 1]],
  ['s', [6, 1000]],
  ['m', [5, 60_000]],
  ['h', [4, 3_600_000]],
  ['d', [3, 86_400_000]],
  ['w', [2, 7 * 86_400_000]],
  ['y', [1, 365 * 86_400_000]],
])
const MAX_DURATION_MS = 2 ** 63 / 1e6
/** Zeros in front included; longer numbers are read as floats. */
const MAX_INT_DIGITS = 400
const INT_LIMIT = 2n ** 63n

/** The next token, a number or a duration, as a literal. */
export function parseNumber(stream: TokenStream): NumberLiteral {
  const token = stream.take()
  const value = token.kind === 'duration' ? durationSeconds(stream, token) : numberValue(stream, token)
  return Object.freeze({
    kind: 'number',
    value,
    duration: token.kind === 'duration',
    span: spanOf(token.start, token.end),
  })
}

/** A number or a duration, with a sign or without. */
export function parseSignedNumber(stream: TokenStream): NumberLiteral {
  for (;;) {
    const { kind, start } = stream.peek()
    if (kind === 'number' || kind === 'duration') return parseNumber(stream)
    if (kind === '+' || kind === '-') {
      stream.take()
      while (!stream.is('number') && !stream.is('duration')) stream.fail()
      const literal = parseNumber(stream)
      const value = kind === '-' ? -literal.value : literal.value
      return Object.freeze({ ...literal, value, span: spanOf(start, literal.span.end) })
    }
    stream.fail()
  }
}

function durationSeconds(stream: TokenStream, token: Token): number {
  const read = readDuration(token.text)
  if (typeof read === 'number') return read / 1000
  stream.add(token, read.fault)
  return 0
}

/** Milliseconds, or what is wrong. */
function readDuration(text: string): number | { readonly fault: string } {
  const invalid = { fault: `not a valid duration string: ${quoted(text)}` }
  let ms = 0
  let lastPlace = 0
  for (const [part, count = '', unit = ''] of text.matchAll(/(\d*)(\D*)/g)) {
    if (part === '') break
    if (count === '' || unit === '') return invalid
    const [place, size] = UNITS.get(unit) ?? []
    if (place === undefined || size === undefined) {
      return { fault: `unknown unit ${quoted(unit)} in duration ${quoted(text)}` }
    }
    if (place <= lastPlace) return invalid
    lastPlace = place
    ms += Number(count) * size
    if (ms >= MAX_DURATION_MS) return { fault: 'duration out of range' }
  }
  return ms
}

function numberValue(stream: TokenStream, token: Token): number {
  const { text } = token
  const value = integer(text) ?? float(text)
  if (value !== undefined && (Number.isFinite(value) || /^(inf|nan)$/i.test(text))) return value
  const fault = value === undefined ? 'invalid syntax' : 'value out of range'
  stream.add(token, `error parsing number: strconv.ParseFloat: parsing ${quoted(text)}: ${fault}`)
  return 0
}

/** Go's integer literals: hexadecimal, octal with a leading 0, decimal; underscores between digits. */
function integer(text: string): number | undefined {
  const plain = text.replaceAll('_', '')
  if (plain.length > MAX_INT_DIGITS) return undefined
  const value = /^0[xX]_?[0-9a-fA-F]+(_[0-9a-fA-F]+)*$/.test(text)
    ? BigInt(plain)
    : /^0_?[0-7]+(_[0-7]+)*$/.test(text)
      ? BigInt(`0o${plain}`)
      : /^(0|[1-9]\d*(_\d+)*)$/.test(text)
        ? BigInt(plain)
        : undefined
  return value !== undefined && value < INT_LIMIT ? Number(value) : undefined
}

function float(text: string): number | undefined {
  if (/^inf$/i.test(text)) return Infinity
  if (/^nan$/i.test(text)) return NaN
  const sound = /^(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i.test(text)
  return sound ? Number(text.replaceAll('_', '')) : undefined
}
