import { type Attributes, Span, type SpanDetails } from '../tracing/index.ts'
import type { HttpExchange } from './http/exchange.ts'
import type { OutgoingCall } from './outgoing/call.ts'

const SERVER_ERRORS = 500
const CLIENT_ERRORS = 400

/** Ends the span of a request, if it has one, under its route, with OpenTelemetry's attributes. */
export function endRequestSpan(exchange: HttpExchange): void {
  const { context, route, status } = exchange
  if (!(context instanceof Span)) return
  context.setRoute(route)
  if (status >= SERVER_ERRORS) context.setStatus('error')
  context.endAs(new RequestDetails(exchange))
}

/** Of a hundred requests few are kept: only for those is it spelt out. */
class RequestDetails implements SpanDetails {
  readonly #exchange: HttpExchange

  constructor(exchange: HttpExchange) {
    this.#exchange = exchange
  }

  get name(): string {
    return `${this.#exchange.method} ${this.#exchange.route}`
  }

  get attributes(): Attributes {
    const { method, scheme, route, status, aborted, protocolVersion } = this.#exchange
    return {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'url.scheme': scheme,
      'network.protocol.version': protocolVersion === '' ? undefined : protocolVersion,
      'error.type': aborted ? 'aborted' : status >= SERVER_ERRORS ? String(status) : undefined,
    }
  }
}

/** Ends the span of a call downstream, if it has one. */
export function endCallSpan({ context, method, host, status, error }: OutgoingCall): void {
  if (!(context instanceof Span)) return
  context.setAttributes({ 'http.request.method': method, 'server.address': host })
  if (status > 0) context.setAttribute('http.response.status_code', status)
  else context.recordException(error)
  if (status === 0 || status >= CLIENT_ERRORS) {
    context.setAttribute('error.type', status > 0 ? String(status) : error instanceof Error ? error.name : 'error')
    context.setStatus('error')
  }
  context.end()
}
