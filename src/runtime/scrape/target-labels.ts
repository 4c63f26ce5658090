type Pair = readonly [name: string, value: string]

/**
 * The labels of a scraped series with its target's, as Prometheus adds them: the target's stand, and what the page says under the same
 * name becomes `exported_...`.
 */
export function withTargetLabels(scraped: readonly Pair[], target: readonly Pair[]): Pair[] {
  const labels = new Map(scraped.filter(([, value]) => value !== ''))
  const displaced = target.flatMap(([name]): Pair[] => {
    const value = labels.get(name)
    return value === undefined ? [] : [[name, value]]
  })
  for (const [name, value] of target) labels.set(name, value)
  for (const [name, value] of displaced.toSorted(([a], [b]) => a.length - b.length)) {
    let moved = `exported_${name}`
    while (labels.has(moved)) moved = `exported_${moved}`
    labels.set(moved, value)
  }
  return [...labels]
}
