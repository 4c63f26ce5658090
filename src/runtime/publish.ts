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

/** Which labels of which metrics have had more values than they may: where to look when `__overflow__` shows up. */
export function publishOverflow(registry: Registry): void {
  const published = new Map<string, number>()
  registry.counter({
    name: 'boxman_metrics_label_overflowed_total',
    help: 'Look-ups of a series that ended in __overflow__, by the label whose limit it was; no label: the limit of series.',
    labelNames: ['metric', 'label'],
    collect: (counter) => {
      for (const { metric, label, count } of registry.overflow()) {
        const key = `${metric} ${label}`
        counter.inc({ metric, label }, Math.max(0, count - (published.get(key) ?? 0)))
        published.set(key, count)
      }
    },
  })
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
