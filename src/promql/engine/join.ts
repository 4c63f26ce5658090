import { LabelSet } from '../../series/index.ts'
import type { BinaryExpr, VectorMatching } from '../ast.ts'
import { quoted } from '../quote.ts'
import { isComparison, isTrim } from '../token.ts'
import { operate, scalarOperation } from './arithmetic.ts'
import type { QueryContext } from './context.ts'
import { failExecution } from './fault.ts'
import { FLOAT, Row, type SampleValue } from './row.ts'
import { compared } from './scalar-binary.ts'
import { matchLabels } from './signature.ts'
import { sortInSlices } from './sort-in-slices.ts'

/** Units that a pair costs at a step, beside those of finding it. */
const PER_PAIR = 4
const PER_SERIES = 20

/** With the name inside: how messages of Prometheus show series. */
function braced(labels: LabelSet): string {
  return `{${Array.from(labels, ([name, value]) => `${/^[a-zA-Z_]\w*$/.test(name) ? name : quoted(name)}=${quoted(value)}`).join(', ')}}`
}

/** Puts together what meets of two vectors. */
export class Join {
  readonly match: (labels: LabelSet) => LabelSet
  readonly #expr: BinaryExpr
  readonly #matching: VectorMatching
  readonly #steps: number
  readonly #context: QueryContext
  readonly #anyLeft: Uint8Array
  readonly #anyRight: Uint8Array
  readonly swapped: boolean
  readonly #keepsName: boolean
  readonly #rows = new Map<string, Row>()
  /** Of the side of many, the first that a result came from. */
  readonly #origins = new Map<Row, Row>()
  readonly #on: ReadonlySet<string>

  constructor(
    expr: BinaryExpr,
    matching: VectorMatching,
    steps: number,
    context: QueryContext,
    anyLeft: Uint8Array,
    anyRight: Uint8Array,
  ) {
    this.#expr = expr
    this.#matching = matching
    this.#steps = steps
    this.#context = context
    this.#anyLeft = anyLeft
    this.#anyRight = anyRight
    this.swapped = matching.cardinality === 'one-to-many'
    this.#keepsName = (isComparison(expr.operator) && !expr.bool) || isTrim(expr.operator)
    this.#on = new Set(matching.labels)
    this.match = matchLabels(matching)
  }

