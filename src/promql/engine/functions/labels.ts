import { type LabelSet, METRIC_NAME_LABEL, Pattern, PatternError } from '../../../series/index.ts'
import { failExecution } from '../fault.ts'
import { mergeRows } from '../merge-rows.ts'
import { Row } from '../row.ts'

/** Sets a label from what the pattern captures of another; series that do not match stay as they are. */
export function labelReplace(rows: readonly Row[], texts: readonly string[]): readonly Row[] {
  const [to = '', replacement = '', from = '', source = ''] = texts
  const pattern = readPattern(source)
  checkName(to, 'destination', 'label_replace')
  return mergeRows(
    rows.map((row) => {
      const value = pattern.expand(from === '' ? '' : row.labels.get(from), replacement)
      return value === undefined ? row : relabel(row, to, value)
    }),
  )
}

export function labelJoin(rows: readonly Row[], texts: readonly string[]): readonly Row[] {
  const [to = '', separator = '', ...sources] = texts
  for (const name of sources) checkName(name, 'source', 'label_join')
  checkName(to, 'destination', 'label_join')
  return mergeRows(rows.map((row) => relabel(row, to, sources.map((name) => row.labels.get(name)).join(separator))))
}

/** A name that is set here is there to stay. */
function relabel(row: Row, to: string, value: string): Row {
  return new Row(row.labels.with(to, value), to !== METRIC_NAME_LABEL && row.dropName, row)
}

function readPattern(source: string): Pattern {
  try {
    return new Pattern(source)
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause
    return failExecution(`invalid regular expression in label_replace(): ${source}`)
  }
}

function checkName(name: string, which: string, call: string): void {
  const sound = name !== '' && name.isWellFormed()
  if (!sound) failExecution(`invalid ${which} label name in ${call}(): ${name}`)
}

/** By the labels' values, numbers inside them by size; then by all labels. */
export function compareByLabels(names: readonly string[]): (a: LabelSet, b: LabelSet) => number {
  return (a, b) => {
    for (const name of names) {
      const order = compareNaturally(a.get(name), b.get(name))
      if (order !== 0) return order
    }
    return a.compare(b)
  }
}

/** Runs of digits as numbers, other runs as texts. */
export function compareNaturally(a: string, b: string): number {
  if (a === b) return 0
  const [x, y] = [chunks(a), chunks(b)]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [own = '', other = ''] = [x[i], y[i]]
    if (own === other) continue
    const numbers = /^\d/.test(own) && /^\d/.test(other)
    const difference = numbers ? Number(own) - Number(other) : 0
    if (difference !== 0) return difference
    if (own.length !== other.length && numbers) return own.length - other.length
    return own < other ? -1 : 1
  }
  return x.length - y.length
}

function chunks(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? []
}
