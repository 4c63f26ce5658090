import { isUtf8 } from 'node:buffer'
import { CREATED, CreatedTimes } from './created-times.ts'
import { exemplarLabels } from './exemplar-labels.ts'
import { goQuoted } from './go-quote.ts'
import { NUL, QUOTE, type Token } from './lexer.ts'
import { milliseconds } from './milliseconds.ts'
import { OpenMetricsLexer } from './openmetrics-lexer.ts'
import { NO_EXEMPLARS, type PageEntry, type PageExemplar, type PageMetadata } from './page-entry.ts'
import { SeriesReader } from './series-reader.ts'
import { seriesParts, type SeriesType, unescaped } from './series-text.ts'

const TYPES: ReadonlyMap<string, Exclude<SeriesType, ''>> = new Map(
  (['counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset', 'unknown'] as const).map(
    (type) => [type, type],
  ),
)
const NO_END = 'data does not end with # EOF'

/** A page in OpenMetrics, 0.0.1 or 1.0.0. */
export class OpenMetricsPage {
  readonly #lexer: OpenMetricsLexer
  readonly #series: SeriesReader
  readonly #createdLines: boolean
  readonly #created: CreatedTimes
  /** Whether the lines that follow the last metadata were searched for those of `_created`. */
  #begun = false

  constructor(page: Uint8Array, createdLines: boolean) {
    const bytes = Buffer.allocUnsafeSlow(page.length + 1)
    bytes.set(page)
    bytes[page.length] = NUL
    this.#lexer = new OpenMetricsLexer(bytes)
    this.#created = new CreatedTimes(bytes)
    this.#series = new SeriesReader(this.#lexer, true)
    this.#createdLines = createdLines
  }

  /** Undefined: the page ends. @throws PageError */
  next(): PageEntry | undefined {
    const series = this.#series
    for (;;) {
      series.lineStart = this.#lexer.at
      const token = this.#lexer.lex()
      if (token === 'MNAME' || token === 'BOPEN') {
        const sample = this.#sample(token)
        if (sample !== undefined) return sample
      } else if (token === 'HELP' || token === 'TYPE' || token === 'UNIT') return this.#metadata(token)
      else if (token === 'EOFWORD') {
        if (this.#lexer.lex() !== 'EOF') throw series.error('unexpected data after # EOF')
        return undefined
      } else if (token === 'EOF') throw series.error(NO_END)
      else throw series.expected('expected a valid start token', token)
    }
  }

  /** Undefined: the line is not a series of its own. */
  #sample(first: 'MNAME' | 'BOPEN'): PageEntry | undefined {
    const series = this.#series
    const lexer = this.#lexer
    const value = this.#value(series.read(first), 'metric')
    const { start } = series
    let token = lexer.lex()
    let at: number | undefined
    if (token === 'TIMESTAMP') {
      at = this.#time('timestamp')
      token = lexer.lex()
      if (token !== 'LINEBREAK' && token !== 'COMMENT') {
        throw series.expected('expected next entry after timestamp', token)
      }
    } else if (token === 'EOF') throw series.error(NO_END)
    // Anything else is found to be no beginning of a line, as Prometheus finds it.
    const exemplars = token === 'COMMENT' ? this.#exemplars() : NO_EXEMPLARS
    const { type } = series
    const counts = type === 'counter' || type === 'histogram' || type === 'summary'
    if (counts && !this.#begun) {
      this.#created.begin(start, type)
      this.#begun = true
    }
    const ofOthers = counts && series.nameEndsIn(CREATED)
    if (ofOthers && !this.#createdLines) return undefined
    return {
      kind: 'sample',
      key: series.key,
      labels: series.labels(),
      at,
      value,
      startTime: counts && !ofOthers ? this.#created.of(series) : 0,
      exemplars,
    }
  }

  #value(token: Token, after: string): number {
    if (token !== 'VALUE') throw this.#series.expected(`expected value after ${after}`, token)
    return this.#series.number(1)
  }

  /** In seconds on the page. */
  #time(what: string): number {
    const seconds = this.#series.number(1)
    if (!Number.isFinite(seconds)) {
      const shown = Number.isNaN(seconds) ? 'NaN' : seconds > 0 ? '+Inf' : '-Inf'
      throw this.#series.error(`invalid ${what} ${shown}`)
    }
    return milliseconds(seconds)
  }

  #exemplars(): readonly PageExemplar[] {
    const series = this.#series
    const lexer = this.#lexer
    const start = lexer.at - 1
    series.readExemplarLabels()
    const end = lexer.at
    const value = this.#value(lexer.lex(), 'exemplar labels')
    let at: number | undefined
    const token = lexer.lex()
    if (token === 'EOF') throw series.error(NO_END)
    if (token === 'TIMESTAMP') {
      at = this.#time('exemplar timestamp')
      const next = lexer.lex()
      if (next !== 'LINEBREAK') throw series.expected('expected next entry after exemplar timestamp', next)
    } else if (token !== 'LINEBREAK') throw series.expected('expected timestamp or comment', token)
    const labels = exemplarLabels(
      seriesParts(lexer.bytes, start, end).labels.map(
        ([name, text]) => [unescaped(lexer.bytes, name), unescaped(lexer.bytes, text)] as const,
      ),
    )
    return labels === undefined ? NO_EXEMPLARS : [{ labels, value, at }]
  }

  #metadata(kind: 'HELP' | 'TYPE' | 'UNIT'): PageMetadata {
    const lexer = this.#lexer
    const series = this.#series
    const { bytes } = lexer
    const token = lexer.lex()
    if (token !== 'MNAME') throw series.expected(`expected metric name after ${kind}`, token)
    const quotes = bytes[lexer.start] === QUOTE ? 1 : 0
    const nameStart = lexer.start + quotes
    const nameEnd = lexer.at - quotes
    const name = unescaped(bytes, { start: nameStart, end: nameEnd }).toWellFormed()
    if (lexer.lex() !== 'TEXT') throw series.error(`expected text in ${kind}`)
    // A space before it, a newline behind it.
    const start = lexer.start + 1
    const end = lexer.at - 1
    const text = bytes.toString('utf8', start, end)
    this.#begun = false
    switch (kind) {
      case 'HELP':
        if (!isUtf8(bytes.subarray(start, end))) {
          throw series.error(`help text ${goQuoted(bytes, start, end)} is not a valid utf8 string`)
        }
        return { kind: 'metadata', name, help: unescaped(bytes, { start, end }) }
      case 'TYPE': {
        const type = TYPES.get(text)
        if (type === undefined) throw series.error(`invalid metric type ${goQuoted(bytes, start, end)}`)
        series.type = type
        return { kind: 'metadata', name, type }
      }
      case 'UNIT':
        if (
          start < end &&
          !bytes.toString('latin1', nameStart, nameEnd).endsWith(`_${bytes.toString('latin1', start, end)}`)
        ) {
          throw series.error(
            `unit ${goQuoted(bytes, start, end)} not a suffix of metric ${goQuoted(bytes, nameStart, nameEnd)}`,
          )
        }
        return { kind: 'metadata', name, unit: text }
    }
  }
}
