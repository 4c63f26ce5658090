import type { BinaryExpr } from '../ast.ts'
import type { QueryContext } from './context.ts'
import { Join } from './join.ts'
import type { Row } from './row.ts'
import type { Work } from './work.ts'

/** Units that a series costs beside its steps. */
const PER_SERIES = 50

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
  const { work } = context
  const present = [await anyAt(left, steps, work), await anyAt(right, steps, work)] as const
  const join = new Join(expr, matching, steps, context, ...present)
  const keyOf = (row: Row): string => join.match(row.labels).key
  const [lefts, rights] = [await groupBy(left, keyOf, work), await groupBy(right, keyOf, work)]
  for (const [key, own] of lefts) await join.group(own, rights.get(key) ?? [])
  for (const [key, own] of rights) if (!lefts.has(key)) await join.group([], own)
  return join.results(join.swapped ? right : left)
}

/** At which steps a side has any sample: without one on both sides nothing is filled nor checked. */
async function anyAt(rows: readonly Row[], steps: number, work: Work): Promise<Uint8Array> {
  const any = new Uint8Array(steps)
  for (const { kinds } of rows) {
    for (let i = 0; i < steps; i++) any[i] = (any[i] ?? 0) | (kinds[i] ?? 0)
    if (work.spend(1 + steps)) await work.rest()
  }
  return any
}

async function groupBy(
  rows: readonly Row[],
  key: (row: Row) => string,
  work: Work,
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const own = key(row)
    const group = groups.get(own)
    if (group === undefined) groups.set(own, [row])
    else group.push(row)
    if (work.spend(PER_SERIES)) await work.rest()
  }
  return groups
}
