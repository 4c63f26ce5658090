import {
  type CorrelationContext,
  extractContext,
  type IdSource,
  type Propagation,
  type Tracer,
} from '../../tracing/index.ts'
import { type FaultHandler, guarded, toldOf } from '../guard.ts'
import type { AnswerIds } from './answer-ids.ts'
import type { IncidentOptions } from './incident.ts'
import { correlationHeaders } from './incoming-headers.ts'
import { pathPattern } from './path-pattern.ts'
import {
  type Carried,
  type Carrier,
  carriedKey,
  heardBy,
  holdMessages,
  type HttpRequest,
  type HttpResponse,
  type Message,
  releaseMessages,
} from './message.ts'
import { isCutOff, isEncrypted, isWhole, requestBytes, responseBytes } from './message-facts.ts'

/** One request whose answer is still to come. */
export interface HttpOpening {
  /** One of the known methods, else `_OTHER`. */
  readonly method: string
  /** Of the connection: a proxy may have ended TLS before it. By hand it is `http`. */
  readonly scheme: 'http' | 'https'
}

/** One request and its answer, as seen when the answer's last byte was handed over, or the client was gone. */
export interface HttpExchange extends HttpOpening {
  /** The router's pattern; of a server without one the path's, see `pathPattern`; `__not_found__` for what has neither. */
  readonly route: string
  /** 499: the answer was not sent whole. */
  readonly status: number
  readonly durationMs: number
  readonly aborted: boolean
  /** `1.0`, `1.1` or `2`; '' of what was measured by hand. */
  readonly protocolVersion: string
  /** Of the body, as its `content-length` says; absent where nobody knew beforehand. */
  readonly requestBytes: number | undefined
  readonly responseBytes: number | undefined
  /** Absent where requests are not correlated: {@link HttpOptions.correlated}. */
  readonly context: CorrelationContext | undefined
  /** What was thrown, where the framework tells it: {@link setError}. */
  readonly error?: unknown
}

/** Called once an exchange. The current context may be another: `exchange.context` is the request's. */
export type HttpRecorder = (exchange: HttpExchange) => void

export interface HttpOptions extends IncidentOptions {
  readonly ids: IdSource
  /** Makes a span of each request, its context; whoever records the exchange ends it: {@link endRequestSpan}. */
  readonly tracer?: Tracer | undefined
  readonly propagation?: Propagation | undefined
  /** Milliseconds that never go back. */
  readonly now: () => number
  readonly record: HttpRecorder
  /**
   * Whether a request is answered with its ids, and is current in all that it starts. Default: true. Otherwise it is
   * only counted and timed.
   */
  readonly correlated?: boolean | undefined
  /** Called when an exchange begins, once before its `record`. */
  readonly opened?: ((opening: HttpOpening) => void) | undefined
  /** Where a fault of the recorders or of `route` ends: it never reaches the application. */
  readonly onFault: FaultHandler
}

export interface HttpServerOptions extends HttpOptions {
  /**
   * The pattern that the router matched, asked when the exchange is over; a route set by `setRoute` goes before it. Without
   * this option the path stands in for it, its ids replaced, unless the answer is 404: anybody can ask for what is not there.
   */
  readonly route?: (request: HttpRequest) => string | undefined
}

const CLIENT_CLOSED_REQUEST = 499
const NOT_FOUND = '__not_found__'
const METHODS: ReadonlySet<string | undefined> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
])

/** One of the nine methods of HTTP, else `_OTHER`: a client can send any word. */
export function knownMethod(method: string | undefined): string {
  return method !== undefined && METHODS.has(method) ? method : '_OTHER'
}

/**
 * Names the route of a request, as a pattern like `/tables/:id`; a function is asked for it when the exchange is over.
 * Without effect on a request that is not measured.
 */
export function setRoute(request: HttpRequest, route: string | (() => string | undefined)): void {
  const carried = (request as HttpRequest & Carrier)[carriedKey]
  if (carried instanceof OpenExchange) carried.route = route
}

/** Says by what a request failed; the last one counts. Without effect on a request that is not measured. */
export function setError(request: HttpRequest, error: unknown): void {
  const carried = (request as HttpRequest & Carrier)[carriedKey]
  if (carried instanceof OpenExchange) carried.error = error
}

