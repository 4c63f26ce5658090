import { formatB3 } from './b3.ts'
import type { CorrelationContext } from './context.ts'
import type { Propagation } from './propagation.ts'
import { FLAG_SAMPLED, formatTraceParent } from './traceparent.ts'

/**
 * What a call downstream carries. `context` is the call's own span, mostly a `childContext`: `x-span-id` and the
 * parent field of `traceparent` name that span, `x-parent-span-id` the one that makes the call.
 */
export function outgoingHeaders(context: CorrelationContext, propagation?: Propagation): Record<string, string> {
  const headers: Record<string, string> = {
    'x-correlation-id': context.correlationId,
    'x-span-id': context.spanId,
  }
  if (context.parentSpanId !== undefined) headers['x-parent-span-id'] = context.parentSpanId
  if (propagation?.traceContext !== false) {
    headers['traceparent'] = formatTraceParent(context.traceId, context.spanId, context.traceFlags)
    if (context.traceState !== undefined) headers['tracestate'] = context.traceState
  }
  if (context.baggage !== undefined && propagation?.baggage !== false) headers['baggage'] = context.baggage
  if (propagation === undefined) return headers
  if (propagation.requestId === true) headers['x-request-id'] = context.correlationId
  for (const format of propagation.b3 ?? []) {
    Object.assign(headers, formatB3(format, context, (context.traceFlags & FLAG_SAMPLED) !== 0))
  }
  return headers
}

/** What an answer carries. */
export function answerHeaders(context: CorrelationContext, propagation?: Propagation): Record<string, string> {
  const headers: Record<string, string> = { 'x-correlation-id': context.correlationId, 'x-span-id': context.spanId }
  if (propagation?.requestId === true) headers['x-request-id'] = context.correlationId
  return headers
}
