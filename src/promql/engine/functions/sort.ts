import { FLOAT, Row } from '../row.ts'
import { sortInSlices } from '../sort-in-slices.ts'
import type { Work } from '../work.ts'
import { compareByLabels } from './labels.ts'

/** Puts the series of a single moment in order. */
export function sortRows(
  name: string,
  rows: readonly Row[],
  labels: readonly string[],
  work: Work,
): Promise<readonly Row[]> {
  const sign = name.endsWith('_desc') ? -1 : 1
  if (name.startsWith('sort_by_label')) {
    const compare = compareByLabels(labels)
    return sortInSlices(rows, (a, b) => sign * compare(a.labels, b.labels), work)
  }
  const floats = rows.map((row) => {
    if (row.isPlain) return row
    const result = new Row(row.labels, row.dropName, row.steps)
    for (let i = 0; i < row.steps; i++) if (row.kinds[i] === FLOAT) result.setFloat(i, row.floatAt(i))
    return result
  })
  const compare = (a: Row, b: Row): number => {
    const [x, y] = [a.floatAt(0), b.floatAt(0)]
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
    return x === y ? a.labels.compare(b.labels) : x < y ? -sign : sign
  }
  return sortInSlices(floats, compare, work)
}