/**
 * Opens the exchange of a request.
 * @returns the context that its handler is to run in; undefined when there is none, because the exchange was open
 * already, or failed to open, or is only measured.
 */
export function openExchange(
  request: HttpRequest & Carrier,
  response: HttpResponse & Carrier,
  options: HttpServerOptions,
): CorrelationContext | undefined {
  if (request[carriedKey] !== undefined) return undefined
  try {
    const method = knownMethod(request.method)
    const context = options.correlated === false ? undefined : contextOf(request, method, options)
    const exchange = new OpenExchange(request, response, method, context, options)
    request[carriedKey] = exchange
    response[carriedKey] = exchange
    const { opened } = options
    if (opened !== undefined) guarded(options.onFault, () => opened(exchange))
    return context
  } catch (error) {
    toldOf(options.onFault, error)
    return undefined
  }
}

function contextOf(
  { rawHeaders }: HttpRequest,
  method: string,
  { tracer, ids, propagation }: HttpServerOptions,
): CorrelationContext {
  const headers = correlationHeaders(rawHeaders, propagation)
  return (
    tracer?.startRequest(method, headers === undefined ? {} : { headers, propagation }) ??
    extractContext(headers ?? {}, ids, propagation)
  )
}

class OpenExchange implements Carried, HttpOpening {
  readonly context: CorrelationContext | undefined
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly nodesFinish: unknown
  route: string | (() => string | undefined) | undefined
  error: unknown
  readonly #options: HttpServerOptions
  readonly #startedAt: number
  /** As it came: a framework may rewrite it. */
  readonly #target: string
  /** The connection was gone before the answer was written: to node such an answer is finished all the same. */
  #cut = false
  /** Both messages, until the exchange is over. */
  #request: HttpRequest | undefined
  #response: HttpResponse | undefined

  constructor(
    request: HttpRequest,
    response: HttpResponse,
    method: string,
    context: CorrelationContext | undefined,
    options: HttpServerOptions,
  ) {
    this.context = context
    this.method = method
    this.scheme = isEncrypted(request) ? 'https' : 'http'
    this.nodesFinish = heardBy(response, 'finish')
    this.#options = options
    this.#startedAt = options.now()
    this.#target = request.url ?? ''
    this.#request = request
    this.#response = response
    holdMessages()
  }

  answer(): AnswerIds | undefined {
    if (this.context === undefined || this.#response === undefined) return undefined
    const { correlationId, spanId } = this.context
    const { now, propagation } = this.#options
    return { correlationId, spanId, durationMs: now() - this.#startedAt, requestId: propagation?.requestId === true }
  }

  ending(): void {
    if (this.#request !== undefined && isCutOff(this.#request)) this.#cut = true
  }

  /**
   * A response tells its end by `close`, with or without a `finish` before it. One that waits behind another in the
   * pipeline when the connection breaks tells nothing: there the request's `close` does.
   */
  closed(message: Message): void {
    const request = this.#request
    const response = this.#response
    if (request === undefined || response === undefined || !(message === response || isCutOff(request))) return
    this.#request = undefined
    this.#response = undefined
    releaseMessages()
    guarded(this.#options.onFault, () => this.#options.record(this.#summary(request, response)))
  }

  fault(error: unknown): void {
    toldOf(this.#options.onFault, error)
  }

  #summary(request: HttpRequest, response: HttpResponse): HttpExchange {
    const durationMs = this.#options.now() - this.#startedAt
    const aborted = this.#cut || !isWhole(response)
    return {
      method: this.method,
      scheme: this.scheme,
      route: this.#routeOf(request, response) || NOT_FOUND,
      status: aborted ? CLIENT_CLOSED_REQUEST : response.statusCode,
      durationMs,
      aborted,
      protocolVersion: request.httpVersionMajor === 2 ? '2' : request.httpVersion,
      requestBytes: requestBytes(request),
      responseBytes: aborted ? undefined : responseBytes(response),
      context: this.context,
      ...(this.error === undefined ? undefined : { error: this.error }),
    }
  }

  #routeOf(request: HttpRequest, { statusCode }: HttpResponse): string | undefined {
    const { route, onFault } = this.#options
    if (typeof this.route === 'function') return guarded(onFault, this.route)
    if (this.route !== undefined) return this.route
    if (route !== undefined) return guarded(onFault, () => route(request))
    return statusCode === 404 ? undefined : pathPattern(this.#target)
  }
}
