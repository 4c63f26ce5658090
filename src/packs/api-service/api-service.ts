import type { Counter, LabelledCounter, Registry } from '../../metrics/index.ts'
import { Cells } from '../cells.ts'
import type { Pack } from '../pack.ts'
import { securityDashboard } from './dashboard.ts'
import { SourceBook, type SourceBookOptions } from './source-book.ts'

export interface ApiServiceOptions {
  readonly sources?: SourceBookOptions | undefined
}

/** Where something came from: kept in the book of sources, never a label. */
export interface Origin {
  /** An address, an account, a key's id: whatever is to be watched, up to 128 characters. */
  readonly source: string
  /** In ms since the epoch. */
  readonly at: number
}

export interface AuthenticationFailure extends Origin {
  /** Such as `password` or `token`. This and the reason are words of short lists, nothing that a client sends. */
  readonly method: string
  /** Such as `wrong_password` or `expired`. */
  readonly reason: string
}

export interface RateLimitHit extends Origin {
  /** Which limit. */
  readonly limit: string
}

export interface InvalidSignature extends Origin {
  /** What was signed, or how, such as `webhook`. */
  readonly method: string
}

/**
 * Who may come in: `authentication_successes_total{method}`, `authentication_failures_total{method,reason}`,
 * `rate_limit_hits_total{limit}` and `invalid_signatures_total{method}`; `sources` tells where the failures come from.
 */
export class ApiServiceMetrics {
  readonly sources: SourceBook
  readonly #successes: Cells<Counter>
  readonly #failures: LabelledCounter<'method' | 'reason'>
  readonly #limits: Cells<Counter>
  readonly #signatures: Cells<Counter>

  constructor(registry: Registry, options: ApiServiceOptions = {}) {
    this.sources = new SourceBook(options.sources)
    const successes = registry.counter({
      name: 'authentication_successes_total',
      help: 'Clients that proved who they are.',
      labelNames: ['method'],
    })
    this.#failures = registry.counter({
      name: 'authentication_failures_total',
      help: 'Clients that could not prove who they are.',
      labelNames: ['method', 'reason'],
    })
    const limits = registry.counter({
      name: 'rate_limit_hits_total',
      help: 'Requests refused because their client has sent too many.',
      labelNames: ['limit'],
    })
    const signatures = registry.counter({
      name: 'invalid_signatures_total',
      help: 'Signatures that do not fit what they sign.',
      labelNames: ['method'],
    })
    this.#successes = new Cells((method) => successes.labels({ method }))
    this.#limits = new Cells((limit) => limits.labels({ limit }))
    this.#signatures = new Cells((method) => signatures.labels({ method }))
  }

  authenticated(method: string): void {
    this.#successes.get(method).inc()
  }

  authenticationFailed({ method, reason, source, at }: AuthenticationFailure): void {
    this.sources.record('authFailures', source, at)
    this.#failures.inc({ method, reason })
  }

  rateLimited({ limit, source, at }: RateLimitHit): void {
    this.sources.record('rateLimitHits', source, at)
    this.#limits.get(limit).inc()
  }

  signatureInvalid({ method, source, at }: InvalidSignature): void {
    this.sources.record('invalidSignatures', source, at)
    this.#signatures.get(method).inc()
  }
}

/** The metrics of an API that knows its clients. */
export function apiService(options: ApiServiceOptions = {}): Pack<ApiServiceMetrics> {
  return {
    name: 'api-service',
    dashboards: [securityDashboard()],
    install: (registry) => new ApiServiceMetrics(registry, options),
  }
}
