import type { Matcher } from '../../../series/index.ts'
import type { At, Expr, VectorSelector } from '../../ast.ts'
import type { QueryContext } from '../context.ts'
import { momentOf, offsetMs } from '../duration.ts'

/** A selector of info series that looks at the moments at which the expression's first selector looks. */
export function infoGrid(base: Expr, matchers: readonly Matcher[], context: QueryContext): VectorSelector {
  const { at, offset } = placeOf(base, context) ?? { at: undefined, offset: 0 }
  const moment: At | undefined = at === undefined ? undefined : { kind: 'time', ms: at }
  return {
    kind: 'vector-selector',
    name: '',
    matchers,
    offset: { kind: 'fixed', ms: offset },
    at: moment,
    bounds: 'plain',
    span: base.span,
  }
}

interface Place {
  readonly at: number | undefined
  /** Before the moment of evaluation, or of `at`, ms. */
  readonly offset: number
}

function placeOf(expr: Expr, context: QueryContext): Place | undefined {
  const own = (node: { readonly at: At | undefined; readonly offset: VectorSelector['offset'] }): Place => ({
    at: node.at === undefined ? undefined : momentOf(node.at, context.range),
    offset: offsetMs(node.offset, context.range),
  })
  switch (expr.kind) {
    case 'vector-selector':
      return own(expr)
    case 'matrix-selector':
      return own(expr.selector)
    case 'subquery': {
      const inner = placeOf(expr.expr, context)
      if (inner === undefined) return undefined
      const outer = own(expr)
      return inner.at === undefined ? { at: outer.at, offset: outer.offset + inner.offset } : inner
    }
    case 'paren':
    case 'unary':
      return placeOf(expr.expr, context)
    case 'aggregate':
      return placeOf(expr.expr, context)
    case 'binary':
      return placeOf(expr.left, context) ?? placeOf(expr.right, context)
    case 'call':
      for (const arg of expr.args) {
        const place = placeOf(arg, context)
        if (place !== undefined) return place
      }
      return undefined
    case 'number':
    case 'string':
      return undefined
  }
}
