import type { Labels } from '../../data/series.ts'

/** Metrics whose names begin alike. */
export interface MetricGroup {
  readonly prefix: string
  readonly names: readonly string[]
}

/** By the first word of their names, those with every word that is looked for. */
export function groupsOf(names: readonly string[], words: string): readonly MetricGroup[] {
  const wanted = words.toLowerCase().split(/\s+/)
  const groups = new Map<string, string[]>()
  for (const name of names) {
    if (!wanted.every((word) => name.toLowerCase().includes(word))) continue
    const prefix = name.split(/[_.:]/, 1)[0] ?? name
    const group = groups.get(prefix)
    if (group === undefined) groups.set(prefix, [name])
    else group.push(name)
  }
  return [...groups].map(([prefix, names]) => ({ prefix, names }))
}

/** A label of a metric, with how many series have each of its values; the most first. */
export interface LabelFacts {
  readonly name: string
  readonly values: readonly (readonly [value: string, series: number])[]
}

export function labelsOf(series: readonly Labels[]): readonly LabelFacts[] {
  const all = new Map<string, Map<string, number>>()
  for (const labels of series) {
    for (const [name, value] of Object.entries(labels)) {
      if (name === '__name__') continue
      const values = all.get(name) ?? new Map<string, number>()
      values.set(value, (values.get(value) ?? 0) + 1)
      all.set(name, values)
    }
  }
  return [...all]
    .map(([name, values]) => ({ name, values: [...values].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)) }))
    .sort((a, b) => b.values.length - a.values.length || (a.name < b.name ? -1 : 1))
}
