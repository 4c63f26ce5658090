import { LabelSet } from '../../series/index.ts'
import type { AggregateExpr } from '../ast.ts'
import { decimal } from '../decimal.ts'
import type { Evaluator } from './evaluator.ts'
import type { Grid } from './grid.ts'
import { histogramText } from './histogram/index.ts'
import { PassingRows } from './row-sink.ts'
import { Row } from './row.ts'

/** Units that a value costs which no series has yet. */
const PER_VALUE = 100
const PER_SERIES = 50

/** How often each value comes in each group, the value written into a label. */
export async function countValues(
  expr: AggregateExpr,
  labelsOf: (labels: LabelSet) => LabelSet,
  label: string,
  grid: Grid,
  evaluator: Evaluator,
): Promise<readonly Row[]> {
  const { work } = evaluator.context
  const steps = grid.count
  const results = new Map<string, Row>()
  /** By group, those of its floats. */
  const known = new Map<string, Map<number, Row>>()
  const rowOf = (group: LabelSet, text: string): Row => {
    const labels = group.with(label, text)
    let row = results.get(labels.key)
    if (row === undefined) {
      work.hold(steps)
      results.set(labels.key, (row = new Row(labels, false, steps)))
    }
    return row
  }
  const count = async (row: Row): Promise<void> => {
    const group = labelsOf(row.labels)
    let floats = known.get(group.key)
    if (floats === undefined) known.set(group.key, (floats = new Map<number, Row>()))
    for (let i = 0; i < steps; i++) {
      const value = row.at(i)
      if (value === undefined) continue
      let result: Row | undefined
      if (typeof value !== 'number') {
        result = rowOf(group, histogramText(value))
        work.spend(PER_VALUE)
      } else if (Object.is(value, -0)) {
        result = rowOf(group, decimal(value))
      } else {
        result = floats.get(value)
        if (result === undefined) {
          floats.set(value, (result = rowOf(group, decimal(value))))
          work.spend(PER_VALUE)
        }
      }
      result.setFloat(i, (result.has(i) ? result.floatAt(i) : 0) + 1)
      if (work.spend(2)) await work.rest()
    }
    if (work.spend(PER_SERIES)) await work.rest()
  }
  await evaluator.each(expr.expr, grid, new PassingRows(new Row(LabelSet.EMPTY, false, steps), count))
  return [...results.values()]
}
