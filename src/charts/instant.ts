import type { BarsPanel } from '../packs/index.ts'
import { type Labels, nameOf } from './series.ts'

/** What a query came to at one moment. */
export interface InstantSeries {
  readonly labels: Labels
  /** Null for what is no number. */
  readonly value: number | null
}

/** Of a table. */
export interface LabelRow {
  readonly key: string
  readonly labels: readonly string[]
  /** By query. */
  readonly values: readonly (number | null)[]
}

/** The answers side by side, by the labels that have a column. */
export function rowsByLabels(
  labels: readonly string[],
  answers: readonly (readonly InstantSeries[])[],
): readonly LabelRow[] {
  const rows = new Map<string, { key: string; labels: readonly string[]; values: (number | null)[] }>()
  answers.forEach((series, i) => {
    for (const { labels: all, value } of series) {
      const own = labels.map((name) => all[name] ?? '')
      const key = JSON.stringify(own)
      const row = rows.get(key) ?? { key, labels: own, values: answers.map(() => null) }
      row.values[i] = value
      rows.set(key, row)
    }
  })
  return [...rows.values()]
}

export interface Bar {
  readonly name: string
  readonly labels: Labels
  readonly value: number
  /** What it is to be compared with. */
  readonly mark: number | undefined
}

const MOST_BARS = 30

/** The bars of a panel, in order, and the value at which one is as long as can be. @param answers those of the queries, then that of the reference */
export function barsOf(
  { queries, reference, order = 'value', max }: BarsPanel,
  answers: readonly (readonly InstantSeries[])[],
): { readonly bars: readonly Bar[]; readonly longest: number } {
  const asked = reference === undefined ? queries : [...queries, reference]
  const all = answers.map((series, i) =>
    series.map(({ labels, value }) => ({ labels, name: nameOf(labels, asked[i]?.legend), value: value ?? 0 })),
  )
  const marks = new Map((all[queries.length] ?? []).map(({ name, value }) => [name, value]))
  const bars = all
    .slice(0, queries.length)
    .flat()
    .sort((a, b) => (order === 'value' ? b.value - a.value : a.name.localeCompare(b.name, 'en', { numeric: true })))
    .slice(0, MOST_BARS)
    .map((bar) => ({ ...bar, mark: marks.get(bar.name) }))
  return { bars, longest: max ?? Math.max(0, ...bars.map(({ value }) => value), ...marks.values()) }
}
