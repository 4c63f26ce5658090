import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import { Histogram } from '../histogram.ts'
import type { Setting } from './setting.ts'

const KINDS = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
])

export function gc(setting: Setting): void {
  const { labels, configuration } = setting
  const durations = new Histogram({
    ...setting.complete({
      name: 'nodejs_gc_duration_seconds',
      help: 'Garbage collection duration by kind, one of major, minor, incremental or weakcb.',
      labelNames: ['kind'],
    }),
    buckets: configuration.gcDurationBuckets ?? [0.001, 0.01, 0.1, 1, 2, 5],
  })
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const kind = KINDS.get(kindOf(entry))
      if (kind !== undefined) durations.observe({ kind, ...labels }, entry.duration / 1000)
    }
  })
  observer.observe({ entryTypes: ['gc'] })
}

function kindOf(entry: PerformanceEntry): number {
  const detail: unknown = Reflect.get(entry, 'detail')
  return typeof detail === 'object' && detail !== null ? Number(Reflect.get(detail, 'kind')) : NaN
}
