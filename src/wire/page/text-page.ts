import { isUtf8 } from 'node:buffer'
import { goQuoted, goQuotedText } from './go-quote.ts'
import { QUOTE, type Token } from './lexer.ts'
import { NO_EXEMPLARS, type PageEntry, type PageMetadata } from './page-entry.ts'
import { SeriesReader } from './series-reader.ts'
import { type SeriesType, unescaped } from './series-text.ts'
import { TextLexer } from './text-lexer.ts'

const TYPES: ReadonlyMap<string, Exclude<SeriesType, ''>> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['summary', 'summary'],
  ['untyped', 'unknown'],
])
const MAX_INT64 = 2n ** 63n - 1n

/** A page in Prometheus' text format, 0.0.4 or 1.0.0. */
export class TextPage {
  readonly #lexer: TextLexer
  readonly #series: SeriesReader

  constructor(page: Uint8Array) {
    this.#lexer = new TextLexer(page)
    this.#series = new SeriesReader(this.#lexer, false)
  }

  /** Undefined: the page ends. @throws PageError */
  next(): PageEntry | undefined {
    for (;;) {
      this.#series.lineStart = this.#lexer.at
      const token = this.#lexer.lex()
      if (token === 'MNAME' || token === 'BOPEN') return this.#sample(token)
      if (token === 'HELP' || token === 'TYPE') return this.#metadata(token)
      if (token === 'EOF') return undefined
      if (token === 'COMMENT') this.#lineEnds('linebreak expected after comment')
      else if (token !== 'LINEBREAK') throw this.#series.expected('expected a valid start token', token)
    }
  }

  #lineEnds(otherwise: string): void {
    const token = this.#lexer.lex()
    if (token !== 'LINEBREAK') throw this.#series.expected(otherwise, token)
  }

  #sample(first: 'MNAME' | 'BOPEN'): PageEntry {
    const series = this.#series
    const token = series.read(first)
    if (token !== 'VALUE') throw series.expected('expected value after metric', token)
    const value = series.number(0)
    const at = this.#timestamp()
    return {
      kind: 'sample',
      key: series.key,
      labels: series.labels(),
      at,
      value,
      startTime: 0,
      exemplars: NO_EXEMPLARS,
    }
  }

  #timestamp(): number | undefined {
    const token = this.#lexer.lex()
    if (token === 'LINEBREAK') return undefined
    if (token !== 'TIMESTAMP') throw this.#series.expected('expected timestamp or new record', token)
    const { bytes, start, at } = this.#lexer
    const text = bytes.toString('latin1', start, at)
    // 18 digits are always an int64. Of more than that only the zeros in front do not count.
    if (text.length > 18 && (text.length > 10_000 || BigInt(text) > MAX_INT64)) {
      this.#series.sound({ fault: `strconv.ParseInt: parsing ${goQuotedText(text)}: value out of range` })
    }
    this.#lineEnds('expected next entry after timestamp')
    return Number(text)
  }

  #metadata(kind: 'HELP' | 'TYPE'): PageMetadata {
    const lexer = this.#lexer
    let token: Token = lexer.lex()
    if (token !== 'MNAME') throw this.#series.expected(`expected metric name after ${kind}`, token)
    const quotes = lexer.bytes[lexer.start] === QUOTE ? 1 : 0
    const name = unescaped(lexer.bytes, { start: lexer.start + quotes, end: lexer.at - quotes }).toWellFormed()
    token = lexer.lex()
    if (token !== 'TEXT') throw this.#series.expected(`expected text in ${kind}`, token)
    // One byte stands between the name and the text.
    const start = Math.min(lexer.start + 1, lexer.at)
    const end = lexer.at
    if (kind === 'HELP' && !isUtf8(lexer.bytes.subarray(start, end))) {
      throw this.#series.error(`help text ${goQuoted(lexer.bytes, start, end)} is not a valid utf8 string`)
    }
    const text = lexer.bytes.toString('utf8', start, end)
    const type = TYPES.get(text)
    if (kind === 'TYPE') {
      if (type === undefined) {
        throw this.#series.error(`invalid metric type ${goQuoted(lexer.bytes, start, end)}`)
      }
      this.#series.type = type
    }
    this.#lineEnds('linebreak expected after metadata')
    return type === undefined || kind === 'HELP'
      ? { kind: 'metadata', name, help: helpOf(text) }
      : { kind: 'metadata', name, type }
  }
}

/** Of help only backslashes and newlines are escaped. */
function helpOf(text: string): string {
  return text.includes('\\') ? text.replaceAll(/\\([\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char)) : text
}
