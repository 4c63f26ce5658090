import { Span } from '../tracing/index.ts'
import type { HttpExchange } from './http/exchange.ts'
import type { OutgoingCall } from './outgoing/call.ts'

const SERVER_ERRORS = 500
const CLIENT_ERRORS = 400

/** Ends the span of a request, if it has one, under its route, with OpenTelemetry's attributes. */
export function endRequestSpan({ context, method, scheme, route, status, aborted, ...rest }: HttpExchange): void {
  if (!(context instanceof Span)) return
  const failed = status >= SERVER_ERRORS
  context.name = `${method} ${route}`
  context.setRoute(route).setAttributes({
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
    'url.scheme': scheme,
    ...(rest.protocolVersion === '' ? {} : { 'network.protocol.version': rest.protocolVersion }),
    ...(aborted ? { 'error.type': 'aborted' } : failed ? { 'error.type': String(status) } : {}),
  })
  if (failed) context.setStatus('error')
  context.end()
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
