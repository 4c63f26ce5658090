import {
  type AggregateExpr,
  AGGREGATORS_WITH_PARAMETER,
  type At,
  type BinaryExpr,
  type Expr,
  NO_OFFSET,
  type VectorSelector,
} from './ast.ts'
import { Matcher, METRIC_NAME_LABEL } from '../series/index.ts'
import { FUNCTIONS } from './functions.ts'
import { type Broken, ranged, withAt, withBounds, withOffset } from './modifiers.ts'
import { parseOffsetDuration, parsePositiveDuration } from './parse-duration.ts'
import { parseGrouping, parseMatchers } from './parse-labels.ts'
import { parseMatching } from './parse-matching.ts'
import { parseNumber, parseSignedNumber } from './parse-number.ts'
import { quoted } from './quote.ts'
import { spanOf, type Span } from './source.ts'
import { type Aggregator, type BinaryOperator, isAggregator, METRIC_WORDS, PREPROCESSORS, type Token } from './token.ts'
import { Recovery, type TokenStream } from './token-stream.ts'
import { unquote } from './unquote.ts'

/** How tightly operators bind, loosest first. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<=', '<', '>=', '>', '</', '>/'],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
]
const BINDING: ReadonlyMap<string, { readonly operator: BinaryOperator; readonly binding: number }> = new Map(
  LEVELS.flatMap((operators, i) => operators.map((operator) => [operator, { operator, binding: i + 1 }] as const)),
)
/** A sign binds as multiplication does: `-a^b` is `-(a^b)`. */
const SIGN_BINDING = 5
const POWER_BINDING = 6
/** Words of the preprocessor that are functions too. */
const CALLABLE: ReadonlySet<string> = new Set<string>(['identifier', ...PREPROCESSORS])
const DURATION = 'number, duration, step(), or range()'
const MAX_TIMESTAMP_SECONDS = 2 ** 63

/** Pratt's way: a prefix, then whatever binds more tightly than what stands before. */
export class ExpressionParser {
  readonly #stream: TokenStream
  readonly #broken: Broken = new WeakSet()

  constructor(stream: TokenStream) {
    this.#stream = stream
  }

  parse(binding = 0): Expr {
    return this.#stream.deeper(() => this.#continued(this.#prefix(), binding))
  }

  selector(): VectorSelector {
    for (;;) {
      const token = this.#stream.peek()
      if (token.kind === '{') return this.#selector('', token.start)
      if (METRIC_WORDS.has(token.kind)) {
        this.#stream.take()
        return this.#selector(token.text, token.start)
      }
      this.#stream.fail()
    }
  }

