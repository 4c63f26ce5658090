import type { BinaryExpr, CallExpr, Expr, ValueType } from './ast.ts'
import { FUNCTIONS } from './functions.ts'
import { METRIC_NAME_LABEL } from '../series/index.ts'
import { quoted } from './quote.ts'
import { spanOf, type Span } from './source.ts'
import { isComparison, isSetOperator } from './token.ts'
import type { TokenStream } from './token-stream.ts'

const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
}

/** What an expression's value is. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'vector-selector':
    case 'aggregate':
      return 'vector'
    case 'matrix-selector':
    case 'subquery':
      return 'matrix'
    case 'paren':
    case 'unary':
      return typeOf(expr.expr)
    case 'binary':
      return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector'
    case 'call':
      return FUNCTIONS.get(expr.name)?.returns ?? 'vector'
  }
}

/** Tells what does not fit together; returns the tree with the matching of its operators settled. */
export function checkTypes(expr: Expr, stream: TokenStream): Expr {
  return new Checker(stream).check(expr)
}

class Checker {
  readonly #stream: TokenStream

  constructor(stream: TokenStream) {
    this.#stream = stream
  }

  check(expr: Expr): Expr {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return expr
      case 'vector-selector':
        this.#selector(expr)
        return expr
      case 'matrix-selector':
        this.#selector(expr.selector)
        return expr
      case 'paren':
        return Object.freeze({ ...expr, expr: this.check(expr.expr) })
      case 'unary':
        return this.#unary(expr)
      case 'subquery':
        return this.#subquery(expr)
      case 'aggregate':
        return this.#aggregate(expr)
      case 'call':
        return this.#call(expr)
      case 'binary':
        return this.#binary(expr)
    }
  }

  #expect(expr: Expr, wanted: ValueType, context: string): Expr {
    const checked = this.check(expr)
    const type = typeOf(expr)
    if (type !== wanted) {
      this.#stream.add(expr.span, `expected type ${TYPE_NAMES[wanted]} in ${context}, got ${TYPE_NAMES[type]}`)
    }
    return checked
  }

  #selector({ name, matchers, span }: Extract<Expr, { kind: 'vector-selector' }>, mayBeEmpty = false): void {
    if (name !== '') {
      for (const matcher of matchers.slice(0, -1)) {
        if (matcher.name !== METRIC_NAME_LABEL) continue
        this.#stream.add(span, `metric name must not be set twice: ${quoted(name)} or ${quoted(matcher.value)}`)
      }
    } else if (!mayBeEmpty && matchers.every((matcher) => matcher.matches(''))) {
      this.#stream.add(span, 'vector selector must contain at least one non-empty matcher')
    }
  }

  #unary(unary: Extract<Expr, { kind: 'unary' }>): Expr {
    const expr = this.check(unary.expr)
    const type = typeOf(unary.expr)
    if (type !== 'scalar' && type !== 'vector') {
      this.#stream.add(
        unary.span,
        `unary expression only allowed on expressions of type scalar or instant vector, got ${quoted(TYPE_NAMES[type])}`,
      )
    }
    return Object.freeze({ ...unary, expr })
  }

  #subquery(subquery: Extract<Expr, { kind: 'subquery' }>): Expr {
    const expr = this.check(subquery.expr)
    const type = typeOf(subquery.expr)
    if (type !== 'vector')
      this.#stream.add(subquery.span, `subquery is only allowed on instant vector, got ${type} instead`)
    return Object.freeze({ ...subquery, expr })
  }

  #aggregate(aggregate: Extract<Expr, { kind: 'aggregate' }>): Expr {
    const expr = this.#expect(aggregate.expr, 'vector', 'aggregation expression')
    if (aggregate.param === undefined) return Object.freeze({ ...aggregate, expr })
    const wanted = aggregate.operator === 'count_values' ? 'string' : 'scalar'
    return Object.freeze({ ...aggregate, expr, param: this.#expect(aggregate.param, wanted, 'aggregation parameter') })
  }

  #call(call: CallExpr): Expr {
    const signature = FUNCTIONS.get(call.name)
    if (signature === undefined) throw new Error(`BUG: no function ${call.name}`)
    const { args: types, variadic } = signature
    const given = call.args.length
    const least = variadic === 0 ? types.length : types.length - 1
    const most = least + variadic
    const problem = (wanted: string): void =>
      this.#stream.add(call.span, `expected ${wanted} argument(s) in call to ${quoted(call.name)}, got ${given}`)
    if (variadic === 0) {
      if (given !== least) problem(String(least))
    } else if (given < least) problem(`at least ${least}`)
    else if (variadic > 0 && given > most) problem(`at most ${most}`)

    const [, labels] = call.args
    if (call.name === 'info' && labels !== undefined && typeOf(labels) === 'vector') {
      if (labels.kind !== 'vector-selector') this.#stream.add(labels.span, 'expected label selectors only')
      else if (labels.name !== '') {
        this.#stream.add(labels.span, 'expected label selectors only, got vector selector instead')
      }
    }
    const args = call.args.map((arg, i) => {
      const type = types[i] ?? (variadic === 0 ? undefined : types.at(-1))
      if (type === undefined) return arg
      if (call.name === 'info' && i === 1 && arg.kind === 'vector-selector') {
        this.#selector(arg, true)
        return arg
      }
      return this.#expect(arg, type, `call to function ${quoted(call.name)}`)
    })
    return Object.freeze({ ...call, args: Object.freeze(args) })
  }

  #binary(binary: BinaryExpr): Expr {
    const { operator, bool, span } = binary
    const left = this.check(binary.left)
    const right = this.check(binary.right)
    const types = [typeOf(binary.left), typeOf(binary.right)] as const
    const scalars = types.filter((type) => type === 'scalar').length
    if (bool && !isComparison(operator)) {
      this.#stream.add(this.#operatorSpan(binary), 'bool modifier can only be used on comparison operators')
    }
    if (isComparison(operator) && !bool && scalars === 2) {
      this.#stream.add(this.#operatorSpan(binary), 'comparisons between scalars must use BOOL modifier')
    }
    const { matching } = binary
    if (matching?.on === true) {
      for (const label of matching.labels.filter((label) => matching.include.includes(label))) {
        this.#stream.add(
          this.#operatorSpan(binary),
          `label ${quoted(label)} must not occur in ON and GROUP clause at once`,
        )
      }
    }
    for (const [i, side] of [binary.left, binary.right].entries()) {
      if (types[i] !== 'scalar' && types[i] !== 'vector') {
        this.#stream.add(side.span, 'binary expression must contain only scalar and instant vector types')
      }
    }
    const vectors = types[0] === 'vector' && types[1] === 'vector'
    const settled = vectors ? this.#vectorMatching(binary) : this.#noMatching(binary)
    if (scalars > 0 && isSetOperator(operator)) {
      this.#stream.add(span, `set operator ${quoted(operator)} not allowed in binary scalar expression`)
    }
    return Object.freeze({ ...binary, left, right, matching: settled })
  }

  #noMatching({ matching, span }: BinaryExpr): undefined {
    if (matching === undefined) return
    if (matching.labels.length > 0) this.#stream.add(span, 'vector matching only allowed between instant vectors')
    if (matching.fillLeft !== undefined || matching.fillRight !== undefined) {
      this.#stream.add(span, 'filling in missing series only allowed between instant vectors')
    }
  }

  #vectorMatching({ operator, matching, span }: BinaryExpr): BinaryExpr['matching'] {
    if (matching === undefined || !isSetOperator(operator)) return matching && Object.freeze(matching)
    const one = matching.cardinality === 'one-to-one'
    if (!one) {
      this.#stream.add(span, `no grouping allowed for ${quoted(operator)} operation`)
      this.#stream.add(span, 'set operations must always be many-to-many')
    }
    if (matching.fillLeft !== undefined || matching.fillRight !== undefined) {
      this.#stream.add(span, 'filling in missing series not allowed for set operators')
    }
    return Object.freeze({ ...matching, cardinality: 'many-to-many' })
  }

  /** From the operator on; its end leaves out the last character, as Prometheus does. */
  #operatorSpan({ left, right }: BinaryExpr): Span {
    let start = left.span.end
    while (this.#stream.source.isSpaceAt(start)) start++
    let end = right.span.start - 1
    while (this.#stream.source.isSpaceAt(end)) end--
    return spanOf(start, end)
  }
}
