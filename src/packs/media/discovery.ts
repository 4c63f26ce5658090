import type { Histogram, LabelledCounter, Registry } from '../../metrics/index.ts'
import { Cells } from '../cells.ts'
import { observeMs } from '../duration.ts'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

export interface SearchQuery {
  /** What is searched with, such as `text` or `voice`: a word of a short list. */
  readonly kind: string
  readonly outcome: 'found' | 'empty' | 'failed'
}

/**
 * How people find something: `discovery_search_queries_total{kind,outcome}`, `discovery_recommendation_duration_seconds{strategy}` and
 * `discovery_vector_db_duration_seconds{operation}`.
 */
export class DiscoveryMetrics {
  /** `badDurations`: below zero or NaN; not recorded. */
  readonly stats: { badDurations: number } = { badDurations: 0 }
  readonly #searches: LabelledCounter<'kind' | 'outcome'>
  readonly #recommendations: Cells<Histogram>
  readonly #vectors: Cells<Histogram>

  constructor(registry: Registry) {
    this.#searches = registry.counter({
      name: 'discovery_search_queries_total',
      help: 'Searches, by what is searched with and whether anything was found.',
      labelNames: ['kind', 'outcome'],
    })
    const recommendations = registry.histogram({
      name: 'discovery_recommendation_duration_seconds',
      help: 'Time to make a list of recommendations.',
      labelNames: ['strategy'],
      buckets: SECONDS,
    })
    const vectors = registry.histogram({
      name: 'discovery_vector_db_duration_seconds',
      help: 'Time that the vector database takes.',
      labelNames: ['operation'],
      buckets: SECONDS,
    })
    this.#recommendations = new Cells((strategy) => recommendations.labels({ strategy }))
    this.#vectors = new Cells((operation) => vectors.labels({ operation }))
  }

  searched({ kind, outcome }: SearchQuery): void {
    this.#searches.inc({ kind, outcome })
  }

  /** @param strategy how they are found, such as `similar` or `popular`. */
  recommended(strategy: string, durationMs: number): void {
    observeMs(this.#recommendations.get(strategy), durationMs, this.stats)
  }

  /** @param operation such as `search` or `upsert`. */
  vectorQueried(operation: string, durationMs: number): void {
    observeMs(this.#vectors.get(operation), durationMs, this.stats)
  }
}