  /** In the order of the side of many; what was filled in for it comes last. */
  async results(many: readonly Row[]): Promise<readonly Row[]> {
    const { work } = this.#context
    const places = new Map<Row, number>()
    for (const [i, row] of many.entries()) {
      places.set(row, i)
      if (work.spend(1)) await work.rest()
    }
    const place = (result: Row): number => places.get(this.#origins.get(result) ?? result) ?? many.length
    return sortInSlices([...this.#rows.values()], (a, b) => place(a) - place(b), work)
  }

  async group(left: readonly Row[], right: readonly Row[]): Promise<void> {
    const { work } = this.#context
    const [many, one] = this.swapped ? [right, left] : [left, right]
    const { fillLeft, fillRight } = this.#matching
    const [fillMany, fillOne] = this.swapped ? [fillRight, fillLeft] : [fillLeft, fillRight]
    const fills = fillLeft !== undefined || fillRight !== undefined
    const pairs = new Map<Row | undefined, Map<Row | undefined, Row>>()
    const [only] = one
    const [first] = many
    if (!fills && one.length + Math.min(1, many.length) < 2) return
    if (!fills && one.length === 1 && many.length === 1 && only !== undefined && first !== undefined) {
      if (first.isPlain && only.isPlain && !isTrim(this.#expr.operator)) {
        this.#pairFloats(first, only)
        if (work.spend(PER_SERIES + this.#steps)) await work.rest()
        return
      }
    }
    for (let i = 0; i < this.#steps; i++) {
      if (work.spend((many.length + one.length) * PER_PAIR)) await work.rest()
      const [anyLeft, anyRight] = [this.#anyLeft[i] !== 0, this.#anyRight[i] !== 0]
      if (!(anyLeft && anyRight) && !(fills && (anyLeft || anyRight))) continue
      const single = this.#single(one, i)
      const other = single?.at(i) ?? fillOne
      let matched = 0
      for (const row of many) {
        const value = row.at(i)
        if (value === undefined || other === undefined) continue
        if (++matched > 1 && this.#matching.cardinality === 'one-to-one') {
          failExecution('multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)')
        }
        this.#pair(i, value, other, () => this.#rowOf(pairs, row, single))
      }
      if (matched === 0 && single !== undefined && other !== undefined && fillMany !== undefined) {
        this.#pair(i, fillMany, other, () => this.#rowOf(pairs, undefined, single))
      }
    }
  }

  /** The only series of each side. */
  #pairFloats(many: Row, one: Row): void {
    const { operator, bool } = this.#expr
    const compares = isComparison(operator)
    let result: Row | undefined
    for (let i = 0; i < this.#steps; i++) {
      if (many.kinds[i] !== FLOAT || one.kinds[i] !== FLOAT) continue
      const [own, other] = [many.values[i] ?? NaN, one.values[i] ?? NaN]
      const [a, b] = this.swapped ? [other, own] : [own, other]
      const value = scalarOperation(operator, a, b)
      if (compares && !bool && value === 0) continue
      result ??= this.#rowOf(new Map(), many, one)
      if (result.has(i)) this.#failTwice()
      result.setFloat(i, compares && !bool ? a : value)
    }
  }

  /** The row of the side of one that has a sample, of which there may be only one. */
  #single(rows: readonly Row[], i: number): Row | undefined {
    let single: Row | undefined
    for (const row of rows) {
      if (!row.has(i)) continue
      if (single !== undefined) {
        failExecution(
          `found duplicate series for the match group ${String(this.match(row.labels))} on the ${this.swapped ? 'left' : 'right'} hand-side of the operation: ` +
            `[${braced(row.labels)}, ${braced(single.labels)}];many-to-many matching not allowed: matching labels must be unique on one side`,
        )
      }
      single = row
    }
    return single
  }

  #pair(i: number, many: SampleValue, one: SampleValue, result: () => Row): void {
    const outcome = this.swapped
      ? operate(this.#expr, one, many, this.#context.notes)
      : operate(this.#expr, many, one, this.#context.notes)
    if (outcome === undefined) return
    const value = compared(this.#expr, outcome.keep, outcome.value)
    if (value === undefined) return
    const row = result()
    if (row.has(i)) this.#failTwice()
    row.set(i, value)
  }

  #failTwice(): never {
    return failExecution('multiple matches for labels: grouping labels must ensure unique matches')
  }

  /** Where the results of two rows go; without the one, a filled value has met the other. */
  #rowOf(pairs: Map<Row | undefined, Map<Row | undefined, Row>>, many: Row | undefined, one: Row | undefined): Row {
    const known = pairs.get(many)?.get(one)
    if (known !== undefined) return known
    const manyLabels = many?.labels ?? this.match(one?.labels ?? LabelSet.EMPTY)
    const labels = this.#resultLabels(manyLabels, one?.labels ?? this.match(manyLabels))
    const dropName = many?.dropName === true || !this.#keepsName
    const key = `${dropName ? '-' : '+'}${labels.key}`
    let row = this.#rows.get(key)
    if (row === undefined) {
      row = new Row(labels, dropName, this.#steps)
      this.#rows.set(key, row)
      if (many !== undefined) this.#origins.set(row, many)
      this.#context.work.hold(this.#steps)
    }
    pairs.set(many, (pairs.get(many) ?? new Map<Row | undefined, Row>()).set(one, row))
    return row
  }

  #resultLabels(many: LabelSet, one: LabelSet): LabelSet {
    const { cardinality, on, include } = this.#matching
    let labels = many
    if (cardinality === 'one-to-one') labels = on ? labels.only(this.#on) : labels.without(this.#on)
    for (const name of include) labels = labels.with(name, one.get(name))
    return labels
  }
}
