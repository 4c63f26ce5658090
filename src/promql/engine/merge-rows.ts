import { failExecution } from './fault.ts'
import { Row } from './row.ts'
import type { Work } from './work.ts'

/** Units that a series costs beside its steps. */
const PER_SERIES = 20

/** Series with the same labels as one, as long as their samples do not meet. */
export async function mergeRows(rows: readonly Row[], work: Work): Promise<readonly Row[]> {
  const results = new Map<string, Row>()
  for (const row of rows) {
    const known = results.get(row.labels.key)
    results.set(row.labels.key, known === undefined ? row : merge(known, row))
    if (work.spend(PER_SERIES + (known === undefined ? 0 : row.steps))) await work.rest()
  }
  return results.size === rows.length ? rows : [...results.values()]
}

function merge(a: Row, b: Row): Row {
  const result = new Row(a.labels, a.dropName, a.steps)
  for (let i = 0; i < a.steps; i++) {
    const [own, other] = [a.at(i), b.at(i)]
    if (own !== undefined && other !== undefined) failExecution('vector cannot contain metrics with the same labelset')
    const value = own ?? other
    if (value !== undefined) result.set(i, value)
  }
  return result
}
