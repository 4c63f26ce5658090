import type { Source, Span } from '../source.ts'

/** What a query's answer should be taken with: each note once. */
export class Annotations {
  readonly #source: Source | undefined
  readonly #warnings = new Set<string>()
  readonly #infos = new Set<string>()

  /** Without a text the notes name no places. */
  constructor(source: Source | undefined) {
    this.#source = source
  }

  get warnings(): readonly string[] {
    return [...this.#warnings]
  }

  get infos(): readonly string[] {
    return [...this.#infos]
  }

  warn(text: string, span: Span): void {
    this.#warnings.add(`PromQL warning: ${text}${this.#place(span)}`)
  }

  info(text: string, span: Span): void {
    this.#infos.add(`PromQL info: ${text}${this.#place(span)}`)
  }

  #place(span: Span): string {
    return this.#source === undefined ? '' : ` (${this.#source.place(span.start)})`
  }
}

/** ` for metric name "x"`, or nothing when there is none. */
export function forMetric(name: string): string {
  return name === '' ? '' : ` for metric name ${JSON.stringify(name)}`
}
