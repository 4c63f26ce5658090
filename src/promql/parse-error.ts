import type { Source, Span } from './source.ts'

/** One thing wrong with a query, in Prometheus's words. */
export interface ParseError extends Span {
  readonly message: string
  /** `line:column` of its start, both from one, the column in bytes. */
  readonly place: string
}

const MAX_ERRORS = 100

/** Queries come from users: what is wrong with them is told, not thrown; the first hundred things at most. */
export class ParseErrors {
  readonly #source: Source
  readonly #errors: ParseError[] = []

  constructor(source: Source) {
    this.#source = source
  }

  get list(): readonly ParseError[] {
    return this.#errors
  }

  add({ start, end }: Span, message: string): void {
    if (this.#errors.length >= MAX_ERRORS) return
    this.#errors.push(Object.freeze({ start, end, message, place: this.#source.place(start) }))
  }
}

/** As Prometheus tells it: `1:5: parse error: unexpected ")"`. */
export function explainParseError({ place, message }: ParseError): string {
  return `${place}: parse error: ${message}`
}
