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
  type Token,
} from './lexer.ts'
import { readQuoted } from './quoted-token.ts'

type State =
  | 'line'
  | 'name-of-metadata'
  | 'text'
  | 'labels'
  | 'label-value'
  | 'value'
  | 'timestamp'
  | 'exemplar-labels'
  | 'exemplar-value'
  | 'exemplar-timestamp'

const WORDS: readonly (readonly [Token, string])[] = [
  ['HELP', 'HELP '],
  ['TYPE', 'TYPE '],
  ['UNIT', 'UNIT '],
  ['EOFWORD', 'EOF'],
]

/** OpenMetrics: one space where a space may be, and none elsewhere. */
export class OpenMetricsLexer implements Lexer {
  readonly bytes: Buffer
  readonly end: number
  start = 0
  at = 0
  beyondAscii = false
  #state: State = 'line'

  /** @param bytes the page and a NUL. */
  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.end = bytes.length - 1
  }

  /** Goes to where a line begins. */
  seek(line: number): void {
    this.at = line
    this.#state = 'line'
  }

  lex(): Token {
    if (this.at >= this.end) return 'EOF'
    this.start = this.at
    const byte = this.bytes[this.at] ?? 0
    switch (this.#state) {
      case 'line':
        return this.#line(byte)
      case 'name-of-metadata':
        return this.#nameOfMetadata(byte)
      case 'text':
        return this.#text(byte)
      case 'labels':
        return this.#label(byte, 'labels')
      case 'label-value':
        return this.#quoted(byte, 'labels', 'LVALUE')
      case 'value':
        return byte === OPEN ? this.#take('BOPEN', 'labels') : this.#word(byte, 'VALUE', 'timestamp')
      case 'timestamp':
        return byte === SPACE && this.bytes[this.at + 1] === HASH ? this.#exemplar() : this.#timestamp(byte)
      case 'exemplar-labels':
        return this.#label(byte, 'exemplar-labels')
      case 'exemplar-value':
        return byte === QUOTE
          ? this.#quoted(byte, 'exemplar-labels', 'LVALUE')
          : this.#word(byte, 'VALUE', 'exemplar-timestamp')
      case 'exemplar-timestamp':
        return this.#timestamp(byte)
    }
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
    if (byte === OPEN) return this.#take('BOPEN', 'labels')
    return byte === HASH ? this.#hash() : 'INVALID'
  }

  #hash(): Token {
    const { bytes } = this
    const word = endOfMatch(bytes, this.at, '# ')
    let farthest = word
    if (word === this.at + 2) {
      for (const [token, text] of WORDS) {
        const end = endOfMatch(bytes, word, text)
        farthest = Math.max(farthest, end)
        if (end !== word + text.length) continue
        const isEnd = token === 'EOFWORD'
        this.at = isEnd && bytes[end] === NEWLINE ? end + 1 : end
        this.#state = isEnd ? 'line' : 'name-of-metadata'
        return token
      }
    }
    this.at = farthest
    return 'INVALID'
  }

  #nameOfMetadata(byte: number): Token {
    if (byte === QUOTE) return this.#quoted(byte, 'text', 'MNAME')
    if (((NAME_BYTES[byte] ?? 0) & METRIC_START) === 0) return 'INVALID'
    this.at = endOfName(this.bytes, this.at + 1, METRIC_PART)
    this.#state = 'text'
    return 'MNAME'
  }

  /** With the space before it and the newline behind it. */
  #text(byte: number): Token {
    if (byte !== SPACE) return 'INVALID'
    const newline = this.bytes.indexOf(NEWLINE, this.at)
    this.at = newline < 0 ? this.end : newline + 1
    this.#state = 'line'
    return newline < 0 ? 'INVALID' : 'TEXT'
  }

  #label(byte: number, own: 'labels' | 'exemplar-labels'): Token {
    if (((NAME_BYTES[byte] ?? 0) & LABEL_START) !== 0) {
      this.at = endOfName(this.bytes, this.at + 1, LABEL_PART)
      return 'LNAME'
    }
    const ofSeries = own === 'labels'
    if (byte === EQUALS) return this.#take('EQUAL', ofSeries ? 'label-value' : 'exemplar-value')
    if (byte === COMMA) return this.#take('COMMA', own)
    if (byte === CLOSE) return this.#take('BCLOSE', ofSeries ? 'value' : 'exemplar-value')
    return this.#quoted(byte, own, 'QSTRING')
  }

  /** A label's value has no newline, and nor has anything of an exemplar; a series' names may. */
  #quoted(byte: number, next: State, token: Token): Token {
    if (byte !== QUOTE) return 'INVALID'
    const ofExemplar = next === 'exemplar-labels'
    const value = token === 'LVALUE'
    const newlines = !value && !ofExemplar
    const { at, closed, beyondAscii } = readQuoted(this.bytes, this.at + 1, this.end, newlines, value && !ofExemplar)
    this.at = at
    if (!closed) return 'INVALID'
    this.beyondAscii = beyondAscii
    this.#state = next
    return token
  }

  #exemplar(): Token {
    const end = endOfMatch(this.bytes, this.at, ' # {')
    if (end === this.at + 4) {
      this.at = end
      this.#state = 'exemplar-labels'
      return 'COMMENT'
    }
    if (end === this.at + 2) return this.#word(SPACE, 'TIMESTAMP', 'timestamp')
    this.at = end
    return 'INVALID'
  }

  #timestamp(byte: number): Token {
    return byte === NEWLINE ? this.#take('LINEBREAK', 'line') : this.#word(byte, 'TIMESTAMP', this.#state)
  }

  /** A space and what follows it, up to the next. */
  #word(byte: number, token: Token, next: State): Token {
    if (byte !== SPACE) return 'INVALID'
    const { bytes } = this
    const from = this.at + 1
    let at = from
    for (let each = bytes[at] ?? 0; each !== SPACE && each !== NEWLINE && each !== NUL;) each = bytes[++at] ?? 0
    this.at = at
    if (at === from) return 'INVALID'
    this.#state = next
    return token
  }
}
