import { isUtf8 } from 'node:buffer'
import { type GoFloat, readFloat } from './go-float.ts'
import { goQuoted } from './go-quote.ts'
import { CLOSE, endOfMatch, type Lexer, QUOTE, type Token } from './lexer.ts'
import { PageError } from './page-error.ts'
import { isBound, isQuantile, passPlainLabels } from './plain-labels.ts'
import { MAX_LABELS } from './series-labels.ts'
import { labelsOfText, numericLabel, type SeriesType } from './series-text.ts'

/** What is longer spells no series, but fills a memory. */
export const MAX_SERIES_BYTES = 1_048_576

/** Marks in a key a bound or a quantile that is told as it is written: in another metric the same text is another series. */
const RAW_BOUND = '\u0001'
const RAW_QUANTILE = '\u0002'

/** Reads the name and labels of a line of either text format, and words what is wrong with it. */
export class SeriesReader {
  readonly lexer: Lexer
  /** Where the line at hand begins. */
  lineStart = 0
  /** What the page last said that a metric is. */
  type: SeriesType = ''
  /** The text of the series that was read last. */
  start = 0
  end = 0
  /** Its name, between the quotes if there are any. */
  nameStart = 0
  nameEnd = 0
  /** Whether name and labels are without quotes around names, escapes, or anything odd. */
  isPlain = false
  /** Of a plain series' label that is a bound or a quantile in a metric of this type; 0: there is none. */
  numericStart = 0
  numericEnd = 0
  #hasBound = false
  #hasQuantile = false
  readonly #needsCommas: boolean

  constructor(lexer: Lexer, needsCommas: boolean) {
    this.lexer = lexer
    this.#needsCommas = needsCommas
  }

  /** From the series' first token, just read, to the one behind it, which is returned. */
  read(first: 'MNAME' | 'BOPEN'): Token {
    const { lexer } = this
    this.start = lexer.start
    this.#hasBound = false
    this.#hasQuantile = false
    let named = first === 'MNAME'
    this.isPlain = named
    this.numericStart = 0
    this.end = lexer.at
    this.nameStart = lexer.start
    this.nameEnd = lexer.at
    let next = named ? lexer.lex() : first
    if (next === 'BOPEN') {
      named = this.#labels(named)
      this.end = lexer.at
      next = lexer.lex()
    }
    if (!named) throw this.error(`metric name not set while parsing: ${this.#read()}`)
    if (this.end - this.start > MAX_SERIES_BYTES) {
      throw this.error(`a series of over ${MAX_SERIES_BYTES} bytes while parsing: ${this.#read()}`)
    }
    return next
  }

  get key(): string {
    const text = this.lexer.bytes.toString('latin1', this.start, this.end)
    if (!this.#hasBound && !this.#hasQuantile) return text
    const numeric = numericLabel(this.type)
    const raw =
      (this.#hasBound && numeric !== 'le' ? RAW_BOUND : '') +
      (this.#hasQuantile && numeric !== 'quantile' ? RAW_QUANTILE : '')
    return raw + text
  }

  nameEndsIn(suffix: string): boolean {
    const from = this.nameEnd - suffix.length
    return from >= this.nameStart && endOfMatch(this.lexer.bytes, from, suffix) === this.nameEnd
  }

  /** Builds the labels of the series that was read last, whenever it is called. */
  labels(): () => ReturnType<typeof labelsOfText> {
    const { start, end, type } = this
    const { bytes } = this.lexer
    return () => labelsOfText(bytes, start, end, type)
  }

  /** The labels of an exemplar, from behind its opening brace. */
  readExemplarLabels(): void {
    this.#labels(true, true)
  }

  /** The number that the last token spells, from its `skip`-th byte. */
  number(skip: number): number {
    const { bytes, start, at } = this.lexer
    return this.sound(readFloat(bytes, start + skip, at))
  }

  sound(value: GoFloat): number {
    if (typeof value === 'number') return value
    throw this.error(`${value.fault} while parsing: ${this.#read()}`)
  }

  expected(what: string, found: Token): PageError {
    const { bytes, start, at, end } = this.lexer
    const seen = Math.min(at + 1, end)
    return this.error(
      `${what}, got ${goQuoted(bytes, start, seen)} ("${found}") while parsing: ${goQuoted(bytes, this.lineStart, seen)}`,
    )
  }

  error(message: string): PageError {
    return new PageError(message, this.lexer.at)
  }

  #read(): string {
    return goQuoted(this.lexer.bytes, this.lineStart, this.lexer.at)
  }

  /** Whether the series has its name behind it. */
  #labels(named: boolean, ofExemplar = false): boolean {
    const { lexer } = this
    const { bytes } = lexer
    let count = 0
    if (!ofExemplar) {
      const plain = passPlainLabels(bytes, lexer.at)
      lexer.skipTo(plain.at)
      count = plain.count
      if (count > MAX_LABELS) throw this.#tooMany()
      this.#hasBound = plain.boundStart > 0
      this.#hasQuantile = plain.quantileStart > 0
      this.isPlain &&= bytes[plain.at] === CLOSE
      const numeric = numericLabel(this.type)
      this.numericStart = numeric === 'le' ? plain.boundStart : numeric === undefined ? 0 : plain.quantileStart
      this.numericEnd = numeric === 'le' ? plain.boundEnd : plain.quantileEnd
    }
    for (let token = lexer.lex(); ; count++) {
      if (token === 'BCLOSE') return named
      if (token !== 'LNAME' && token !== 'QSTRING') throw this.expected('expected label name', token)
      if (count >= MAX_LABELS) throw this.#tooMany()
      const { start, at } = lexer
      token = lexer.lex()
      if (token === 'COMMA' || token === 'BCLOSE') {
        // In quotes and without a value: the metric's own name.
        if (ofExemplar) throw this.expected('expected label name', token)
        if (named) throw this.error(`metric name already set while parsing: ${this.#read()}`)
        named = true
        this.nameStart = start + 1
        this.nameEnd = at - 1
        if (token === 'COMMA') token = lexer.lex()
        continue
      }
      if (token !== 'EQUAL') throw this.expected('expected equal', token)
      token = lexer.lex()
      if (token !== 'LVALUE') throw this.expected('expected label value', token)
      if (lexer.beyondAscii && !isUtf8(bytes.subarray(lexer.start, lexer.at))) {
        throw this.error(`invalid UTF-8 label value: ${goQuoted(bytes, lexer.start, lexer.at)}`)
      }
      this.#note(bytes, start, at)
      token = lexer.lex()
      if (token === 'COMMA') token = lexer.lex()
      else if (this.#needsCommas && token !== 'BCLOSE') throw this.expected('expected comma or brace close', token)
    }
  }

  #tooMany(): PageError {
    return this.error(`over ${MAX_LABELS} labels while parsing: ${this.#read()}`)
  }

  #note(bytes: Buffer, start: number, end: number): void {
    const quotes = bytes[start] === QUOTE ? 1 : 0
    this.#hasBound ||= isBound(bytes, start + quotes, end - quotes)
    this.#hasQuantile ||= isQuantile(bytes, start + quotes, end - quotes)
  }
}
