import type { PanelRow, StatPanel } from '../dashboard.ts'
import { rateOf } from '../expressions.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'

/** As the ready alerts have them. */
const LATE = [{ from: 0.1, level: 'warning' }] as const
const MUCH_MEMORY = [{ from: 150_000_000, level: 'warning' }] as const

/** How late the event loop is, the memory, the time since the start: a number each. */
export function processTiles(options: PackOptions = {}): readonly StatPanel[] {
  const prefix = resolvePrefix(options)
  const links = [{ title: 'System', to: 'system' }]
  return [
    {
      kind: 'stat',
      title: 'Loop lag p95',
      description: 'How late 19 of 20 turns begin at most. Above 100 ms every request waits that long.',
      unit: 'seconds',
      width: 3,
      queries: [{ expr: `${prefix}_event_loop_lag_p95_seconds` }],
      thresholds: LATE,
      links,
    },
    {
      kind: 'stat',
      title: 'Process memory',
      description: 'Resident memory of the process. A rise that never ends is a leak.',
      unit: 'bytes',
      width: 3,
      queries: [{ expr: `${prefix}_memory_usage_bytes` }],
      thresholds: MUCH_MEMORY,
      links,
    },
    {
      kind: 'stat',
      title: 'Uptime',
      description: 'Since the process started. When it is short, somebody or something has started it anew.',
      unit: 'seconds',
      width: 3,
      queries: [{ expr: `${prefix}_uptime_seconds` }],
      links,
    },
  ]
}

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
          { expr: lag('p95'), legend: 'p95' },
          { expr: lag('p99'), legend: 'p99' },
          { expr: lag('max'), legend: 'max' },
        ],
        thresholds: LATE,
        min: 0,
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
        title: 'CPU of the process',
        description: '100 % is one core, fully used. JavaScript can use little more than one.',
        unit: 'percent-of-one',
        queries: [{ expr: `${prefix}_cpu_usage_percent / 100`, legend: 'process' }],
        min: 0,
        thresholds: [{ from: 0.8, level: 'warning' }],
      },
      {
        kind: 'time-series',
        title: 'Memory',
        description: 'Of the process, of the heap and beside it. When all rise together without an end, it is a leak.',
        unit: 'bytes',
        queries: [
          { expr: `${prefix}_memory_usage_bytes`, legend: 'resident' },
          { expr: `${prefix}_heap_total_bytes`, legend: 'heap, taken' },
          { expr: `${prefix}_heap_used_bytes`, legend: 'heap, used' },
          { expr: `${prefix}_external_memory_bytes`, legend: 'external' },
        ],
        thresholds: MUCH_MEMORY,
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Garbage collection',
        description:
          'The share of the time that collections took, by kind. Above 10 % look for what is made and thrown away.',
        unit: 'percent-of-one',
        queries: [{ expr: rateOf(`${prefix}_gc_duration_seconds_sum`, 'kind'), legend: '{{kind}}' }],
        thresholds: [{ from: 0.1, level: 'warning' }],
        stacked: true,
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Errors by category',
        description: 'Recorded a second. A category that was at zero and is no more is worth a look.',
        unit: 'per-second',
        needs: `${prefix}_errors_total`,
        queries: [{ expr: rateOf(`${prefix}_errors_total`, 'category'), legend: '{{category}}' }],
        links: [{ title: 'Errors', to: 'errors' }],
        min: 0,
      },
    ],
  }
}
