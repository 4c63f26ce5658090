import type { Histogram, Registry } from '../../metrics/index.ts'
import { isDuration } from '../duration.ts'
import { OptionalGauge } from '../optional-gauge.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'

/** What JavaScript's engine and event loop are doing. What is not known is left out. */
export interface RuntimeReading {
  readonly eventLoop: {
    readonly active: boolean
    readonly averageLagMs: number | undefined
    readonly p50LagMs: number | undefined
    readonly p95LagMs: number | undefined
    readonly p99LagMs: number | undefined
    readonly maxLagMs: number | undefined
    readonly utilization: number | undefined
  }
  readonly heap: {
    readonly usedBytes: number
    readonly totalBytes: number
    readonly limitBytes: number
    readonly externalBytes: number
    readonly spaces: readonly { readonly name: string; readonly usedBytes: number; readonly sizeBytes: number }[]
  }
  /** By kind. */
  readonly activeResources: ReadonlyMap<string, number>
}

const GC_KINDS = ['major', 'minor', 'incremental', 'weakcb'] as const
const GC_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

const GAUGES: readonly (readonly [string, string, (reading: RuntimeReading) => number | undefined])[] = [
  [
    'event_loop_lag_avg_seconds',
    'How late the event loop was in the last minute, on average.',
    (r) => seconds(r.eventLoop.averageLagMs),
  ],
  ['event_loop_lag_p50_seconds', 'The same, half of the time at most.', (r) => seconds(r.eventLoop.p50LagMs)],
  ['event_loop_lag_p95_seconds', 'The same, 95 % of the time at most.', (r) => seconds(r.eventLoop.p95LagMs)],
  ['event_loop_lag_p99_seconds', 'The same, 99 % of the time at most.', (r) => seconds(r.eventLoop.p99LagMs)],
  ['event_loop_lag_max_seconds', 'The same, at worst.', (r) => seconds(r.eventLoop.maxLagMs)],
  ['event_loop_monitoring_active', '1 while the event loop is measured.', (r) => Number(r.eventLoop.active)],
  ['event_loop_utilization_ratio', 'Share of the time that the event loop was busy.', (r) => r.eventLoop.utilization],
  ['heap_used_bytes', 'Of the heap, in use.', (r) => r.heap.usedBytes],
  ['heap_total_bytes', 'Of the heap, taken from the system.', (r) => r.heap.totalBytes],
  ['heap_limit_bytes', 'What the heap may grow to.', (r) => r.heap.limitBytes],
  ['external_memory_bytes', 'Of objects outside of the heap, buffers included.', (r) => r.heap.externalBytes],
]

/** Event loop, garbage collection and heap, read at each collection. */
export class RuntimeMetrics {
  readonly #pauses: Readonly<Record<(typeof GC_KINDS)[number], Histogram>>

  constructor(registry: Registry, read: () => RuntimeReading, options: PackOptions = {}) {
    const prefix = resolvePrefix(options)
    const pauses = registry.histogram({
      name: `${prefix}_gc_duration_seconds`,
      help: 'Garbage collections by kind.',
      labelNames: ['kind'],
      buckets: GC_SECONDS,
    })
    const [major, minor, incremental, weakcb] = GC_KINDS
    this.#pauses = {
      major: pauses.labels(major),
      minor: pauses.labels(minor),
      incremental: pauses.labels(incremental),
      weakcb: pauses.labels(weakcb),
    }
    const gauges = GAUGES.map(([name, help, pick]) => ({
      gauge: new OptionalGauge(registry, `${prefix}_${name}`, help),
      pick,
    }))
    const labelNames = ['space'] as const
    const used = registry.gauge({
      name: `${prefix}_heap_space_used_bytes`,
      help: 'Of a space of the heap.',
      labelNames,
    })
    const size = registry.gauge({
      name: `${prefix}_heap_space_size_bytes`,
      help: 'Of a space of the heap.',
      labelNames,
    })
    registry.gauge({
      name: `${prefix}_active_resources`,
      help: 'What keeps the event loop alive, by kind.',
      labelNames: ['type'],
      collect: (resources) => {
        const reading = read()
        for (const { gauge, pick } of gauges) gauge.set(pick(reading))
        for (const { name, usedBytes, sizeBytes } of reading.heap.spaces) {
          used.set({ space: name }, usedBytes)
          size.set({ space: name }, sizeBytes)
        }
        resources.clear()
        for (const [type, count] of reading.activeResources) resources.set({ type }, count)
      },
    })
  }

  /** Bound to this: hand it over as it is to what observes garbage collections. */
  readonly gc = (kind: (typeof GC_KINDS)[number], durationMs: number): void => {
    if (isDuration(durationMs)) this.#pauses[kind].observe(durationMs / 1000)
  }
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000
}
