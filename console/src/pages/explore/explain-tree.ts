import { type Expr, format, parse, typeOf, type ValueType, type VectorMatching } from 'boxman/promql'
import type { Labels } from '../../data/series.ts'

/** A part of a query, with the parts that it is made of. */
export interface Part {
  /** Its place in the tree: '0', '0.1', … */
  readonly id: string
  readonly depth: number
  readonly text: string
  /** What it does: `sum by (route)`, `rate`, `/ on (job)`. */
  readonly name: string
  readonly type: ValueType
  /** Of a selector, beside its name. */
  readonly matchers: readonly string[]
  /** Of an operation between two vectors. */
  readonly matching: VectorMatching | undefined
  readonly operator: string | undefined
  readonly parts: readonly Part[]
}

/** The tree of a query; undefined when it cannot be read. */
export function partsOf(query: string): Part | undefined {
  const parsed = parse(query)
  return parsed.ok ? partOf(parsed.expr, '0', 0) : undefined
}

/** The deepest first, so that each comes after those that it is made of. */
export function deepestFirst(part: Part): readonly Part[] {
  return [...part.parts.flatMap(deepestFirst), part]
}

/** From the top down, as it is shown. */
export function topDown(part: Part): readonly Part[] {
  return [part, ...part.parts.flatMap(topDown)]
}

function partOf(expr: Expr, id: string, depth: number): Part {
  const inner = innerOf(expr)
  return {
    id,
    depth,
    text: format(expr).trim(),
    name: nameOf(expr),
    type: typeOf(expr),
    matchers: matchersOf(expr),
    matching: expr.kind === 'binary' ? expr.matching : undefined,
    operator: expr.kind === 'binary' ? expr.operator : undefined,
    parts: inner.map((each, i) => partOf(each, `${id}.${i}`, depth + 1)),
  }
}

/** Parentheses add nothing; neither do numbers and strings that stand as arguments. */
function innerOf(expr: Expr): readonly Expr[] {
  const all = directlyIn(expr)
  return all.map(bare).filter(({ kind }) => expr.kind === 'binary' || (kind !== 'number' && kind !== 'string'))
}

function bare(expr: Expr): Expr {
  return expr.kind === 'paren' ? bare(expr.expr) : expr
}

function directlyIn(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'paren':
    case 'unary':
    case 'subquery':
      return [expr.expr]
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.param, expr.expr]
    case 'call':
      return expr.args
    case 'binary':
      return [expr.left, expr.right]
    case 'number':
    case 'string':
    case 'vector-selector':
    case 'matrix-selector':
      return []
  }
}

function nameOf(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return 'number'
    case 'string':
      return 'string'
    case 'paren':
      return nameOf(bare(expr))
    case 'unary':
      return expr.operator
    case 'subquery':
      return 'subquery'
    case 'vector-selector':
      return 'selector'
    case 'matrix-selector':
      return 'range selector'
    case 'call':
      return `${expr.name}()`
    case 'aggregate': {
      if (expr.grouping.length === 0 && !expr.without) return expr.operator
      return `${expr.operator} ${expr.without ? 'without' : 'by'} (${expr.grouping.join(', ')})`
    }
    case 'binary':
      return `${expr.operator}${expr.bool ? ' bool' : ''}${matchingText(expr.matching)}`
  }
}

function matchingText(matching: VectorMatching | undefined): string {
  if (matching === undefined || (!matching.on && matching.labels.length === 0)) return ''
  return ` ${matching.on ? 'on' : 'ignoring'} (${matching.labels.join(', ')})`
}

function matchersOf(expr: Expr): readonly string[] {
  if (expr.kind === 'matrix-selector') return matchersOf(expr.selector)
  if (expr.kind !== 'vector-selector') return []
  return expr.matchers
    .filter(({ name }) => name !== '__name__')
    .map(({ name, operator, value }) => `${name}${operator}${JSON.stringify(value)}`)
}

/** How the series of two sides find each other. */
export interface Pairing {
  readonly left: number
  readonly right: number
  /** Series without one on the other side, by the labels that count. */
  readonly unmatchedLeft: readonly Labels[]
  readonly unmatchedRight: readonly Labels[]
}

export function pairingOf(matching: VectorMatching, left: readonly Labels[], right: readonly Labels[]): Pairing {
  const [ofLeft, ofRight] = [left, right].map((side) => new Map(side.map((labels) => keyedBy(matching, labels))))
  if (ofLeft === undefined || ofRight === undefined) throw new RangeError('a pairing has two sides')
  return {
    left: left.length,
    right: right.length,
    unmatchedLeft: [...ofLeft].filter(([key]) => !ofRight.has(key)).map(([, labels]) => labels),
    unmatchedRight: [...ofRight].filter(([key]) => !ofLeft.has(key)).map(([, labels]) => labels),
  }
}

/** The labels that count, and what stands for them. */
function keyedBy({ on, labels: listed }: VectorMatching, labels: Labels): readonly [string, Labels] {
  const counting = Object.entries(labels)
    .filter(([name]) => (on ? listed.includes(name) : name !== '__name__' && !listed.includes(name)))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return [JSON.stringify(counting), Object.fromEntries(counting)]
}
