import type { Matcher } from '../series/index.ts'
import type { Span } from './source.ts'
import type { Aggregator, BinaryOperator } from './token.ts'

/** The type of an expression's value. */
export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix'

interface Node {
  /** Where it stands in the query, in bytes of UTF-8. */
  readonly span: Span
}

export interface NumberLiteral extends Node {
  readonly kind: 'number'
  readonly value: number
  /** Written as a duration: `5m` is 300. */
  readonly duration: boolean
}

export interface StringLiteral extends Node {
  readonly kind: 'string'
  readonly value: string
}

/** The moment of `@`: milliseconds since the epoch, or an end of the query's range. */
export type At = { readonly kind: 'time'; readonly ms: number } | { readonly kind: 'start' } | { readonly kind: 'end' }

/** A duration that is known at once. */
export interface FixedDuration {
  readonly kind: 'fixed'
  readonly ms: number
}

/** A duration that is calculated when the query is run; numbers in it are seconds. */
export type DurationExpr =
  | (Node & { readonly kind: 'duration-value'; readonly name: 'step' | 'range' })
  | (Node & {
      readonly kind: 'duration-choice'
      readonly name: 'min_of' | 'max_of'
      readonly args: readonly [DurationPart, DurationPart]
    })
  | (Node & { readonly kind: 'duration-negation'; readonly operand: DurationPart })
  | (Node & {
      readonly kind: 'duration-operation'
      readonly operator: DurationOperator
      readonly left: DurationPart
      readonly right: DurationPart
    })
  | (Node & { readonly kind: 'duration-parens'; readonly inner: DurationExpr })

export type DurationOperator = '+' | '-' | '*' | '/' | '%' | '^'
export type DurationPart = NumberLiteral | DurationExpr
export type Duration = FixedDuration | DurationExpr

/** How the samples at the bounds of a range, or around a moment, are found. */
export type Bounds = 'plain' | 'anchored' | 'smoothed'

export interface VectorSelector extends Node {
  readonly kind: 'vector-selector'
  /** The name before the braces; '' when there is none. It is also the last of the matchers. */
  readonly name: string
  readonly matchers: readonly Matcher[]
  readonly offset: Duration
  readonly at: At | undefined
  readonly bounds: Bounds
}

/** `selector[range]`; offset and @ are the selector's. */
export interface MatrixSelector extends Node {
  readonly kind: 'matrix-selector'
  readonly selector: VectorSelector
  readonly range: Duration
}

export interface SubqueryExpr extends Node {
  readonly kind: 'subquery'
  readonly expr: Expr
  readonly range: Duration
  /** The evaluation's default when undefined. */
  readonly step: Duration | undefined
  readonly offset: Duration
  readonly at: At | undefined
}

export interface ParenExpr extends Node {
  readonly kind: 'paren'
  readonly expr: Expr
}

export interface UnaryExpr extends Node {
  readonly kind: 'unary'
  readonly operator: '+' | '-'
  readonly expr: Expr
}

export interface VectorMatching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many'
  /** The labels count (`on`), or all others do (`ignoring`). */
  readonly on: boolean
  readonly labels: readonly string[]
  /** Labels taken from the side of one. */
  readonly include: readonly string[]
  /** Values for series that are missing on a side. */
  readonly fillLeft: number | undefined
  readonly fillRight: number | undefined
}

export interface BinaryExpr extends Node {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expr
  readonly right: Expr
  /** A comparison gives 0 or 1 instead of filtering. */
  readonly bool: boolean
  /** Undefined unless both sides are vectors. */
  readonly matching: VectorMatching | undefined
}

export interface AggregateExpr extends Node {
  readonly kind: 'aggregate'
  readonly operator: Aggregator
  readonly expr: Expr
  readonly param: Expr | undefined
  readonly grouping: readonly string[]
  readonly without: boolean
}

export interface CallExpr extends Node {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly Expr[]
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | SubqueryExpr
  | ParenExpr
  | UnaryExpr
  | BinaryExpr
  | AggregateExpr
  | CallExpr

export const NO_OFFSET: FixedDuration = Object.freeze({ kind: 'fixed', ms: 0 })

export const AGGREGATORS_WITH_PARAMETER: ReadonlySet<Aggregator> = new Set<Aggregator>([
  'topk',
  'bottomk',
  'count_values',
  'quantile',
  'limitk',
  'limit_ratio',
])
