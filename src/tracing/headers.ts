import type { CorrelationContext } from './context.ts'
import { formatTraceParent } from './traceparent.ts'

/**
 * What a call downstream carries. `context` is the call's own span, mostly a `childContext`: `x-span-id` and the
 * parent field of `traceparent` name that span, `x-parent-span-id` the one that makes the call.
 */
export function outgoingHeaders(context: CorrelationContext): Record<string, string> {
  const headers: Record<string, string> = {
    'x-correlation-id': context.correlationId,
    'x-span-id': context.spanId,
    traceparent: formatTraceParent(context.traceId, context.spanId, context.traceFlags),
  }
  if (context.parentSpanId !== undefined) headers['x-parent-span-id'] = context.parentSpanId
  if (context.traceState !== undefined) headers['tracestate'] = context.traceState
  if (context.baggage !== undefined) headers['baggage'] = context.baggage
  return headers
}

/** What an answer carries. */
export function answerHeaders(context: CorrelationContext): Record<string, string> {
  return { 'x-correlation-id': context.correlationId, 'x-span-id': context.spanId }
}
