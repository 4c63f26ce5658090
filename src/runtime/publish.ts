import type { Registry } from '../metrics/index.ts'
import type { StepTimes } from './loop.ts'

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

/** Publishes readings that rise and fall as `boxman_<name>`, up to date at each collection. */
export function publishLevels(
  metrics: Registry,
  levels: Readonly<Record<string, readonly [help: string, read: () => number]>>,
): void {
  for (const [name, [help, read]] of Object.entries(levels)) {
    metrics.gauge({ name: `boxman_${name}`, help, collect: (gauge) => gauge.set(read()) })
  }
}

/** What the steps of the background loop take: the greater part of what the observation costs by itself. */
export function publishStepTimes(metrics: Registry, times: ReadonlyMap<string, StepTimes>): void {
  const published = new Map<string, number>()
  metrics.counter({
    name: 'boxman_runtime_step_seconds_total',
    help: 'Time that the steps of the background loop took from beginning to end, what they waited for included.',
    labelNames: ['step'],
    collect: (counter) => {
      for (const [step, { seconds }] of times) {
        counter.inc({ step }, seconds - (published.get(step) ?? 0))
        published.set(step, seconds)
      }
    },
  })
  metrics.gauge({
    name: 'boxman_runtime_step_longest_seconds',
    help: 'The longest run of each step so far.',
    labelNames: ['step'],
    collect: (gauge) => {
      for (const [step, { longestSeconds }] of times) gauge.set({ step }, longestSeconds)
    },
  })
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
