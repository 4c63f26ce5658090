import { BACKSLASH, NEWLINE, NUL, QUOTE } from './lexer.ts'

export interface Quoted {
  /** Behind the closing quote, or at the byte that may not be there. */
  at: number
  closed: boolean
  beyondAscii: boolean
}

const found: Quoted = { at: 0, closed: false, beyondAscii: false }

/**
 * Reads on from behind an opening quote. A backslash takes the next byte with it, which may not be a newline. `newlines`
 * and `nuls`: whether they may stand between the quotes. Returns one object, good until the next call.
 */
export function readQuoted(
  bytes: Buffer,
  from: number,
  end: number,
  newlines: boolean,
  nuls: boolean,
): Readonly<Quoted> {
  let seen = 0
  let at = from
  found.closed = false
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0
    seen |= byte
    if (byte === QUOTE) {
      found.closed = true
      at++
      break
    }
    if ((byte === NUL && !nuls) || (byte === NEWLINE && !newlines)) break
    if (byte === BACKSLASH) {
      at++
      if (nuls) at = behindNuls(bytes, at)
      const escaped = bytes[at] ?? 0
      if (escaped === NEWLINE || escaped === NUL) break
      seen |= escaped
    }
  }
  found.at = at > end ? end : at
  found.beyondAscii = seen > 127
  return found
}

/** Behind a page's last byte there is a NUL, and behind that nothing. */
function behindNuls(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === NUL) at++
  return at
}
