import type { PanelRow } from '../dashboard.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'

/** The event loop, the heap, and what collecting its garbage takes. */
export function runtimeRow(options: PackOptions = {}): PanelRow {
  const prefix = resolvePrefix(options)
  const lag = (figure: string): string => `${prefix}_event_loop_lag_${figure}_seconds`
  return {
    title: 'Runtime',
    panels: [
      {
        kind: 'time-series',
        title: 'Event loop lag',
        description: 'How late timers are, over the last minute. A lag of 100 ms is a wait that every request has.',
        unit: 'seconds',
        queries: [
          { expr: lag('p50'), legend: 'p50' },
          { expr: lag('p99'), legend: 'p99' },
          { expr: lag('max'), legend: 'max' },
        ],
        thresholds: [{ from: 0.1, level: 'warning' }],
      },
      {
        kind: 'time-series',
        title: 'Event loop utilization',
        description: 'The share of the time that the event loop was busy. Near 100 % requests queue.',
        unit: 'percent-of-one',
        queries: [{ expr: `${prefix}_event_loop_utilization_ratio`, legend: 'busy' }],
        min: 0,
        thresholds: [{ from: 0.9, level: 'warning' }],
      },
      {
        kind: 'time-series',
        title: 'Heap',
        description: 'What is in use, and what was taken from the system for it.',
        unit: 'bytes',
        queries: [
          { expr: `${prefix}_heap_used_bytes`, legend: 'used' },
          { expr: `${prefix}_heap_total_bytes`, legend: 'taken' },
          { expr: `${prefix}_external_memory_bytes`, legend: 'external' },
        ],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Garbage collection',
        description: 'The share of the time that collections took, by kind.',
        unit: 'percent-of-one',
        queries: [
          { expr: `sum by (kind) (rate(${prefix}_gc_duration_seconds_sum[$__rate_interval]))`, legend: '{{kind}}' },
        ],
        stacked: true,
        min: 0,
      },
    ],
  }
}
