import type { Unit } from 'boxman/packs'
import type { Expr } from 'boxman/promql'
import { factsOf, type Metadata } from './metadata.ts'

/** What is counted, and whether it is counted a second. */
interface Measure {
  readonly of: 'seconds' | 'bytes' | 'celsius' | 'ratio' | 'moment' | 'number'
  readonly isRate: boolean
}

const NUMBER: Measure = { of: 'number', isRate: false }
const RATES = new Set(['rate', 'irate', 'deriv'])
const COUNTS = new Set(['count', 'count_values', 'group', 'stdvar'])
/** Their argument's values are not what they return. */
const OTHER_CALLS = new Set([
  'changes',
  'resets',
  'count_over_time',
  'histogram_count',
  'histogram_fraction',
  'sgn',
  'absent',
  'ln',
])
const MOMENTS = new Set(['time', 'timestamp'])
const KINDS: readonly (readonly [suffix: RegExp, of: Measure['of']])[] = [
  [/_timestamp(?:_seconds)?$|_time_seconds$/, 'moment'],
  [/_seconds$/, 'seconds'],
  [/_bytes$/, 'bytes'],
  [/_celsius$/, 'celsius'],
  [/_ratio$/, 'ratio'],
]

/** In what a query's values are most likely told: by the names of its metrics, and by what is done to them. */
export function unitOf(expr: Expr, metadata: Metadata): Unit {
  const { of, isRate } = measureOf(expr, metadata)
  switch (of) {
    case 'seconds':
      // A second a second: how much of the time.
      return isRate ? 'percent-of-one' : 'seconds'
    case 'bytes':
      return isRate ? 'bytes-per-second' : 'bytes'
    case 'celsius':
      return 'celsius'
    case 'ratio':
      return 'percent-of-one'
    case 'moment':
      return isRate ? 'short' : 'timestamp'
    case 'number':
      return isRate ? 'per-second' : 'short'
  }
}

/** In what the bounds of a histogram's buckets are told. */
export function boundUnitOf(expr: Expr, metadata: Metadata): Unit {
  const { of } = measureOf(expr, metadata, true)
  return unitOfBound(of)
}

function unitOfBound(of: Measure['of']): Unit {
  if (of === 'seconds' || of === 'bytes' || of === 'celsius') return of
  return of === 'ratio' ? 'percent-of-one' : 'short'
}

function measureOf(expr: Expr, metadata: Metadata, ofBounds = false): Measure {
  const inner = (each: Expr): Measure => measureOf(each, metadata, ofBounds)
  switch (expr.kind) {
    case 'number':
    case 'string':
      return NUMBER
    case 'vector-selector':
      return { of: kindOf(expr.name, metadata, ofBounds), isRate: false }
    case 'matrix-selector':
      return inner(expr.selector)
    case 'paren':
    case 'unary':
    case 'subquery':
      return inner(expr.expr)
    case 'aggregate':
      return COUNTS.has(expr.operator) ? NUMBER : inner(expr.expr)
    case 'call':
      return ofCall(expr.name, expr.args, metadata, ofBounds)
    case 'binary':
      return ofOperation(expr, inner(expr.left), inner(expr.right))
  }
}

function ofCall(name: string, args: readonly Expr[], metadata: Metadata, ofBounds: boolean): Measure {
  if (MOMENTS.has(name)) return { of: 'moment', isRate: false }
  if (OTHER_CALLS.has(name)) return NUMBER
  if (name === 'histogram_quantile' || name === 'histogram_avg' || name === 'histogram_stddev') {
    const [histogram] = args.slice(-1)
    return histogram === undefined ? NUMBER : { ...measureOf(histogram, metadata, true), isRate: false }
  }
  const [first] = name === 'quantile_over_time' ? args.slice(1) : args
  if (first === undefined) return NUMBER
  const measure = measureOf(first, metadata, ofBounds || name === 'histogram_sum')
  return RATES.has(name) ? { ...measure, isRate: true } : measure
}

function ofOperation(
  { operator, bool, left: a, right: b }: Extract<Expr, { kind: 'binary' }>,
  left: Measure,
  right: Measure,
): Measure {
  if (bool) return NUMBER
  const isSame = left.of === right.of && left.isRate === right.isRate
  if (operator === '/') {
    if (b.kind === 'number') return left
    if (isSame) return a.kind === 'number' ? NUMBER : { of: 'ratio', isRate: false }
    return { of: left.of, isRate: left.isRate && !right.isRate }
  }
  if (operator === '*') return right.of === 'number' && !right.isRate ? left : right
  if (operator === '^' || operator === 'atan2') return NUMBER
  if (operator === '-' && left.of === 'moment' && right.of === 'moment') return { of: 'seconds', isRate: false }
  return a.kind === 'number' ? right : left
}

function kindOf(name: string, metadata: Metadata, ofBounds: boolean): Measure['of'] {
  const facts = factsOf(metadata, name)
  const isCount = /_(?:count|bucket)$/.test(name) && !ofBounds
  const isNative = facts?.type === 'histogram' && metadata.has(name) && !ofBounds
  if (isCount || isNative) return 'number'
  const plain = name.replace(/_(?:sum|bucket|count|total)$/, '')
  const known = facts?.unit === undefined || facts.unit === '' ? plain : `_${facts.unit}`
  return KINDS.find(([suffix]) => suffix.test(known))?.[1] ?? 'number'
}
