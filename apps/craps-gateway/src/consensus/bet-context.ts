import { list, record, text } from './shape.ts'
import type { Shape } from './shape.ts'

/** The trace that a bet belongs to, in the headers that a request of its own would carry. It is not signed. */
export interface BetContext {
  readonly traceparent: string
  readonly tracestate?: string
  readonly 'x-correlation-id'?: string
}

/** Of one proposal. */
export const MAX_CONTEXTS = 256
const printable = (most: number): RegExp => new RegExp(`^[ -~]{1,${most}}$`)

/** Whether they are right is for who reads them to say; here they are only short. */
export const readContexts: Shape<readonly BetContext[]> = list(
  record<{ traceparent: string }, { tracestate: string; 'x-correlation-id': string }>(
    { traceparent: text(printable(64)) },
    { tracestate: text(printable(512)), 'x-correlation-id': text(printable(128)) },
  ),
  MAX_CONTEXTS,
)

/** From all headers, what is told of a bet. */
export function contextIn(headers: Readonly<Record<string, string>>): BetContext {
  const { traceparent = '', tracestate, 'x-correlation-id': correlationId } = headers
  return {
    traceparent,
    // Longer ones may be dropped.
    ...(tracestate !== undefined && tracestate.length <= 512 && { tracestate }),
    ...(correlationId !== undefined && { 'x-correlation-id': correlationId }),
  }
}
