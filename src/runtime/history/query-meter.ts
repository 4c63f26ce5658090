import type { Registry } from '../../metrics/index.ts'
import type { QueryResult } from '../../promql/index.ts'

type Outcome = 'ok' | 'bad_data' | 'execution' | 'timeout' | 'canceled'

/** Publishes how queries fare. */
export class QueryMeter {
  readonly #now: () => number
  readonly #outcome: (outcome: Outcome) => void
  readonly #took: (seconds: number) => void
  readonly #read: (samples: number) => void

  /** @param now milliseconds that never go back. */
  constructor(metrics: Registry, now: () => number) {
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

  async measure(answer: Promise<QueryResult>): Promise<QueryResult> {
    const begun = this.#now()
    const result = await answer
    this.#took(Math.max(0, this.#now() - begun) / 1000)
    this.#outcome(result.ok ? 'ok' : result.error.kind)
    if (result.ok) this.#read(result.samples)
    return result
  }
}
