import type { PanelQuery, TimeSeriesPanel } from 'boxman/packs'

interface SystemPanel {
  /** Of its queries those are asked whose metric, the first name, has values; without any the panel is left out. */
  readonly queries: readonly (PanelQuery & { readonly needs: string })[]
  readonly panel: Omit<TimeSeriesPanel, 'queries' | 'kind'>
}

export interface SystemRow {
  readonly title: string
  readonly panels: readonly TimeSeriesPanel[]
}

/** @param prefix of the names; @param known the metrics that have values */
export function systemRows(prefix: string, known: ReadonlySet<string>): readonly SystemRow[] {
  const line = (needs: string, legend: string, rest = ''): SystemPanel['queries'][number] => ({
    needs: `${prefix}_${needs}`,
    expr: `${prefix}_${needs}${rest}`,
    legend,
  })
  const pauses = `${prefix}_gc_duration_seconds`
  const rows: readonly (readonly [title: string, panels: readonly SystemPanel[]])[] = [
    [
      'Processor',
      [
        {
          panel: {
            title: 'CPU',
            description: 'Of the process, 100 % is one core; of the machine, all of them.',
            unit: 'percent-of-one',
            min: 0,
          },
          queries: [
            line('cpu_usage_percent', 'process', ' / 100'),
            line('machine_cpu_usage_percent', 'machine', ' / 100'),
            line('cpu_limit_cores', 'limit of the process'),
          ],
        },
        {
          panel: { title: 'Load', description: 'The average over a minute.', min: 0 },
          queries: [line('load1', 'load')],
        },
      ],
    ],
    [
      'Memory',
      [
        {
          panel: { title: 'Of the process', unit: 'bytes', min: 0 },
          queries: [
            line('memory_usage_bytes', 'resident'),
            line('heap_total_bytes', 'heap taken'),
            line('heap_used_bytes', 'heap in use'),
            line('external_memory_bytes', 'outside of the heap'),
            line('memory_limit_bytes', 'limit'),
          ],
        },
        {
          panel: { title: 'Heap by space', unit: 'bytes', min: 0, stacked: true },
          queries: [
            {
              needs: `${prefix}_heap_space_used_bytes`,
              expr: `${prefix}_heap_space_used_bytes > 0`,
              legend: '{{space}}',
            },
          ],
        },
        {
          panel: { title: 'Of the machine', unit: 'bytes', min: 0 },
          queries: [line('machine_memory_available_bytes', 'available'), line('machine_memory_total_bytes', 'all')],
        },
      ],
    ],
    [
      'Event loop and garbage collection',
      [
        {
          panel: {
            title: 'Event loop lag',
            description: 'How late the loop was, in the minute before each moment.',
            unit: 'seconds',
            min: 0,
          },
          queries: [
            line('event_loop_lag_p50_seconds', 'p50'),
            line('event_loop_lag_p95_seconds', 'p95'),
            line('event_loop_lag_p99_seconds', 'p99'),
          ],
        },
        {
          panel: { title: 'Event loop busy', unit: 'percent-of-one', min: 0, max: 1 },
          queries: [line('event_loop_utilization_ratio', 'busy')],
        },
        {
          panel: {
            title: 'Time in garbage collection',
            description: 'Of the time, by kind.',
            unit: 'percent-of-one',
            min: 0,
            stacked: true,
          },
          queries: [
            {
              needs: `${pauses}_sum`,
              expr: `sum by (kind) (rate(${pauses}_sum[$__rate_interval]))`,
              legend: '{{kind}}',
            },
          ],
        },
      ],
    ],
    [
      'Files and handles',
      [
        {
          panel: { title: 'Open files and sockets', min: 0 },
          queries: [line('open_file_descriptors', 'open')],
        },
        {
          panel: { title: 'What keeps the process alive', min: 0, stacked: true },
          queries: [line('active_resources', '{{type}}')],
        },
        { panel: { title: 'Threads', min: 0 }, queries: [line('thread_count', 'threads')] },
        {
          panel: { title: 'Disk', unit: 'bytes', min: 0 },
          queries: [line('machine_disk_free_bytes', 'free'), line('machine_disk_total_bytes', 'all')],
        },
      ],
    ],
    [
      'Device',
      [
        { panel: { title: 'Temperature', unit: 'celsius' }, queries: [line('device_temperature_celsius', 'hottest')] },
        {
          panel: { title: 'Slowed down by heat', min: 0, max: 1 },
          queries: [line('thermal_throttling', 'throttled')],
        },
        {
          panel: { title: 'Battery', unit: 'percent-of-one', min: 0, max: 1 },
          queries: [line('battery_level_percent', 'charge', ' / 100')],
        },
      ],
    ],
  ]
  return rows.flatMap(([title, panels]) => {
    const there = panels.flatMap(({ panel, queries }) => {
      const asked = queries.filter(({ needs }) => known.has(needs)).map(({ expr, legend }) => ({ expr, legend }))
      return asked.length === 0 ? [] : [{ ...panel, kind: 'time-series' as const, queries: asked }]
    })
    return there.length === 0 ? [] : [{ title, panels: there }]
  })
}
