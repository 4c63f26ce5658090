import type { Registry } from '../metrics/index.ts'

/** What it counts, and a reading that never falls. */
export type Total = readonly [help: string, read: () => number]

/** Publishes the totals that rooms keep as plain numbers as `boxman_<room>_<total>_total`, up to date at each collection. */
export function publishTotals(registry: Registry, totals: Readonly<Record<string, Total>>): void {
  for (const [name, [help, read]] of Object.entries(totals)) {
    let published = 0
    registry.counter({
      name: `boxman_${name}_total`,
      help,
      collect: (counter) => {
        const total = read()
        counter.inc(total - published)
        published = total
      },
    })
  }
}

/** 1, with the versions as labels; a constant label of the same name goes before. */
export function publishBuildInfo(
  registry: Registry,
  versions: Readonly<Record<string, string>>,
  constantLabels: Readonly<Record<string, string>>,
): void {
  const labels = Object.entries(versions).filter(([name]) => !Object.hasOwn(constantLabels, name))
  registry
    .gauge({
      name: 'boxman_build_info',
      help: 'The versions at work.',
      labelNames: labels.map(([name]) => name),
    })
    .labels(Object.fromEntries(labels))
    .set(1)
}
