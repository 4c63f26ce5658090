import {
  CLOSE,
  COMMA,
  endOfMatch,
  endOfName,
  EQUALS,
  HASH,
  LABEL_PART,
  LABEL_START,
  type Lexer,
  METRIC_PART,
  METRIC_START,
  NAME_BYTES,
  NEWLINE,
  NUL,
  OPEN,
  QUOTE,
  SPACE,
  TAB,
  type Token,
} from './lexer.ts'
import { readQuoted } from './quoted-token.ts'

const ZERO = 0x30
const NINE = 0x39

type State = 'line' | 'name-of-metadata' | 'text' | 'labels' | 'label-value' | 'value' | 'timestamp'

/** Prometheus' text format. Between tokens blanks are skipped. A NUL where a line begins ends the page, as in Prometheus. */
export class TextLexer implements Lexer {
  readonly bytes: Buffer
  readonly end: number
  start = 0
  at = 0
  beyondAscii = false
  #state: State = 'line'

  /** @param page ends in a newline; one may be added. */
  constructor(page: Uint8Array) {
    this.end = page.length + 1
    this.bytes = Buffer.allocUnsafeSlow(this.end + 1)
    this.bytes.set(page)
    this.bytes[page.length] = NEWLINE
    this.bytes[this.end] = NUL
  }

  lex(): Token {
    this.#skipBlanks()
    this.start = this.at
    if (this.at >= this.end) return 'EOF'
    const byte = this.bytes[this.at] ?? 0
    switch (this.#state) {
      case 'line':
        return this.#line(byte)
      case 'name-of-metadata':
        return this.#nameOfMetadata(byte)
      case 'text':
        return this.#text(byte)
      case 'labels':
        return this.#label(byte)
      case 'label-value':
        return this.#quoted(byte, 'labels', 'LVALUE')
      case 'value':
        return this.#value(byte)
      case 'timestamp':
        return this.#timestamp(byte)
    }
  }

  #skipBlanks(): void {
    const { bytes } = this
    let at = this.at
    let byte = bytes[at] ?? 0
    if (byte !== SPACE && byte !== TAB) return
    // The text of metadata keeps the blanks before it.
    if (this.#state === 'text' && !this.#isBlankLine(at)) return
    do byte = bytes[++at] ?? 0
    while (byte === SPACE || byte === TAB)
    this.at = at
  }

  #isBlankLine(from: number): boolean {
    let at = from
    while (this.bytes[at] === SPACE || this.bytes[at] === TAB) at++
    return this.bytes[at] === NEWLINE
  }

  skipTo(at: number): void {
    this.at = at
  }

  #take(token: Token, state: State): Token {
    this.at++
    this.#state = state
    return token
  }

  #line(byte: number): Token {
    if (((NAME_BYTES[byte] ?? 0) & METRIC_START) !== 0) {
      this.at = endOfName(this.bytes, this.at + 1, METRIC_PART)
      this.#state = 'value'
      return 'MNAME'
    }
    if (byte === NEWLINE) return this.#take('LINEBREAK', 'line')
    if (byte === OPEN) return this.#take('BOPEN', 'labels')
    if (byte === HASH) return this.#hash()
    return byte === NUL ? this.#take('EOF', 'line') : 'INVALID'
  }

  #hash(): Token {
    const { bytes } = this
    const word = this.#afterBlanks(this.at + 1)
    if (word === this.at + 1) {
      this.at = word
      return this.#comment(false)
    }
    for (const token of ['HELP', 'TYPE'] as const) {
      const end = endOfMatch(bytes, word, token)
      const name = this.#afterBlanks(end)
      if (end !== word + token.length || name === end) continue
      this.at = name
      this.#state = 'name-of-metadata'
      return token
    }
    this.at = word
    return this.#comment(true)
  }

  #afterBlanks(from: number): number {
    let at = from
    while (this.bytes[at] === SPACE || this.bytes[at] === TAB) at++
    return at
  }

  /** `blank`: whether a blank follows the hash sign. If so only a NUL right behind it ends the page, else any of the line. */
  #comment(blank: boolean): Token {
    const newline = this.bytes.indexOf(NEWLINE, this.at)
    const end = newline < 0 ? this.end : newline
    const cut = blank ? this.bytes[this.at] === NUL : this.bytes.subarray(this.at, end).includes(NUL)
    this.#state = 'line'
    this.at = cut ? this.end : end
    return cut ? 'EOF' : 'COMMENT'
  }

  #nameOfMetadata(byte: number): Token {
    if (byte === QUOTE) return this.#quoted(byte, 'text', 'MNAME')
    if (((NAME_BYTES[byte] ?? 0) & METRIC_START) === 0) return 'INVALID'
    this.at = endOfName(this.bytes, this.at + 1, METRIC_PART)
    this.#state = 'text'
    return 'MNAME'
  }

  /** To the end of the line, which may be at once. */
  #text(byte: number): Token {
    this.#state = 'line'
    if (byte === NUL) return 'TEXT'
    const newline = this.bytes.indexOf(NEWLINE, this.at)
    this.at = newline < 0 ? this.end : newline
    return 'TEXT'
  }

  #label(byte: number): Token {
    if (((NAME_BYTES[byte] ?? 0) & LABEL_START) !== 0) {
      this.at = endOfName(this.bytes, this.at + 1, LABEL_PART)
      return 'LNAME'
    }
    if (byte === EQUALS) return this.#take('EQUAL', 'label-value')
    if (byte === COMMA) return this.#take('COMMA', 'labels')
    if (byte === CLOSE) return this.#take('BCLOSE', 'value')
    return this.#quoted(byte, 'labels', 'QSTRING')
  }

  #quoted(byte: number, next: State, token: Token): Token {
    if (byte !== QUOTE) return 'INVALID'
    const { at, closed, beyondAscii } = readQuoted(this.bytes, this.at + 1, this.end, true, token === 'LVALUE')
    this.at = at
    if (!closed) return 'INVALID'
    this.beyondAscii = beyondAscii
    this.#state = next
    return token
  }

  #value(byte: number): Token {
    if (byte === OPEN) return this.#take('BOPEN', 'labels')
    const { bytes } = this
    let at = this.at
    for (let each = byte; each !== SPACE && each !== NEWLINE && each !== TAB && each !== OPEN && each !== NUL;) {
      each = bytes[++at] ?? 0
    }
    if (at === this.at) return 'INVALID'
    this.at = at
    this.#state = 'timestamp'
    return 'VALUE'
  }

  #timestamp(byte: number): Token {
    if (byte === NEWLINE) return this.#take('LINEBREAK', 'line')
    const { bytes } = this
    let at = this.at
    for (let each = byte; each >= ZERO && each <= NINE;) each = bytes[++at] ?? 0
    if (at === this.at) return 'INVALID'
    this.at = at
    return 'TIMESTAMP'
  }
}
