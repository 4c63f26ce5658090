import type { Expr } from './ast.ts'
import { checkTypes } from './check.ts'
import { ExpressionParser } from './expression-parser.ts'
import type { ParseError } from './parse-error.ts'
import { spanOf } from './source.ts'
import { Abandoned, Recovery, TokenStream } from './token-stream.ts'

export type Parsed =
  | { readonly ok: true; readonly expr: Expr }
  /** One error at least; the first is the one that Prometheus tells. */
  | { readonly ok: false; readonly errors: readonly ParseError[] }

/** Longer queries are refused: what is read is kept whole. */
const MAX_LENGTH = 1_000_000

/** Reads a query of PromQL and checks the types of its parts. */
export function parse(query: string): Parsed {
  if (query.length > MAX_LENGTH) throw new RangeError(`a query of ${query.length} characters: ${MAX_LENGTH} at most`)
  const stream = new TokenStream(query)
  const expr = parseWhole(stream)
  if (expr === undefined || stream.errors.list.length > 0) return { ok: false, errors: stream.errors.list }
  const checked = checkTypes(expr, stream)
  return stream.errors.list.length > 0 ? { ok: false, errors: stream.errors.list } : { ok: true, expr: checked }
}

function parseWhole(stream: TokenStream): Expr | undefined {
  try {
    if (stream.is('eof')) {
      stream.add(spanOf(0, 0), 'no expression found in input')
      return undefined
    }
    return inTheEnd(stream, new ExpressionParser(stream).parse())
  } catch (cause) {
    if (cause instanceof Abandoned) return undefined
    if (!(cause instanceof Recovery)) throw cause
  }
  stream.unexpected('', '')
  return dropRest(stream)
}

/** After a whole expression nothing may follow. */
function inTheEnd(stream: TokenStream, expr: Expr): Expr {
  while (!stream.is('eof') && !stream.is('nothing')) stream.fail()
  return expr
}

/** The lexer may have more to tell. */
function dropRest(stream: TokenStream): undefined {
  while (!stream.is('eof') && !stream.is('nothing')) stream.take()
}
