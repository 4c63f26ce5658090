import type { Registry } from '../metrics/index.ts'

/** A total that a room keeps for itself. */
export interface PublishedTotal {
  readonly name: string
  readonly help: string
  /** Never falls. */
  readonly read: () => number
}

/** Publishes the totals that rooms keep as plain numbers, brought up to date at each collection. */
export function publishTotals(registry: Registry, totals: readonly PublishedTotal[]): void {
  for (const { name, help, read } of totals) {
    let published = 0
    registry.counter({
      name,
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
