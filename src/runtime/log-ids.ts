import { currentContext } from '../tracing/index.ts'

/** The fields that tie a log line to its request. */
export function logIds(): Readonly<Record<string, string | undefined>> {
  const context = currentContext()
  if (context === undefined) return {}
  return {
    correlation_id: context.correlationId,
    trace_id: context.traceId,
    span_id: context.spanId,
    user_id: context.userId,
    session_id: context.sessionId,
  }
}