  #continued(first: Expr, binding: number): Expr {
    let left = first
    for (;;) {
      const { height } = this.#stream
      this.#stream.height = 0
      const next = this.#further(left, binding)
      if (next === undefined) {
        this.#stream.height = height
        return left
      }
      this.#stream.raise(height, this.#stream.height)
      left = next
    }
  }

  /** The expression with the next operator or modifier, if it binds tightly enough. */
  #further(left: Expr, binding: number): Expr | undefined {
    const token = this.#stream.peek()
    const infix = BINDING.get(token.kind)
    if (infix === undefined) return this.#postfix(left, token)
    return infix.binding > binding ? this.#binary(left, infix.operator, infix.binding) : undefined
  }

  #prefix(): Expr {
    for (;;) {
      const token = this.#stream.peek()
      const { kind } = token
      if (kind === 'number' || kind === 'duration') return parseNumber(this.#stream)
      if (kind === 'string') return this.#string()
      if (kind === '+' || kind === '-') return this.#unary(kind)
      if (kind === '(') return this.#parens()
      if (kind === '{') return this.#selector('', token.start)
      if (METRIC_WORDS.has(kind)) return this.#name(this.#stream.take())
      this.#stream.fail()
    }
  }

  #string(): Expr {
    const { text, start, end } = this.#stream.take()
    return Object.freeze({ kind: 'string', value: unquote(text), span: spanOf(start, end) })
  }

  /** A sign before a number belongs to the number. */
  #unary(operator: '+' | '-'): Expr {
    const { start } = this.#stream.take()
    const expr = this.parse(SIGN_BINDING)
    const span = spanOf(start, expr.span.end)
    if (expr.kind !== 'number') return Object.freeze({ kind: 'unary', operator, expr, span })
    return Object.freeze({ ...expr, value: operator === '-' ? -expr.value : expr.value, span })
  }

  #parens(): Expr {
    const { start } = this.#stream.take()
    let expr = this.parse()
    while (!this.#stream.is(')')) {
      this.#stream.fail()
      expr = this.#continued(expr, 0)
    }
    return Object.freeze({ kind: 'paren', expr, span: spanOf(start, this.#stream.take().end) })
  }

  #name(word: Token): Expr {
    if (isAggregator(word.kind) && ['(', 'by', 'without'].includes(this.#stream.peek().kind)) {
      return this.#aggregate(word, word.kind)
    }
    if (CALLABLE.has(word.kind) && this.#stream.is('(')) return this.#call(word)
    return this.#selector(word.text, word.start)
  }

  #selector(name: string, start: number): VectorSelector {
    const inBraces = this.#stream.is('{') ? parseMatchers(this.#stream) : undefined
    const named = name === '' ? [] : [new Matcher(METRIC_NAME_LABEL, '=', name)]
    return Object.freeze({
      kind: 'vector-selector',
      name,
      matchers: Object.freeze([...(inBraces ?? []), ...named]),
      offset: NO_OFFSET,
      at: undefined,
      bounds: 'plain',
      span: spanOf(start, inBraces === undefined ? start + name.length : this.#stream.lastClosing),
    })
  }

  #call(word: Token): Expr {
    const { args, end } = this.#args()
    // The words of the preprocessor are found in any case, functions are not.
    const name = word.kind === 'identifier' ? word.text : word.kind
    if (!FUNCTIONS.has(name)) this.#stream.add(word, `unknown function with name ${quoted(word.text)}`)
    return Object.freeze({ kind: 'call', name, args, span: spanOf(word.start, end) })
  }

  /** `(a, b)` */
  #args(): { readonly args: readonly Expr[]; readonly end: number } {
    this.#stream.expect('(')
    const empty = this.#stream.accept(')')
    if (empty !== undefined) return { args: Object.freeze([]), end: empty.end }
    const args = [this.parse()]
    for (let { height } = this.#stream; ; height = Math.max(height, this.#stream.height)) {
      this.#stream.height = height
      while (!this.#stream.is(',') && !this.#stream.is(')')) this.#stream.fail()
      const mark = this.#stream.take()
      if (mark.kind === ')') return { args: Object.freeze(args), end: mark.end }
      if (this.#startsExpression()) args.push(this.parse())
      else this.#stream.add(mark, 'trailing commas not allowed in function call args')
    }
  }

  #startsExpression(): boolean {
    const { kind } = this.#stream.peek()
    return ['number', 'duration', 'string', '+', '-', '(', '{'].includes(kind) || METRIC_WORDS.has(kind)
  }

  #aggregate(word: Token, operator: Aggregator): Expr {
    try {
      const before = this.#grouping()
      const { args, end } = this.#args()
      const after = before === undefined ? this.#grouping() : undefined
      const modifier = before ?? after
      return this.#aggregation(operator, args, modifier, spanOf(word.start, after === undefined ? end : after.end))
    } catch (cause) {
      if (!(cause instanceof Recovery)) throw cause
      this.#stream.unexpected('aggregation', '')
      return this.#aggregation(operator, [], undefined, spanOf(word.start, this.#stream.lastClosing))
    }
  }

  #grouping(): { readonly labels: readonly string[]; readonly without: boolean; readonly end: number } | undefined {
    const { kind } = this.#stream.peek()
    if (kind !== 'by' && kind !== 'without') return undefined
    this.#stream.take()
    return {
      labels: Object.freeze(parseGrouping(this.#stream)),
      without: kind === 'without',
      end: this.#stream.lastClosing,
    }
  }

  #aggregation(
    operator: Aggregator,
    args: readonly Expr[],
    modifier: { readonly labels: readonly string[]; readonly without: boolean } | undefined,
    span: Span,
  ): Expr {
    const wanted = AGGREGATORS_WITH_PARAMETER.has(operator) ? 2 : 1
    if (args.length === 0) this.#stream.add(span, 'no arguments for aggregate expression provided')
    else if (args.length !== wanted) {
      this.#stream.add(
        span,
        `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
      )
    }
    const node: AggregateExpr = {
      kind: 'aggregate',
      operator,
      expr: args[wanted - 1] ?? NOTHING,
      param: wanted === 2 ? args[0] : undefined,
      grouping: modifier?.labels ?? Object.freeze([]),
      without: modifier?.without ?? false,
      span,
    }
    return Object.freeze(node)
  }

  #binary(left: Expr, operator: BinaryOperator, binding: number): BinaryExpr {
    this.#stream.take()
    const bool = this.#stream.accept('bool') !== undefined
    const { matching, name } = parseMatching(this.#stream)
    const own = binding === POWER_BINDING ? binding - 1 : binding
    const right =
      name === undefined ? this.parse(own) : this.#stream.deeper(() => this.#continued(this.#name(name), own))
    const span = spanOf(left.span.start, right.span.end)
    return Object.freeze({ kind: 'binary', operator, left, right, bool, matching, span })
  }

  #postfix(expr: Expr, { kind }: Token): Expr | undefined {
    if (kind === '[') return this.#brackets(expr)
    if (kind === 'anchored' || kind === 'smoothed') {
      this.#stream.take()
      return withBounds(this.#stream, this.#broken, expr, kind)
    }
    if (kind === '@') {
      this.#stream.take()
      return this.#recovering(expr, '@', 'timestamp', () => this.#at(expr))
    }
    if (kind !== 'offset') return undefined
    this.#stream.take()
    return this.#recovering(expr, 'offset', DURATION, () =>
      withOffset(this.#stream, this.#broken, expr, parseOffsetDuration(this.#stream)),
    )
  }

  /** A fault within leaves the expression as it was. */
  #recovering(expr: Expr, context: string, expected: string, read: () => Expr): Expr {
    try {
      return read()
    } catch (cause) {
      if (!(cause instanceof Recovery)) throw cause
      this.#stream.unexpected(context, expected)
      return expr
    }
  }

  #at(expr: Expr): Expr {
    const { kind } = this.#stream.peek()
    if (kind === 'start' || kind === 'end') {
      this.#stream.take()
      this.#stream.expect('(')
      this.#stream.expect(')')
      return withAt(this.#stream, this.#broken, expr, Object.freeze({ kind }))
    }
    const { value } = parseSignedNumber(this.#stream)
    if (!(Math.abs(value) < MAX_TIMESTAMP_SECONDS)) {
      this.#stream.add(expr.span, `timestamp out of bounds for @ modifier: ${sixDecimals(value)}`)
    }
    const at: At = { kind: 'time', ms: Math.round(value * 1000) + 0 }
    return withAt(this.#stream, this.#broken, expr, Object.freeze(at))
  }

  #brackets(expr: Expr): Expr {
    const { start } = this.#stream.take()
    return this.#recovering(expr, 'subquery or range selector', DURATION, () => {
      const range = parsePositiveDuration(this.#stream)
      while (!this.#stream.is(':') && !this.#stream.is(']')) {
        if (!this.#stream.recovers()) continue
        this.#stream.unexpected('subquery or range', '":" or "]"')
        return expr
      }
      const mark = this.#stream.take()
      if (mark.kind === ']') return ranged(this.#stream, this.#broken, expr, range, spanOf(start, mark.end))
      return this.#recovering(expr, 'subquery selector', `number, duration, step(), range(), or "]"`, () => {
        const step = this.#stream.is(']') ? undefined : parsePositiveDuration(this.#stream)
        while (!this.#stream.is(']')) {
          if (!this.#stream.recovers()) continue
          this.#stream.unexpected('subquery selector', '"]"')
          return expr
        }
        const span = spanOf(expr.span.start, this.#stream.take().end)
        return Object.freeze({ kind: 'subquery', expr, range, step, offset: NO_OFFSET, at: undefined, span })
      })
    })
  }
}

/** Stands in for an argument that is missing, which has been told. */
const NOTHING: Expr = Object.freeze({ kind: 'string', value: '', span: spanOf(0, 0) })

/** As C's %f. */
function sixDecimals(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  return `${BigInt(value)}.000000`
}
