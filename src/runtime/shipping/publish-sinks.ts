import type { LineSink, SinkStats } from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'

const TOTALS: Readonly<Record<string, readonly [help: string, read: (stats: SinkStats) => number]>> = {
  queued: ['Log lines that were to be shipped.', (stats) => stats.queued],
  sent: ['Log lines that the other side took.', (stats) => stats.sent],
}

const BY_REASON: Readonly<
  Record<string, readonly [help: string, read: (stats: SinkStats) => Readonly<Record<string, number>>]>
> = {
  dropped: [
    'Log lines that went unshipped: full (no room), too_long, rejected (the other side would not have them), stopped, corrupt (in the spool).',
    (stats) => stats.dropped,
  ],
  retried: [
    'Sendings of log lines that failed and are repeated: throttled, server, network, io.',
    (stats) => stats.retried,
  ],
}

const LEVELS: Readonly<Record<string, readonly [help: string, read: (stats: SinkStats) => number]>> = {
  waiting: ['Log lines that wait to be shipped.', (stats) => stats.waiting],
  waiting_bytes: ['Bytes of log lines in memory that wait to be shipped.', (stats) => stats.bytes],
  spool_bytes: ['Bytes of log lines on disk that wait to be shipped.', (stats) => stats.spooledBytes],
}

/** `boxman_log_*` by sink, up to date at each collection and at zero from the start. */
export function publishSinks(metrics: Registry, sinks: readonly LineSink[]): void {
  for (const [name, [help, read]] of Object.entries(TOTALS)) {
    const published = new Map<LineSink, number>()
    const counter = metrics.counter({
      name: `boxman_log_${name}_total`,
      help,
      labelNames: ['sink'],
      collect: (counter) => {
        for (const sink of sinks) {
          const total = read(sink.stats)
          counter.inc({ sink: sink.name }, Math.max(0, total - (published.get(sink) ?? 0)))
          published.set(sink, total)
        }
      },
    })
    for (const { name: sink } of sinks) counter.labels({ sink })
  }
  for (const [name, [help, read]] of Object.entries(BY_REASON)) {
    const published = new Map<string, number>()
    const counter = metrics.counter({
      name: `boxman_log_${name}_total`,
      help,
      labelNames: ['sink', 'reason'],
      collect: (counter) => {
        for (const { name: sink, stats } of sinks) {
          for (const [reason, total] of Object.entries(read(stats))) {
            const key = `${sink} ${reason}`
            counter.inc({ sink, reason }, total - (published.get(key) ?? 0))
            published.set(key, total)
          }
        }
      },
    })
    for (const { name: sink, stats } of sinks) {
      for (const reason of Object.keys(read(stats))) counter.labels({ sink, reason })
    }
  }
  for (const [name, [help, read]] of Object.entries(LEVELS)) {
    metrics.gauge({
      name: `boxman_log_${name}`,
      help,
      labelNames: ['sink'],
      collect: (gauge) => {
        for (const { name: sink, stats } of sinks) gauge.set({ sink }, read(stats))
      },
    })
  }
}
