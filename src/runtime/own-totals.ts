import type { Health } from '../health/index.ts'
import type { RootLogger } from '../logging/index.ts'
import type { Registry } from '../metrics/index.ts'
import type { OtlpSenderStats } from '../wire/index.ts'
import type { FaultLog } from './fault-log.ts'
import type { Loop } from './loop.ts'
import type { Total } from './publish.ts'
import type { Traces } from './traces/traces.ts'

interface Counting {
  readonly metrics: Registry
  readonly health: Health
  readonly log: RootLogger
  readonly traces: Traces | undefined
  readonly faults: FaultLog
  readonly loop: Loop
}

/** What the rooms of a service keep as plain numbers, by the names they are published under. */
export function ownTotals({ metrics, health, log, traces, faults, loop }: Counting): Readonly<Record<string, Total>> {
  return {
    metrics_overflowed: ['Look-ups of a series that ended in __overflow__.', () => metrics.stats.overflowed],
    metrics_expired: ['Series removed because they stood still.', () => metrics.stats.expired],
    metrics_exemplars_dropped: ['Exemplars refused: too long, or not labels.', () => metrics.stats.exemplarsDropped],
    metrics_source_conflicts: [
      'Metrics of other threads and processes left out: they are defined otherwise here.',
      () => metrics.sourceStats.conflicts,
    ],
    metrics_source_refused: ['What other threads and processes told and cannot be.', () => metrics.sourceStats.refused],
    metrics_source_scrape_failures: [
      'Threads and processes that did not answer in time, and were shown as they were.',
      () => metrics.sourceStats.scrapeFailures,
    ],
    metrics_source_unplaced: [
      'Metrics and series of other threads that found no room in shared memory.',
      () => metrics.sourceStats.unplaced,
    ],
    metrics_collect_failures: ['collect callbacks that failed.', () => metrics.stats.collectFailures],
    tracing_spans_kept: ['Spans of traces that were kept.', () => traces?.tracer.stats.keptSpans ?? 0],
    tracing_spans_dropped: [
      'Spans that found no room in their trace or in memory.',
      () => traces?.tracer.stats.droppedSpans ?? 0,
    ],
    tracing_spans_sent: ['Spans that a collector took.', () => traces?.sender?.stats.sent ?? 0],
    tracing_spans_unsent: [
      'Spans that no collector took: there was no room or time, or it would not have them.',
      () => unsentOf(traces?.sender?.stats),
    ],
    tracing_store_evicted: ['Kept traces that made room for newer ones.', () => evictedOf(traces)],
    logging_written: ['Log lines handed over.', () => log.stats.written],
    logging_failed: ['Log lines refused by their destination.', () => log.stats.failed],
    logging_dropped: ['Log lines dropped because their destination is behind.', () => log.stats.dropped],
    health_runs: ['Runs of health checks.', () => health.stats.runs],
    health_failures: ['Health checks that failed.', () => health.stats.failures],
    health_timeouts: ['Health checks not settled by their time-out.', () => health.stats.timeouts],
    instrument_faults: ['Faults of the monitoring kept from the application.', () => faults.stats.faults],
    runtime_rounds: ['Rounds of the background loop.', () => loop.stats.rounds],
    runtime_skipped_rounds: ['Rounds skipped while one was going on.', () => loop.stats.skipped],
  }
}

/** What is held, by the names it is published under. */
export function ownLevels({ traces }: Pick<Counting, 'traces'>): Readonly<Record<string, Total>> {
  if (traces === undefined) return {}
  return {
    tracing_store_spans: ['Spans of kept traces that are held.', () => traces.store.stats.spans],
    tracing_store_bytes: ['Roughly what they take of the memory.', () => traces.store.stats.bytes],
  }
}

function evictedOf(traces: Traces | undefined): number {
  return traces === undefined ? 0 : traces.store.stats.evictedTraces + traces.store.stats.evictedErrors
}

function unsentOf(stats: OtlpSenderStats | undefined): number {
  return stats === undefined ? 0 : stats.dropped + stats.failed + stats.rejected
}
