import type { Registry } from '../../metrics/index.ts'
import { Engine, type EngineOptions, type Expr, type QueryOptions, type QueryResult } from '../../promql/index.ts'

export interface MeteredOptions extends EngineOptions {
  readonly metrics: Registry
  /** Milliseconds that never go back. */
  readonly now: () => number
}

type Outcome = 'ok' | 'bad_data' | 'execution' | 'timeout' | 'canceled'

/** An engine that publishes how its queries fare. */
export class MeteredEngine extends Engine {
  readonly #now: () => number
  readonly #outcome: (outcome: Outcome) => void
  readonly #took: (seconds: number) => void
  readonly #read: (samples: number) => void

  constructor(options: MeteredOptions) {
    super(options)
    const { metrics, now } = options
    this.#now = now
    const queries = metrics.counter({
      name: 'boxman_promql_queries_total',
      help: 'Queries answered, by how they ended.',
      labelNames: ['outcome'],
    })
    const outcomes = ['ok', 'bad_data', 'execution', 'timeout', 'canceled'] as const
    // At zero from the start: the first failure is an increase that `rate` can see.
    for (const outcome of outcomes) queries.labels({ outcome })
    const durations = metrics.histogram({
      name: 'boxman_promql_query_duration_seconds',
      help: 'From a query to its answer.',
      buckets: [0.001, 0.01, 0.1, 1, 10],
    })
    const samples = metrics.counter({
      name: 'boxman_promql_samples_total',
      help: 'Samples that queries read and calculated.',
    })
    this.#outcome = (outcome) => queries.inc({ outcome })
    this.#took = (seconds) => durations.observe(seconds)
    this.#read = (count) => samples.inc(count)
  }

  override instant(query: string | Expr, at: number, options?: QueryOptions): Promise<QueryResult> {
    return this.#meter(super.instant(query, at, options))
  }

  override range(
    query: string | Expr,
    start: number,
    end: number,
    step: number,
    options?: QueryOptions,
  ): Promise<QueryResult> {
    return this.#meter(super.range(query, start, end, step, options))
  }

  async #meter(answer: Promise<QueryResult>): Promise<QueryResult> {
    const begun = this.#now()
    const result = await answer
    this.#took(Math.max(0, this.#now() - begun) / 1000)
    this.#outcome(result.ok ? 'ok' : result.error.kind)
    if (result.ok) this.#read(result.samples)
    return result
  }
}
