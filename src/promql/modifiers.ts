import { type At, type Duration, type Expr, type MatrixSelector, NO_OFFSET, type VectorSelector } from './ast.ts'
import { spanOf, type Span } from './source.ts'
import type { TokenStream } from './token-stream.ts'

/** Matrix selectors made of something that is no vector selector; the fault has been told, and is told of modifiers too. */
export type Broken = WeakSet<MatrixSelector>

export function isNoOffset(offset: Duration): boolean {
  return offset.kind === 'fixed' && offset.ms === 0
}

export function withOffset(stream: TokenStream, broken: Broken, expr: Expr, offset: Duration): Expr {
  return modified(stream, broken, expr, 'offset modifier', (target) => {
    if (isNoOffset(target.offset)) return { offset }
    stream.add(expr.span, 'offset may not be set multiple times')
    return {}
  })
}

export function withAt(stream: TokenStream, broken: Broken, expr: Expr, at: At): Expr {
  return modified(stream, broken, expr, '@ modifier', (target) => {
    if (target.at === undefined) return { at }
    stream.add(expr.span, '@ <timestamp> may not be set multiple times')
    return undefined
  })
}

/** A modifier makes its selector end where the modifier ends. */
function modified(
  stream: TokenStream,
  broken: Broken,
  expr: Expr,
  what: string,
  change: (target: { readonly offset: Duration; readonly at: At | undefined }) => Partial<VectorSelector> | undefined,
): Expr {
  const span = spanOf(expr.span.start, stream.lastClosing)
  switch (expr.kind) {
    case 'vector-selector': {
      const changes = change(expr)
      return changes === undefined ? expr : Object.freeze({ ...expr, ...changes, span })
    }
    case 'subquery': {
      const { offset = expr.offset, at = expr.at } = change(expr) ?? {}
      return Object.freeze({ ...expr, offset, at, span })
    }
    case 'matrix-selector': {
      if (broken.has(expr)) {
        stream.add(expr.span, 'ranges only allowed for vector selectors')
        return expr
      }
      const changes = change(expr.selector)
      if (changes === undefined) return expr
      return Object.freeze({ ...expr, selector: Object.freeze({ ...expr.selector, ...changes }), span })
    }
    case 'number':
    case 'string':
    case 'paren':
    case 'unary':
    case 'binary':
    case 'aggregate':
    case 'call':
      stream.add(
        expr.span,
        `${what} must be preceded by an instant vector selector or range vector selector or a subquery`,
      )
      return expr
  }
}

export function withBounds(stream: TokenStream, broken: Broken, expr: Expr, bounds: 'anchored' | 'smoothed'): Expr {
  const selector = expr.kind === 'matrix-selector' ? expr.selector : expr
  if (selector.kind !== 'vector-selector') {
    stream.add(expr.span, `${bounds} modifier not implemented`)
    return expr
  }
  if (expr.kind === 'matrix-selector' && broken.has(expr)) return expr
  if (selector.bounds !== 'plain' && selector.bounds !== bounds) {
    stream.add(expr.span, 'anchored and smoothed modifiers cannot be used together')
  }
  const changed = Object.freeze({ ...selector, bounds })
  return expr.kind === 'matrix-selector' ? Object.freeze({ ...expr, selector: changed }) : changed
}

/** `[range]` after an expression; `brackets` spans from one to the other. */
export function ranged(
  stream: TokenStream,
  broken: Broken,
  expr: Expr,
  range: Duration,
  brackets: Span,
): MatrixSelector {
  const fault = rangeFault(expr)
  if (fault !== undefined) stream.add(brackets, fault)
  const span = spanOf(expr.span.start, brackets.end)
  const sound = expr.kind === 'vector-selector'
  const node: MatrixSelector = Object.freeze({ kind: 'matrix-selector', selector: sound ? expr : NOTHING, range, span })
  if (!sound) broken.add(node)
  return node
}

function rangeFault(expr: Expr): string | undefined {
  if (expr.kind !== 'vector-selector') return 'ranges only allowed for vector selectors'
  if (!isNoOffset(expr.offset)) return 'no offset modifiers allowed before range'
  return expr.at === undefined ? undefined : 'no @ modifiers allowed before range'
}

const NOTHING: VectorSelector = Object.freeze({
  kind: 'vector-selector',
  name: '',
  matchers: Object.freeze([]),
  offset: NO_OFFSET,
  at: undefined,
  bounds: 'plain',
  span: spanOf(0, 0),
})
