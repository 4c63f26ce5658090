import type { Matcher } from '../series/index.ts'
import type { Expr, VectorSelector } from './ast.ts'
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

/**
 * Reads a query of PromQL and checks the types of its parts.
 * @throws RangeError for one of more than 1 000 000 characters.
 */
export function parse(query: string): Parsed {
  const stream = streamOf(query)
  const expr = parseWhole(stream, () => {
    if (!stream.is('eof')) return new ExpressionParser(stream).parse()
    stream.add(spanOf(0, 0), 'no expression found in input')
    return undefined
  })
  if (expr === undefined || stream.errors.list.length > 0) return { ok: false, errors: stream.errors.list }
  const checked = checkTypes(expr, stream)
  return stream.errors.list.length > 0 ? { ok: false, errors: stream.errors.list } : { ok: true, expr: checked }
}

export type ParsedSelector =
  | { readonly ok: true; readonly matchers: readonly Matcher[] }
  | { readonly ok: false; readonly errors: readonly ParseError[] }

/**
 * Reads what names series, `up{job="craps"}`, and nothing else: no modifiers. It may name all of them.
 * @throws RangeError for one of more than 1 000 000 characters.
 */
export function parseSelector(text: string): ParsedSelector {
  const stream = streamOf(text)
  const selector: VectorSelector | undefined = parseWhole(stream, () => new ExpressionParser(stream).selector())
  if (selector === undefined || stream.errors.list.length > 0) return { ok: false, errors: stream.errors.list }
  return { ok: true, matchers: selector.matchers }
}

function streamOf(text: string): TokenStream {
  if (text.length > MAX_LENGTH) throw new RangeError(`a query of ${text.length} characters: ${MAX_LENGTH} at most`)
  return new TokenStream(text)
}

function parseWhole<T extends Expr>(stream: TokenStream, read: () => T | undefined): T | undefined {
  try {
    const expr = read()
    return expr === undefined ? undefined : inTheEnd(stream, expr)
  } catch (cause) {
    if (cause instanceof Abandoned) return undefined
    if (!(cause instanceof Recovery)) throw cause
  }
  stream.unexpected('', '')
  return dropRest(stream)
}

/** After a whole expression nothing may follow. */
function inTheEnd<T extends Expr>(stream: TokenStream, expr: T): T {
  while (!stream.is('eof') && !stream.is('nothing')) stream.fail()
  return expr
}

/** The lexer may have more to tell. */
function dropRest(stream: TokenStream): undefined {
  while (!stream.is('eof') && !stream.is('nothing')) stream.take()
}
