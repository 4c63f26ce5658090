import { STATUS_CODES } from 'node:http'
import type { Failure, HttpExchange } from '../../instrument/index.ts'
import type { ErrorCategory, ErrorContext, ErrorMetrics } from '../../packs/index.ts'

const MAX_TOLD = 1000
const SERVER_ERROR = 500
const CATEGORIES: ReadonlyMap<number, ErrorCategory> = new Map([
  [502, 'network'],
  [504, 'network'],
])

/**
 * Requests that failed by the service's fault, as errors: by what was thrown, or else by the status. One whose handler has
 * recorded an error itself is left alone. What a client did wrong, or broke off, is no error of the service.
 */
export class RequestErrors {
  readonly #errors: () => Pick<ErrorMetrics, 'observe' | 'record'>
  /** Correlation ids of work that an error was recorded for, and whose request has not ended. */
  readonly #told = new Set<string>()

  /** @param errors asked for at each: they may be made later. */
  constructor(errors: () => Pick<ErrorMetrics, 'observe' | 'record'>) {
    this.#errors = errors
  }

  /** An error was recorded for this work. */
  told({ correlationId }: ErrorContext): void {
    if (correlationId === undefined) return
    this.#told.add(correlationId)
    if (this.#told.size <= MAX_TOLD) return
    for (const oldest of this.#told) {
      this.#told.delete(oldest)
      break
    }
  }

  /** Bound to this: what is told of exchanges with servers. */
  readonly exchange = (exchange: HttpExchange): void => {
    const { status, error } = exchange
    if (status >= SERVER_ERROR) this.#record(exchange, error)
    else if (this.#told.size > 0) this.#told.delete(exchange.context?.correlationId ?? '')
  }

  /** Bound to this: what is told of failures that were measured by hand. */
  readonly failed = (exchange: HttpExchange, { kind, thrown }: Failure): void => {
    if (kind === 'client' || kind === 'aborted') this.#told.delete(exchange.context?.correlationId ?? '')
    else this.#record(exchange, thrown)
  }

  #record({ method, route, status, context }: HttpExchange, thrown: unknown): void {
    const facts = { traceId: context?.traceId, correlationId: context?.correlationId, route }
    const known = this.#told.has(facts.correlationId ?? '')
    const errors = this.#errors()
    if (thrown !== undefined) {
      errors.observe(thrown, facts)
    } else if (!known) {
      const category = CATEGORIES.get(status) ?? 'other'
      const message = `${method} ${route} answered ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd()
      errors.record({ ...facts, category, message })
    }
    this.#told.delete(facts.correlationId ?? '')
  }
}
