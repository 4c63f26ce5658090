import { NEWLINE } from './lexer.ts'
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
    this.#times = undefined
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

  /** Milliseconds; 0: the page does not say. */
  of(start: number, end: number): number {
    return this.#times?.get(this.#identity(start, end, SUFFIXES[this.#type] ?? [])) ?? 0
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
      if (at > 0) (this.#times ??= new Map()).set(this.#identity(series.start, series.end, [CREATED]), at)
    } catch (error) {
      if (!(error instanceof PageError)) throw error
    }
  }

  /** The metric, and the labels but for what splits it into bounds or quantiles, as they are written. */
  #identity(start: number, end: number, suffixes: readonly string[]): string {
    const bytes = this.#bytes
    const { name, labels } = seriesParts(bytes, start, end)
    const full = bytes.toString('latin1', name.start, name.end)
    const suffix = suffixes.find((each) => full.endsWith(each)) ?? ''
    let identity = full.slice(0, full.length - suffix.length)
    const numeric = numericLabel(this.#type)
    for (const [label, value] of labels) {
      if (bytes.toString('latin1', label.start, label.end) === numeric) continue
      identity += `",${bytes.toString('latin1', label.start, value.end)}`
    }
    return identity
  }
}
