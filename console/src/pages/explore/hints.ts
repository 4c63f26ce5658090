import { type Expr, parse } from 'boxman/promql'
import { isCounter, type Metadata } from './metadata.ts'

/** What would make a query say more, and the query as it would then be. */
export interface Hint {
  readonly text: string
  readonly action: string
  readonly expr: string
}

/** What takes counters as they are. */
const TAKES_COUNTERS = new Set(['absent', 'absent_over_time', 'timestamp', 'label_replace', 'label_join'])

/** Of a query that can be read; none for another. */
export function hintsOf(text: string, metadata: Metadata): readonly Hint[] {
  const parsed = parse(text)
  if (!parsed.ok) return []
  const [bare] = bareCounters(parsed.expr, metadata)
  if (bare === undefined) return []
  const { start, end } = bare.span
  return [
    {
      text: `${bare.name} is a counter: it only rises.`,
      action: 'Use rate()',
      expr: replaced(text, start, end, (selector) => `rate(${selector}[$__rate_interval])`),
    },
  ]
}

/** The query with the part at these bytes changed. */
export function replaced(text: string, start: number, end: number, change: (part: string) => string): string {
  const bytes = new TextEncoder().encode(text)
  const [before, part, after] = [bytes.subarray(0, start), bytes.subarray(start, end), bytes.subarray(end)].map(
    (each) => new TextDecoder().decode(each),
  )
  return `${before ?? ''}${change(part ?? '')}${after ?? ''}`
}

type Selector = Extract<Expr, { kind: 'vector-selector' }>

/** Counters whose values are taken as they are. */
function bareCounters(expr: Expr, metadata: Metadata): readonly Selector[] {
  switch (expr.kind) {
    case 'vector-selector':
      return expr.name !== '' && isCounter(metadata, expr.name) ? [expr] : []
    case 'aggregate':
      return expr.operator === 'count' || expr.operator === 'group' ? [] : bareCounters(expr.expr, metadata)
    case 'call':
      return TAKES_COUNTERS.has(expr.name) ? [] : expr.args.flatMap((arg) => bareCounters(arg, metadata))
    case 'binary':
      return [...bareCounters(expr.left, metadata), ...bareCounters(expr.right, metadata)]
    case 'paren':
    case 'unary':
      return bareCounters(expr.expr, metadata)
    // Of a range something is calculated.
    case 'subquery':
    case 'matrix-selector':
    case 'number':
    case 'string':
      return []
  }
}
