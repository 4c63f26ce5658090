import { decodeUtf8, encodeUtf8 } from './utf8.ts'

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs
const LETTERS: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
])

/** The text of a string literal that the lexer has found to be sound. */
export function unquote(literal: string): string {
  const body = literal.slice(1, -1)
  if (literal.startsWith('`') || !body.includes('\\')) return body
  const pieces: (readonly number[])[] = []
  let at = 0
  for (const match of body.matchAll(ESCAPE)) {
    pieces.push(encodeUtf8(body.slice(at, match.index)), escapedBytes(match))
    at = match.index + match[0].length
  }
  pieces.push(encodeUtf8(body.slice(at)))
  return decodeUtf8(pieces.flat())
}

/** `\x` and octal escapes are bytes; the others are characters. */
function escapedBytes([, x, u, big, octal, letter = '']: RegExpExecArray): readonly number[] {
  if (x !== undefined) return [Number.parseInt(x, 16)]
  if (octal !== undefined) return [Number.parseInt(octal, 8)]
  const code = u ?? big
  if (code !== undefined) return encodeUtf8(String.fromCodePoint(Number.parseInt(code, 16)))
  return encodeUtf8(String.fromCharCode(LETTERS.get(letter) ?? letter.charCodeAt(0)))
}
