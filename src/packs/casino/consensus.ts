import type { Counter, Histogram, Registry } from '../../metrics/index.ts'
import { isDuration } from '../duration.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'

const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** How the validators agree. */
export class ConsensusMetrics {
  readonly stats: { refusedDurations: number } = { refusedDurations: 0 }
  readonly #accepted: Counter
  readonly #rejected: Counter
  readonly #forks: Counter
  readonly #latency: Histogram

  constructor(registry: Registry, options: PackOptions = {}) {
    const prefix = `${resolvePrefix(options)}_consensus`
    this.#accepted = registry.counter({
      name: `${prefix}_proposals_accepted_total`,
      help: 'Proposals that reached a quorum.',
    })
    this.#rejected = registry.counter({
      name: `${prefix}_proposals_rejected_total`,
      help: 'Proposals that were refused or found no quorum.',
    })
    this.#forks = registry.counter({
      name: `${prefix}_forks_total`,
      help: 'Times that a second proposal was made for one height.',
    })
    this.#latency = registry.histogram({
      name: `${prefix}_latency_seconds`,
      help: 'From a proposal to its quorum.',
      buckets: LATENCY_BUCKETS,
    })
  }

  /** @param latencyMs from the proposal to its quorum. */
  proposalAccepted(latencyMs: number): void {
    this.#accepted.inc()
    if (isDuration(latencyMs)) this.#latency.observe(latencyMs / 1000)
    else this.stats.refusedDurations++
  }

  proposalRejected(): void {
    this.#rejected.inc()
  }

  forked(): void {
    this.#forks.inc()
  }
}
