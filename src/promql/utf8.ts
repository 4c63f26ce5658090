/**
 * A byte that is no UTF-8 is carried through texts as U+DC00 plus the byte, half a pair of surrogates, so that no text
 * loses anything: the way of Python's surrogateescape.
 */
const ESCAPED_BYTE = 0xdc00

/** How many bytes a code point takes in UTF-8; an escaped byte takes one. */
export function byteLength(char: number): number {
  if (char < 0x80 || isEscapedByte(char)) return 1
  if (char < 0x800) return 2
  return char < 0x10000 ? 3 : 4
}

export function isSurrogate(char: number): boolean {
  return char >= 0xd800 && char <= 0xdfff
}

export function isEscapedByte(char: number): boolean {
  return char >= ESCAPED_BYTE + 0x80 && char <= ESCAPED_BYTE + 0xff
}

export function encodeUtf8(text: string): number[] {
  const bytes: number[] = []
  for (const each of text) {
    const char = each.codePointAt(0) ?? 0
    if (isEscapedByte(char)) bytes.push(char - ESCAPED_BYTE)
    else if (char < 0x80) bytes.push(char)
    else if (char < 0x800) bytes.push(0xc0 | (char >> 6), tail(char))
    else if (char < 0x10000) bytes.push(0xe0 | (char >> 12), tail(char >> 6), tail(char))
    else bytes.push(0xf0 | (char >> 18), tail(char >> 12), tail(char >> 6), tail(char))
  }
  return bytes
}

export function decodeUtf8(bytes: readonly number[]): string {
  let text = ''
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i] ?? 0
    const length =
      lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
    let char = length === 1 ? lead : lead & (0x7f >> length)
    let whole = length > 0 && lead >= (length === 1 ? 0 : 0xc2)
    for (let k = 1; k < length; k++) {
      const next = bytes[i + k] ?? 0
      whole &&= (next & 0xc0) === 0x80
      char = (char << 6) | (next & 0x3f)
    }
    if (whole && byteLength(char) === length && !isSurrogate(char) && char <= 0x10ffff) {
      text += String.fromCodePoint(char)
      i += length
    } else {
      text += String.fromCharCode(ESCAPED_BYTE + lead)
      i++
    }
  }
  return text
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f)
}
