import type { LabelSet } from '../../series/index.ts'
import { decimal } from '../decimal.ts'
import type { QueryContext } from './context.ts'
import { histogramText } from './histogram/index.ts'
import { Row } from './row.ts'

/** How often each value comes in each group, the value written into a label. */
export async function countValues(
  rows: readonly Row[],
  labelsOf: (labels: LabelSet) => LabelSet,
  label: string,
  steps: number,
  { work }: QueryContext,
): Promise<readonly Row[]> {
  const results = new Map<string, Row>()
  for (const row of rows) {
    const group = labelsOf(row.labels)
    for (let i = 0; i < steps; i++) {
      const value = row.at(i)
      if (value === undefined) continue
      const labels = group.with(label, typeof value === 'number' ? decimal(value) : histogramText(value))
      let result = results.get(labels.key)
      if (result === undefined) {
        result = new Row(labels, false, steps)
        results.set(labels.key, result)
        work.hold(steps)
      }
      result.setFloat(i, (result.has(i) ? result.floatAt(i) : 0) + 1)
    }
    if (work.spend(steps)) await work.rest()
  }
  return [...results.values()]
}
