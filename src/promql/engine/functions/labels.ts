import { type LabelSet, METRIC_NAME_LABEL, Pattern, PatternError } from '../../../series/index.ts'
import { failExecution } from '../fault.ts'
import { mergeRows } from '../merge-rows.ts'
import { Row } from '../row.ts'
import type { Work } from '../work.ts'

/** Longest value that a query may give a label: nested calls could double it again and again. */
const MAX_VALUE = 65_536
/** Units that a series costs. */
const PER_SERIES = 100

/** Sets a label from what the pattern captures of another; series that do not match stay as they are. */
export async function labelReplace(
  rows: readonly Row[],
  texts: readonly string[],
  work: Work,
): Promise<readonly Row[]> {
  const [to = '', replacement = '', from = '', source = ''] = texts
  const pattern = readPattern(source)
  checkName(to, 'destination', 'label_replace')
  const references = replacement.split('$').length - 1
  const results: Row[] = []
  for (const row of rows) {
    const old = from === '' ? '' : row.labels.get(from)
    if (replacement.length + references * old.length > MAX_VALUE) tooLong('label_replace')
    const before = pattern.steps
    const value = pattern.expand(old, replacement)
    results.push(value === undefined ? row : relabel(row, to, value))
    if (work.spend(PER_SERIES + old.length + pattern.steps - before)) await work.rest()
  }
  return mergeRows(results, work)
}

export async function labelJoin(rows: readonly Row[], texts: readonly string[], work: Work): Promise<readonly Row[]> {
  const [to = '', separator = '', ...sources] = texts
  for (const name of sources) checkName(name, 'source', 'label_join')
  checkName(to, 'destination', 'label_join')
  const results: Row[] = []
  for (const row of rows) {
    let value = ''
    sources.forEach((name, i) => {
      value += (i > 0 ? separator : '') + row.labels.get(name)
      if (value.length > MAX_VALUE) tooLong('label_join')
    })
    results.push(relabel(row, to, value))
    if (work.spend(PER_SERIES + sources.length * 10 + value.length)) await work.rest()
  }
  return mergeRows(results, work)
}

function tooLong(call: string): never {
  return failExecution(`a label that ${call}() sets would be longer than ${MAX_VALUE} characters`)
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
