import type { Expr } from '../ast.ts'
import { explainParseError } from '../parse-error.ts'
import { parse } from '../parser.ts'
import { Source } from '../source.ts'

/** Queries that are remembered, and how long one of them may be. */
const MAX_QUERIES = 200
const MAX_CHARACTERS = 5000

export interface ParsedQuery {
  readonly expr: Expr
  readonly source: Source
}

/** Queries that were read lately: dashboards and rules ask the same ones again and again. */
export class ParsedQueries {
  /** The one asked last is the last. */
  readonly #known = new Map<string, ParsedQuery>()

  /** Or what is wrong with it. */
  read(query: string, maxCharacters: number): ParsedQuery | { readonly message: string } {
    const known = this.#known.get(query)
    if (known !== undefined) {
      this.#known.delete(query)
      this.#known.set(query, known)
      return known
    }
    if (query.length > maxCharacters) {
      return invalid(`query of ${query.length} characters is too long: ${maxCharacters} at most`)
    }
    const parsed = parse(query)
    if (!parsed.ok) {
      const [first] = parsed.errors
      return invalid(first === undefined ? 'parse error' : explainParseError(first))
    }
    const read = { expr: parsed.expr, source: new Source(query) }
    if (query.length <= MAX_CHARACTERS) this.#remember(query, read)
    return read
  }

  #remember(query: string, read: ParsedQuery): void {
    this.#known.set(query, read)
    if (this.#known.size <= MAX_QUERIES) return
    const [oldest] = this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
  }
}

function invalid(message: string): { readonly message: string } {
  return { message: `invalid parameter "query": ${message}` }
}
