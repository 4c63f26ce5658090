import { type At, type Duration, type Expr, type VectorMatching, type VectorSelector } from './ast.ts'
import { FUNCTIONS } from './functions.ts'
import { decimal } from './decimal.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The tree as Prometheus's `/api/v1/parse_query` gives it. */
export function toJson(expr: Expr): Json {
  switch (expr.kind) {
    case 'number':
      return { type: 'numberLiteral', val: decimal(expr.value) }
    case 'string':
      return { type: 'stringLiteral', val: expr.value.toWellFormed() }
    case 'paren':
      return { type: 'parenExpr', expr: toJson(expr.expr) }
    case 'unary':
      return { type: 'unaryExpr', op: expr.operator, expr: toJson(expr.expr) }
    case 'call': {
      const { name = '', args: types = [], variadic = 0, returns = 'vector' } = FUNCTIONS.get(expr.name) ?? {}
      const func = { name, argTypes: types, variadic, returnType: returns }
      return { type: 'call', func, args: expr.args.map(toJson) }
    }
    case 'aggregate': {
      const { operator: op, grouping, without, param } = expr
      return {
        type: 'aggregation',
        op,
        expr: toJson(expr.expr),
        param: param ? toJson(param) : null,
        grouping,
        without,
      }
    }
    case 'binary': {
      const { operator: op, bool, matching } = expr
      const sides = { lhs: toJson(expr.left), rhs: toJson(expr.right) }
      return { type: 'binaryExpr', op, ...sides, matching: matching ? matchingJson(matching) : null, bool }
    }
    case 'vector-selector':
      return { type: 'vectorSelector', ...selectorJson(expr) }
    case 'matrix-selector':
      return { type: 'matrixSelector', ...selectorJson(expr.selector), range: milliseconds(expr.range) }
    case 'subquery': {
      const times = { range: milliseconds(expr.range), offset: milliseconds(expr.offset), ...atJson(expr.at) }
      return { type: 'subquery', expr: toJson(expr.expr), step: expr.step ? milliseconds(expr.step) : 0, ...times }
    }
  }
}

function selectorJson({ name, matchers, offset, at }: VectorSelector): { readonly [key: string]: Json } {
  return {
    name,
    offset: milliseconds(offset),
    matchers: matchers.map((matcher) => ({
      name: matcher.name.toWellFormed(),
      value: matcher.value.toWellFormed(),
      type: matcher.operator,
    })),
    ...atJson(at),
  }
}

function atJson(at: At | undefined): { readonly [key: string]: Json } {
  return {
    timestamp: at?.kind === 'time' ? at.ms : null,
    startOrEnd: at === undefined || at.kind === 'time' ? null : at.kind,
  }
}

function matchingJson({ cardinality, labels, on, include, fillLeft, fillRight }: VectorMatching): Json {
  const fill = { lhs: fillLeft ?? null, rhs: fillRight ?? null }
  return { card: cardinality, labels, on, include, ...((fill.lhs ?? fill.rhs) === null ? {} : { fillValues: fill }) }
}

/** Durations that are calculated count as none here, as in Prometheus. */
function milliseconds(duration: Duration): number {
  return duration.kind === 'fixed' ? duration.ms : 0
}
