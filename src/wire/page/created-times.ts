import { CLOSE, COMMA, NEWLINE, QUOTE } from './lexer.ts'
import { milliseconds } from './milliseconds.ts'
import { OpenMetricsLexer } from './openmetrics-lexer.ts'
import { PageError } from './page-error.ts'
import { SeriesReader } from './series-reader.ts'
import { numericLabel, seriesParts, type SeriesType } from './series-text.ts'

export const CREATED = '_created'

/** What a metric's series append to its name. */
const SUFFIXES: Readonly<Partial<Record<SeriesType, readonly string[]>>> = {
  counter: ['_total'],
  histogram: ['_bucket', '_count', '_sum'],
  summary: ['_count', '_sum'],
}

/**
 * When the series of a page began, as its `_created` lines say: those between two lines of metadata belong together, in
 * any order. Searches the page only as far as it is read, and once.
 */
export class CreatedTimes {
  readonly #bytes: Buffer
  readonly #lexer: OpenMetricsLexer
  readonly #series: SeriesReader
  #type: SeriesType = ''
  /** Of the lines at hand, by metric and labels. Undefined: there are none. */
  #times: Map<string, number> | undefined
  /** The series that was asked for last, if it is plain and has a bound: where its parts are. Else -1. */
  #lastStart = -1
  #lastNumericStart = 0
  #lastNumericEnd = 0
  #lastEnd = 0
  #lastTime = 0
  /** The next place where such a line may be. */
  #next = -1

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#lexer = new OpenMetricsLexer(bytes)
    this.#series = new SeriesReader(this.#lexer, true)
  }

  /** Now come the series of another metric. */
  begin(line: number, type: SeriesType): void {
    this.#type = type
    this.#series.type = type
    this.#times = undefined
    this.#lastStart = -1
    if (this.#next < line) this.#next = this.#indexOf(CREATED, line)
    if (this.#next === this.#lexer.end || SUFFIXES[type] === undefined) return
    const end = this.#indexOf('\n#', line)
    while (this.#next < end) {
      const start = this.#bytes.lastIndexOf(NEWLINE, this.#next) + 1
      this.#read(start)
      const newline = this.#bytes.indexOf(NEWLINE, this.#next)
      this.#next = newline < 0 ? this.#lexer.end : this.#indexOf(CREATED, newline)
    }
  }

  /** When the series that was read last began, in ms; 0: the page does not say. */
  of(series: SeriesReader): number {
    if (this.#times === undefined) return 0
    if (!this.#isNextBound(series)) {
      this.#lastTime = this.#times.get(this.#identity(series, SUFFIXES[this.#type] ?? [])) ?? 0
    }
    this.#lastStart = series.isPlain && series.numericStart > 0 ? series.start : -1
    this.#lastNumericStart = series.numericStart
    this.#lastNumericEnd = series.numericEnd
    this.#lastEnd = series.end
    return this.#lastTime
  }

  /** Whether it is the series before but for its bound, as most series of a histogram are. */
  #isNextBound({ isPlain, start, numericStart, numericEnd, end }: SeriesReader): boolean {
    const before = this.#lastNumericStart - this.#lastStart
    const behind = this.#lastEnd - this.#lastNumericEnd
    if (this.#lastStart < 0 || !isPlain || numericStart - start !== before || end - numericEnd !== behind) return false
    return this.#same(this.#lastStart, start, before) && this.#same(this.#lastNumericEnd, numericEnd, behind)
  }

  #same(a: number, b: number, length: number): boolean {
    const bytes = this.#bytes
    for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false
    return true
  }

  #indexOf(text: string, from: number): number {
    const found = this.#bytes.indexOf(text, from, 'latin1')
    return found < 0 ? this.#lexer.end : found
  }

  /** What is wrong with the line will be told when its turn comes. */
  #read(line: number): void {
    try {
      const series = this.#series
      this.#lexer.seek(line)
      const first = this.#lexer.lex()
      if ((first !== 'MNAME' && first !== 'BOPEN') || series.read(first) !== 'VALUE' || !series.nameEndsIn(CREATED))
        return
      const at = milliseconds(series.number(1))
      if (at > 0) (this.#times ??= new Map()).set(this.#identity(series, [CREATED]), at)
    } catch (error) {
      if (!(error instanceof PageError)) throw error
    }
  }

  /** The metric, and the labels but for what splits it into bounds or quantiles, as they are written. */
  #identity(series: SeriesReader, suffixes: readonly string[]): string {
    const bytes = this.#bytes
    const suffix = suffixes.find((each) => series.nameEndsIn(each)) ?? ''
    const metric = bytes.toString('latin1', series.nameStart, series.nameEnd - suffix.length)
    return metric + (series.isPlain ? this.#plainLabels(series) : this.#labels(series))
  }

  /** In braces, nothing if there are none. */
  #plainLabels({ nameEnd, numericStart, numericEnd, end }: SeriesReader): string {
    const bytes = this.#bytes
    // A comma goes with the label behind it, or before it.
    const cut = numericStart > 0
    const isLast = cut && bytes[numericEnd + 1] === CLOSE
    const labels = cut
      ? bytes.toString('latin1', nameEnd, numericStart - (isLast && bytes[numericStart - 1] === COMMA ? 1 : 0)) +
        bytes.toString('latin1', numericEnd + (isLast ? 1 : 2), end)
      : bytes.toString('latin1', nameEnd, end)
    if (labels === '{}') return ''
    return labels.endsWith(',}') ? `${labels.slice(0, -2)}}` : labels
  }

  #labels({ start, end }: SeriesReader): string {
    const bytes = this.#bytes
    const numeric = numericLabel(this.#type)
    const texts: string[] = []
    for (const [name, value] of seriesParts(bytes, start, end).labels) {
      if (bytes.toString('latin1', name.start, name.end) === numeric) continue
      const quotes = bytes[name.start - 1] === QUOTE ? 1 : 0
      texts.push(bytes.toString('latin1', name.start - quotes, value.end + 1))
    }
    return texts.length === 0 ? '' : `{${texts.join(',')}}`
  }
}
