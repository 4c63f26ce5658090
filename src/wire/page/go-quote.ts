import { isUtf8 } from 'node:buffer'

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\u000b', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\\', '\\\\'],
  ['"', '\\"'],
])
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u
/** A message quotes no more of a page. */
const MAX_BYTES = 4096

/** Bytes of a page in double quotes, as Go's %q writes them. What is too long for a message ends in three points. */
export function goQuoted(bytes: Buffer, start: number, end: number): string {
  const stop = Math.min(end, start + MAX_BYTES)
  let text = ''
  for (let at = start; at < stop;) {
    const size = sizeOfCharacter(bytes, at, stop)
    text += size === 0 ? escapedByte(bytes[at] ?? 0) : escaped(bytes.toString('utf8', at, at + size))
    at += size || 1
  }
  return stop < end ? `"${text}..."` : `"${text}"`
}

export function goQuotedText(text: string): string {
  const bytes = Buffer.from(text)
  return goQuoted(bytes, 0, bytes.length)
}

/** Bytes of the character, 0 when what is there is none. */
function sizeOfCharacter(bytes: Buffer, at: number, end: number): number {
  const lead = bytes[at] ?? 0
  const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  return at + size <= end && isUtf8(bytes.subarray(at, at + size)) ? size : 0
}

function escaped(char: string): string {
  const short = SHORT.get(char)
  if (short !== undefined) return short
  if (PRINTABLE.test(char)) return char
  const code = char.codePointAt(0) ?? 0
  if (code < 0x80) return escapedByte(code)
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

function escapedByte(byte: number): string {
  return `\\x${hex(byte, 2)}`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
