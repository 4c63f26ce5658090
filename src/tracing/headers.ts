import { type B3Format, formatB3 } from './b3.ts'
import type { CorrelationContext } from './context.ts'
import { FLAG_SAMPLED, formatTraceParent } from './traceparent.ts'

/** What is sent beside the headers of W3C and our own. */
export interface OutgoingOptions {
  readonly b3?: B3Format
  /** The correlation id once more, as `x-request-id`. */
  readonly requestId?: boolean
}

/**
 * What a call downstream carries. `context` is the call's own span, mostly a `childContext`: `x-span-id` and the
 * parent field of `traceparent` name that span, `x-parent-span-id` the one that makes the call.
 */
export function outgoingHeaders(context: CorrelationContext, options?: OutgoingOptions): Record<string, string> {
  const headers: Record<string, string> = {
    'x-correlation-id': context.correlationId,
    'x-span-id': context.spanId,
    traceparent: formatTraceParent(context.traceId, context.spanId, context.traceFlags),
  }
  if (context.parentSpanId !== undefined) headers['x-parent-span-id'] = context.parentSpanId
  if (context.traceState !== undefined) headers['tracestate'] = context.traceState
  if (context.baggage !== undefined) headers['baggage'] = context.baggage
  if (options?.requestId === true) headers['x-request-id'] = context.correlationId
  if (options?.b3 !== undefined) {
    Object.assign(headers, formatB3(options.b3, context, (context.traceFlags & FLAG_SAMPLED) !== 0))
  }
  return headers
}

/** What an answer carries. */
export function answerHeaders(context: CorrelationContext): Record<string, string> {
  return { 'x-correlation-id': context.correlationId, 'x-span-id': context.spanId }
}
