import type { Unit } from 'boxman/packs'

/** Something that Boxman keeps, or that waits in it. */
export interface Holding {
  readonly name: string
  /** The metric without which it is not there. */
  readonly needs: string
  readonly expr: string
  readonly unit: Unit
  /** Where the configuration has its ceiling; a number where it is fixed. */
  readonly ceiling?: string | number
  readonly cheaper: string
  /** The oldest makes room for the newest: that it is full is no sign of trouble. */
  readonly isRing?: true
}

const MIB = 2 ** 20

export const HELD: readonly Holding[] = [
  {
    name: 'History in memory',
    needs: 'boxman_tsdb_bytes',
    expr: 'boxman_tsdb_bytes',
    unit: 'bytes',
    ceiling: 'store.maxBytes',
    cheaper: 'Smaller with a shorter store.retentionMs, a longer store.intervalMs, or fewer series.',
  },
  {
    name: 'Series in the history',
    needs: 'boxman_tsdb_series',
    expr: 'boxman_tsdb_series',
    unit: 'short',
    ceiling: 'store.maxSeries',
    cheaper: 'Fewer with fewer values of labels: the metrics below have the most.',
  },
  {
    name: 'History on disk',
    needs: 'boxman_tsdb_disk_bytes',
    expr: 'boxman_tsdb_disk_bytes',
    unit: 'bytes',
    ceiling: 'store.maxBytes',
    cheaper: 'Smaller with a shorter store.retentionMs.',
  },
  {
    name: 'Spans of kept traces',
    needs: 'boxman_tracing_store_spans',
    expr: 'boxman_tracing_store_spans',
    unit: 'short',
    ceiling: 'tracing.maxSpans',
    cheaper: 'Fewer with a lower tracing.maxSpans or tracing.spansPerSecond.',
    isRing: true,
  },
  {
    name: 'Memory of kept traces',
    needs: 'boxman_tracing_store_bytes',
    expr: 'boxman_tracing_store_bytes',
    unit: 'bytes',
    ceiling: 32 * MIB,
    cheaper: 'Smaller with a lower tracing.maxSpans.',
    isRing: true,
  },
  {
    name: 'Log lines in memory',
    needs: 'boxman_log_tail_lines',
    expr: 'boxman_log_tail_lines',
    unit: 'short',
    ceiling: 'log.tail.lines',
    cheaper: 'Fewer with a lower log.tail.lines.',
    isRing: true,
  },
  {
    name: 'Memory of log lines',
    needs: 'boxman_log_tail_bytes',
    expr: 'boxman_log_tail_bytes',
    unit: 'bytes',
    ceiling: 'log.tail.bytes',
    cheaper: 'Smaller with a lower log.tail.bytes.',
    isRing: true,
  },
  {
    name: 'Browsers that watch',
    needs: 'boxman_console_streams',
    expr: 'boxman_console_streams',
    unit: 'none',
    ceiling: 50,
    cheaper: 'While one watches, own metrics are stored every second; close what nobody looks at, or pause it.',
  },
]

export const QUEUES: readonly Holding[] = [
  {
    name: 'Log lines to be shipped',
    needs: 'boxman_log_waiting',
    expr: 'sum by (sink) (boxman_log_waiting)',
    unit: 'short',
    cheaper: 'It grows while the other side is slow or away.',
  },
  {
    name: 'Memory of those lines',
    needs: 'boxman_log_waiting_bytes',
    expr: 'sum by (sink) (boxman_log_waiting_bytes)',
    unit: 'bytes',
    cheaper: 'Its ceiling is maxBytes of the sink in log.ship.',
  },
  {
    name: 'Log lines in the spool on disk',
    needs: 'boxman_log_spool_bytes',
    expr: 'sum by (sink) (boxman_log_spool_bytes)',
    unit: 'bytes',
    cheaper: 'Its ceiling is spoolMaxBytes of the sink in log.ship.',
  },
  {
    name: 'Samples to be written to other stores',
    needs: 'boxman_remote_write_queued',
    expr: 'sum by (remote) (boxman_remote_write_queued)',
    unit: 'short',
    cheaper: 'It grows while the other side is slow or away.',
  },
  {
    name: 'Messages about alerts',
    needs: 'boxman_alerting_queue',
    expr: 'boxman_alerting_queue',
    unit: 'short',
    cheaper: 'They wait for their turn, or for an answer of their channel.',
  },
  {
    name: 'Alerts to be forwarded',
    needs: 'boxman_alerting_forward_queue',
    expr: 'sum by (peer) (boxman_alerting_forward_queue)',
    unit: 'short',
    cheaper: 'It grows while that Alertmanager is away.',
  },
]

export interface Loss {
  readonly what: string
  readonly metric: string
  /** By which it is told apart. */
  readonly label?: string
  readonly mend: string
}

export const LOSSES: readonly Loss[] = [
  {
    what: 'Series of metrics beyond their limit',
    metric: 'boxman_metrics_overflowed_total',
    mend: 'raise metrics.maxSeriesPerMetric, or give labels fewer values',
  },
  { what: 'Exemplars refused', metric: 'boxman_metrics_exemplars_dropped_total', mend: 'shorten their labels' },
  {
    what: 'Samples not taken',
    metric: 'boxman_tsdb_refused_total',
    label: 'reason',
    mend: 'raise store.maxSeries or store.maxBytes; see the reason',
  },
  {
    what: 'Samples let go of',
    metric: 'boxman_tsdb_dropped_total',
    label: 'reason',
    mend: 'by retention that is its purpose; by bytes: raise store.maxBytes',
  },
  { what: 'Spans without room', metric: 'boxman_tracing_spans_dropped_total', mend: 'make fewer spans in one trace' },
  {
    what: 'Spans that no collector took',
    metric: 'boxman_tracing_spans_unsent_total',
    mend: 'look after the collector of tracing.otlpUrl',
  },
  {
    what: 'Kept traces that made room',
    metric: 'boxman_tracing_store_evicted_total',
    mend: 'that is its purpose; to keep more, raise tracing.maxSpans',
  },
  {
    what: 'Log lines that standard output did not take',
    metric: 'boxman_logging_dropped_total',
    mend: 'log less, or have its reader keep up',
  },
  {
    what: 'Log lines of a flood',
    metric: 'boxman_log_suppressed_total',
    label: 'reason',
    mend: 'log.limit says how many are written',
  },
  {
    what: 'Log lines not shipped',
    metric: 'boxman_log_dropped_total',
    label: 'sink',
    mend: 'raise maxLines of the sink, or give it a spool',
  },
  {
    what: 'Samples not written elsewhere',
    metric: 'boxman_remote_write_dropped_total',
    label: 'remote',
    mend: 'look after the other side',
  },
  {
    what: 'Rounds of the background loop skipped',
    metric: 'boxman_runtime_skipped_rounds_total',
    mend: 'a step takes too long: see above',
  },
  {
    what: 'Faults kept from the application',
    metric: 'boxman_instrument_faults_total',
    mend: 'the log says what they were',
  },
  { what: 'Collect callbacks that failed', metric: 'boxman_metrics_collect_failures_total', mend: 'mend the callback' },
]

/** The value at a path such as `store.maxBytes`, where it is a number. */
export function numberAt(values: unknown, path: string): number | undefined {
  let found: unknown = values
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Reflect.get(found, key)
  }
  return typeof found === 'number' ? found : undefined
}

export function ceilingOf({ ceiling }: Holding, values: unknown): number | undefined {
  return typeof ceiling === 'string' ? numberAt(values, ceiling) : ceiling
}
