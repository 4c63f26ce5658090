import { type Duration, type Expr, parse, type VectorSelector } from '../../promql/index.ts'
import { METRIC_NAME_LABEL } from '../../series/index.ts'

export interface Reading {
  readonly selectors: readonly VectorSelector[]
  /** A range of moments at once would not give what each moment by itself gives. */
  readonly needsMoments: boolean
}

/** What an expression reads. */
export function readingOf(expr: string): Reading {
  const parsed = parse(expr)
  const selectors: VectorSelector[] = []
  if (!parsed.ok) return { selectors, needsMoments: true }
  let needsMoments = false
  const visit = (node: Expr): void => {
    switch (node.kind) {
      case 'vector-selector':
        selectors.push(node)
        needsMoments ||= isRelative(node, [node.offset])
        return
      case 'matrix-selector':
        needsMoments ||= isRelative(node.selector, [node.range])
        visit(node.selector)
        return
      case 'subquery':
        needsMoments ||= isRelative(node, [node.range, node.offset, ...(node.step === undefined ? [] : [node.step])])
        visit(node.expr)
        return
      case 'paren':
      case 'unary':
        visit(node.expr)
        return
      case 'binary':
        visit(node.left)
        visit(node.right)
        return
      case 'aggregate':
        if (node.param !== undefined) visit(node.param)
        visit(node.expr)
        return
      case 'call':
        node.args.forEach(visit)
        return
      case 'number':
      case 'string':
        return
    }
  }
  visit(parsed.expr)
  return { selectors, needsMoments }
}

/** To the ends or the step of the range in which it is asked. */
function isRelative({ at }: Pick<VectorSelector, 'at'>, durations: readonly Duration[]): boolean {
  return at?.kind === 'start' || at?.kind === 'end' || durations.some(({ kind }) => kind !== 'fixed')
}

/** Whether a selector may read series of this name. */
export function mayRead({ matchers }: Pick<VectorSelector, 'matchers'>, name: string): boolean {
  return matchers.every((matcher) => matcher.name !== METRIC_NAME_LABEL || matcher.matches(name))
}
