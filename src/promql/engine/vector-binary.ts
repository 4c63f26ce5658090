import { LabelSet } from '../../series/index.ts'
import type { BinaryExpr, VectorMatching } from '../ast.ts'
import { quoted } from '../quote.ts'
import { isComparison, isTrim } from '../token.ts'
import { operate } from './arithmetic.ts'
import type { QueryContext } from './context.ts'
import { failExecution } from './fault.ts'
import { Row, type SampleValue } from './row.ts'
import { compared } from './scalar-binary.ts'
import { groupBy, matchLabels } from './signature.ts'

/** Operators between vectors: series that meet are taken group by group, and in each step by step. */
export async function vectorBinary(
  expr: BinaryExpr,
  left: readonly Row[],
  right: readonly Row[],
  steps: number,
  context: QueryContext,
): Promise<readonly Row[]> {
  const { matching } = expr
  if (matching === undefined) throw new Error('BUG: an operator between vectors without matching')
  const join = new Join(expr, matching, steps, context, anyAt(left, steps), anyAt(right, steps))
  const keyOf = (row: Row): string => join.match(row.labels).key
  const [lefts, rights] = [groupBy(left, keyOf), groupBy(right, keyOf)]
  for (const key of new Set([...lefts.keys(), ...rights.keys()])) {
    const [a, b] = [lefts.get(key) ?? [], rights.get(key) ?? []]
    join.group(a, b)
    if (context.work.spend((a.length + b.length) * steps)) await context.work.rest()
  }
  return join.results(join.swapped ? right : left)
}

/** With the name inside: how messages of Prometheus show series. */
function braced(labels: LabelSet): string {
  return `{${Array.from(labels, ([name, value]) => `${/^[a-zA-Z_]\w*$/.test(name) ? name : quoted(name)}=${quoted(value)}`).join(', ')}}`
}

/** At which steps a side has any sample: without one on both sides nothing is filled nor checked. */
function anyAt(rows: readonly Row[], steps: number): Uint8Array {
  const any = new Uint8Array(steps)
  for (const { kinds } of rows) for (let i = 0; i < steps; i++) any[i] = (any[i] ?? 0) | (kinds[i] ?? 0)
  return any
}

class Join {
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
  results(many: readonly Row[]): readonly Row[] {
    const places = new Map(many.map((row, i) => [row, i]))
    const place = (result: Row): number => places.get(this.#origins.get(result) ?? result) ?? many.length
    return [...this.#rows.values()].sort((a, b) => place(a) - place(b))
  }

  group(left: readonly Row[], right: readonly Row[]): void {
    const [many, one] = this.swapped ? [right, left] : [left, right]
    const { fillLeft, fillRight } = this.#matching
    const [fillMany, fillOne] = this.swapped ? [fillRight, fillLeft] : [fillLeft, fillRight]
    const fills = fillLeft !== undefined || fillRight !== undefined
    const pairs = new Map<Row | undefined, Map<Row | undefined, Row>>()
    for (let i = 0; i < this.#steps; i++) {
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
    if (row.has(i)) failExecution('multiple matches for labels: grouping labels must ensure unique matches')
    row.set(i, value)
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
