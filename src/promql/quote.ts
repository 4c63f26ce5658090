import { isEscapedByte } from './utf8.ts'

const SHORT: ReadonlyMap<number, string> = new Map([
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
  [0x5c, '\\\\'],
])
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u
const REPLACEMENT = 0xfffd

/** In double quotes as Go writes them, which PromQL reads back. */
export function quoted(text: string): string {
  return `"${Array.from(text, (each) => escaped(each.codePointAt(0) ?? 0, '"')).join('')}"`
}

/** One character in single quotes, as Go's %q; -1 is the end of the text. */
export function quotedChar(char: number): string {
  return `'${escaped(char < 0 || isEscapedByte(char) ? REPLACEMENT : char, "'")}'`
}

/** `U+0041 'A'`, as Go's %#U. */
export function namedChar(char: number): string {
  const code = `U+${char.toString(16).toUpperCase().padStart(4, '0')}`
  const text = String.fromCodePoint(char)
  return PRINTABLE.test(text) ? `${code} '${text}'` : code
}

function escaped(char: number, quote: string): string {
  const text = String.fromCodePoint(char)
  if (text === quote) return `\\${quote}`
  const short = SHORT.get(char)
  if (short !== undefined) return short
  if (isEscapedByte(char)) return `\\x${hex(char & 0xff, 2)}`
  if (PRINTABLE.test(text)) return text
  if (char < 0x80) return `\\x${hex(char, 2)}`
  return char < 0x10000 ? `\\u${hex(char, 4)}` : `\\U${hex(char, 8)}`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
