import type { LabelledCounter, LabelledHistogram, Registry } from '../../metrics/index.ts'
import { isDuration } from '../duration.ts'

/** Those that OpenTelemetry gives `db.client.operation.duration`. */
const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

export interface DatabaseStatement {
  readonly system: string
  /** The first word of the statement, in capitals. */
  readonly operation: string
  readonly durationMs: number
  readonly rows?: number
  /** Undefined: it did not fail. */
  readonly error?: unknown
}

/**
 * `db_query_duration_seconds{system,operation}`, `db_query_errors_total{system,operation}`, `db_query_rows_total{system,operation}`, and
 * `db_connect_duration_seconds{system}`, `db_connect_errors_total{system}`.
 */
export class DatabaseMetrics {
  /** `badDurations`: below zero or NaN; such a statement is not timed. */
  readonly stats: { badDurations: number } = { badDurations: 0 }
  readonly #durations: LabelledHistogram<'system' | 'operation'>
  readonly #errors: LabelledCounter<'system' | 'operation'>
  readonly #rows: LabelledCounter<'system' | 'operation'>
  readonly #connects: LabelledHistogram<'system'>
  readonly #connectErrors: LabelledCounter<'system'>

  constructor(registry: Registry) {
    const labelNames = ['system', 'operation'] as const
    this.#durations = registry.histogram({
      name: 'db_query_duration_seconds',
      help: 'Time from a statement handed over to its result.',
      labelNames,
      buckets: SECONDS,
    })
    this.#errors = registry.counter({ name: 'db_query_errors_total', help: 'Statements that failed.', labelNames })
    this.#rows = registry.counter({ name: 'db_query_rows_total', help: 'Rows given or changed.', labelNames })
    this.#connects = registry.histogram({
      name: 'db_connect_duration_seconds',
      help: 'Time to make a connection, or to fail.',
      labelNames: ['system'],
      buckets: SECONDS,
    })
    this.#connectErrors = registry.counter({
      name: 'db_connect_errors_total',
      help: 'Connections that could not be made.',
      labelNames: ['system'],
    })
  }

  call({ system, operation, durationMs, rows, error }: DatabaseStatement): void {
    const labels = { system, operation }
    this.#time(durationMs, (seconds) => this.#durations.observe(labels, seconds))
    // Both from the first call on: an error rate needs the errors at zero too.
    this.#errors.inc(labels, error === undefined ? 0 : 1)
    if (rows !== undefined) this.#rows.inc(labels, rows)
  }

  connect({ system, durationMs, error }: Omit<DatabaseStatement, 'operation' | 'rows'>): void {
    this.#time(durationMs, (seconds) => this.#connects.observe({ system }, seconds))
    this.#connectErrors.inc({ system }, error === undefined ? 0 : 1)
  }

  #time(durationMs: number, observe: (seconds: number) => void): void {
    if (isDuration(durationMs)) observe(durationMs / 1000)
    else this.stats.badDurations++
  }
}
