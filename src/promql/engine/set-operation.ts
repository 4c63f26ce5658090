import type { BinaryExpr } from '../ast.ts'
import type { QueryContext } from './context.ts'
import { Row } from './row.ts'
import { matchLabels } from './signature.ts'

/** Units that a series costs beside its steps. */
const PER_SERIES = 50

/** `and`, `or`, `unless`, step by step. */
export async function setOperation(
  { operator, matching }: BinaryExpr,
  left: readonly Row[],
  right: readonly Row[],
  steps: number,
  { work }: QueryContext,
): Promise<readonly Row[]> {
  const keyOf = matchLabels(matching ?? { on: false, labels: [] })
  const presence = async (rows: readonly Row[]): Promise<Map<string, Uint8Array>> => {
    const found = new Map<string, Uint8Array>()
    for (const { labels, kinds } of rows) {
      const { key } = keyOf(labels)
      let seen = found.get(key)
      if (seen === undefined) found.set(key, (seen = new Uint8Array(steps)))
      for (let i = 0; i < steps; i++) seen[i] = (seen[i] ?? 0) | (kinds[i] ?? 0)
      if (work.spend(PER_SERIES + steps)) await work.rest()
    }
    return found
  }
  const filtered = async (rows: readonly Row[], there: Map<string, Uint8Array>, wanted: boolean): Promise<Row[]> => {
    const results: Row[] = []
    for (const row of rows) {
      const seen = there.get(keyOf(row.labels).key)
      const result = new Row(row.labels, row.dropName, steps)
      for (let i = 0; i < steps; i++) {
        const value = ((seen?.[i] ?? 0) !== 0) === wanted ? row.at(i) : undefined
        if (value !== undefined) result.set(i, value)
      }
      results.push(result)
      if (work.hold(steps) || work.spend(PER_SERIES)) await work.rest()
    }
    return results
  }
  if (operator === 'and') return filtered(left, await presence(right), true)
  if (operator === 'unless') return filtered(left, await presence(right), false)
  return [...left, ...(await filtered(right, await presence(left), false))]
}
