import type { LogTail, RootLogger } from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'

/** `boxman_log_events_total` and the like, up to date at each collection and at zero from the start. */
export function publishLogs(metrics: Registry, log: RootLogger, tail: LogTail | undefined): void {
  publishBy(
    metrics,
    'boxman_log_events_total',
    'Events of performance, business and security, whether written or not.',
    ['kind', 'severity'],
    () => {
      const { performance, business, security } = log.events
      return [
        [['performance', 'none'], performance],
        [['business', 'none'], business],
        ...Object.entries(security).map(([severity, count]) => [['security', severity], count] as const),
      ]
    },
  )
  publishBy(
    metrics,
    'boxman_log_suppressed_total',
    'Log lines that were not written, since their message came too often: over the limit of lines, or of errors.',
    ['reason'],
    () => Object.entries(log.suppressed).map(([reason, count]) => [[reason], count] as const),
  )
  if (tail === undefined) return
  metrics.gauge({
    name: 'boxman_log_tail_lines',
    help: 'Log lines kept in memory.',
    collect: (gauge) => gauge.set(tail.stats.lines),
  })
  metrics.gauge({
    name: 'boxman_log_tail_bytes',
    help: 'Bytes of the log lines kept in memory.',
    collect: (gauge) => gauge.set(tail.stats.bytes),
  })
}

type Counts = readonly (readonly [values: readonly string[], count: number])[]

function publishBy(
  metrics: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  read: () => Counts,
): void {
  const labelsOf = (values: readonly string[]): Record<string, string> =>
    Object.fromEntries(labelNames.map((label, i) => [label, values[i] ?? '']))
  const published = new Map<string, number>()
  const counter = metrics.counter({
    name,
    help,
    labelNames,
    collect: (counter) => {
      for (const [values, count] of read()) {
        const key = values.join(' ')
        counter.inc(labelsOf(values), count - (published.get(key) ?? 0))
        published.set(key, count)
      }
    },
  })
  for (const [values] of read()) counter.labels(labelsOf(values))
}
