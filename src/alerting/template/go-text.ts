const SHORT: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
])
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

export function isPrintable(char: string): boolean {
  return PRINTABLE.test(char)
}

/** In quotes, as Go's %q; `ascii`: nothing above it stays as it is. */
export function goQuote(text: string, quote: '"' | "'" = '"', ascii = false): string {
  return quote + Array.from(text, (char) => escaped(char, quote, ascii)).join('') + quote
}

function escaped(char: string, quote: string, ascii: boolean): string {
  if (char === quote) return `\\${char}`
  const short = SHORT.get(char)
  if (short !== undefined) return short
  const code = char.codePointAt(0) ?? 0
  if (isPrintable(char) && !(ascii && code > 0x7e)) return char
  if (code < 0x80) return `\\x${hex(code, 2)}`
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

/** Whether a text can stand between backquotes: Go's strconv.CanBackquote. */
export function canBackquote(text: string): boolean {
  return Array.from(text).every((char) => {
    const code = char.codePointAt(0) ?? 0
    return (code >= 0x20 || char === '\t') && code !== 0x7f && code !== 0xfeff && char !== '`'
  })
}

/** `U+0023 '#'`, as Go's %#U. */
export function namedChar(char: string): string {
  const code = `U+${hex(char.codePointAt(0) ?? 0, 4).toUpperCase()}`
  return isPrintable(char) ? `${code} '${char}'` : code
}

const UNESCAPED: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 0x5c],
])
const PIECE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([abfnrtv\\'"]))|[^\\]/gsuy

/**
 * The text of a literal of Go in double quotes, single quotes or backquotes; undefined when it is none. Bytes that are
 * no UTF-8 are replaced.
 */
export function goUnquote(literal: string): string | undefined {
  const quote = literal.charAt(0)
  const body = literal.slice(1, -1)
  if (literal.length < 2 || !literal.endsWith(quote)) return undefined
  if (quote === '`') return body.includes('`') ? undefined : body.replaceAll('\r', '')
  const bytes: number[] = []
  const encoder = new TextEncoder()
  let end = 0
  for (const match of body.matchAll(PIECE)) {
    const [all, x, u, big, octal, letter] = match
    end = match.index + all.length
    const byte = x === undefined ? octal && Number.parseInt(octal, 8) : Number.parseInt(x, 16)
    const code = u ?? big
    if (typeof byte === 'number') bytes.push(byte)
    else if (code !== undefined) {
      const point = Number.parseInt(code, 16)
      if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return undefined
      bytes.push(...encoder.encode(String.fromCodePoint(point)))
    } else if (letter !== undefined) {
      if ((letter === '"' || letter === "'") && letter !== quote) return undefined
      bytes.push(UNESCAPED.get(letter) ?? letter.charCodeAt(0))
    } else if (all === quote || all === '\n') return undefined
    else bytes.push(...encoder.encode(all))
  }
  return end === body.length ? new TextDecoder().decode(Uint8Array.from(bytes)) : undefined
}

const INTEGER =
  /^([+-]?)(?:0[xX](_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)|0[bB](_?[01]+(?:_[01]+)*)|0[oO]?(_?[0-7]+(?:_[0-7]+)*)|(0|[1-9]\d*(?:_\d+)*|[1-9](?:_?\d)*))$/

/** An integer literal of Go, of any size; undefined when it is none. */
export function parseGoInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text)
  if (match === null) return undefined
  const [, sign, x, b, o, d] = match.map((part: string | undefined) => part?.replaceAll('_', ''))
  const digits = x !== undefined ? `0x${x}` : b !== undefined ? `0b${b}` : o !== undefined ? `0o${o}` : (d ?? '0')
  return sign === '-' ? -BigInt(digits) : BigInt(digits)
}

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const HEX_FLOAT = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)$/

/** What strconv.ParseFloat makes of a text; a fault says why it makes nothing. */
export function parseGoFloat(text: string): number | 'invalid syntax' | 'value out of range' {
  if (/^[+-]?(?:inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return Number.NaN
  if (text.includes('_')) {
    const joined = /(?:^|\D)_|_(?:\D|$)/.test(text.replace(/^[+-]?0[xX]_/, '0x')) && !/^[+-]?0[xX]/.test(text)
    return joined ? 'invalid syntax' : parseGoFloat(text.replaceAll('_', ''))
  }
  const hex = HEX_FLOAT.exec(text)
  if (hex !== null) {
    const [, sign, whole = '', fraction = '', exponent = '0'] = hex
    if (whole + fraction === '') return 'invalid syntax'
    const value = Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - fraction.length * 4)
    return sign === '-' ? -value : value
  }
  if (!FLOAT.test(text)) return 'invalid syntax'
  const value = Number(text)
  return Number.isFinite(value) ? value : 'value out of range'
}
