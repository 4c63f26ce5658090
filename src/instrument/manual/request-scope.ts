import {
  type CorrelationContext,
  childContext,
  currentContext,
  extractContext,
  runWithContext,
} from '../../tracing/index.ts'
import type { IncomingHeaders } from '../../tracing/index.ts'
import { guarded } from '../guard.ts'
import { type HttpExchange, type HttpOptions, knownMethod } from '../http/exchange.ts'
import { pathPattern } from '../http/path-pattern.ts'
import { type Failure, failureOf, failureOfStatus, isStatus } from './failure.ts'

export interface RequestStart {
  /** The route, as a pattern like `/tables/:id`. */
  readonly route?: string
  /** The path as it came, for who has no route: its ids, UUIDs, hashes and numbers are replaced. */
  readonly path?: string
  /** Default `GET`. */
  readonly method?: string
  /** Where the correlation context is read from; without them it is a child of the current one, or new. */
  readonly headers?: IncomingHeaders
}

export interface ScopeOptions extends HttpOptions {
  /** Told of each that failed, besides `record`. */
  readonly failed?: (exchange: HttpExchange, failure: Failure) => void
}

const SCHEME = 'http'

/**
 * One request, measured by hand: from its making to `end`, or to the end of the block with `using`. Its context is current within
 * `run` only.
 */
export class RequestScope implements Disposable {
  /** Undefined when it could not be made: then nothing is measured, and `run` only runs. */
  readonly context: CorrelationContext | undefined
  readonly #options: ScopeOptions
  readonly #method: string
  readonly #startedAt: number
  #route: string
  #status = 200
  #failure: Failure | undefined
  #open = true

  constructor({ route, path, method = 'GET', headers }: RequestStart, options: ScopeOptions) {
    this.#options = options
    this.#method = knownMethod(method.toUpperCase())
    this.#route = route ?? (path === undefined ? '' : pathPattern(path))
    this.context = guarded(options.onFault, () => {
      const current = headers === undefined ? currentContext() : undefined
      const { ids, tracer, propagation } = options
      if (current === undefined) {
        const given = headers ?? {}
        return (
          tracer?.startRequest(this.#method, { headers: given, propagation }) ?? extractContext(given, ids, propagation)
        )
      }
      return tracer?.startSpan(this.#method, { parent: current, kind: 'server' }) ?? childContext(current, ids)
    })
    this.#startedAt = guarded(options.onFault, options.now) ?? Number.NaN
    const { opened } = options
    if (opened !== undefined && this.#isMeasured) {
      guarded(options.onFault, () => opened({ method: this.#method, scheme: SCHEME }))
    }
  }

  get #isMeasured(): boolean {
    return this.context !== undefined && !Number.isNaN(this.#startedAt)
  }

  setRoute(route: string): this {
    this.#route = route
    return this
  }

  /** @throws RangeError unless it is a status of HTTP. */
  setStatus(status: number): this {
    if (!isStatus(status)) throw new RangeError(`status ${status} must be a whole number from 100 to 599`)
    this.#status = status
    this.#failure = failureOfStatus(status)
    return this
  }

  /** It failed: the status is that of the error, or 500. */
  fail(thrown: unknown): this {
    this.#failure = failureOf(thrown)
    this.#status = this.#failure.status
    return this
  }

  /** Runs something with the request's context current, also in all that is asynchronous beneath it. */
  run<T>(work: () => T): T {
    return this.context === undefined ? work() : runWithContext(this.context, work)
  }

  /** Records it; a second call does nothing. */
  end(): void {
    const { context } = this
    if (!this.#open) return
    this.#open = false
    if (context === undefined || !this.#isMeasured) return
    const { now, record, failed, onFault } = this.#options
    guarded(onFault, () => {
      const exchange: HttpExchange = {
        method: this.#method,
        route: this.#route || '__not_found__',
        status: this.#status,
        durationMs: now() - this.#startedAt,
        aborted: this.#failure?.kind === 'aborted',
        scheme: SCHEME,
        protocolVersion: '',
        requestBytes: undefined,
        responseBytes: undefined,
        context,
      }
      guarded(onFault, () => record(exchange))
      if (this.#failure !== undefined) failed?.(exchange, this.#failure)
    })
  }

  [Symbol.dispose](): void {
    this.end()
  }
}
