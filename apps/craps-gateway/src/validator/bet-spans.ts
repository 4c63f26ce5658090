import { currentSpan, type Tracer } from 'boxman/tracing'
import type { BetContext, Proposal } from '../consensus/index.ts'

/**
 * For each bet of a proposal a span in the bet's own trace. They are as long as the request that brought them all, which is
 * part of the roll's trace: to that they are linked.
 */
export function recordValidation(
  tracer: Tracer,
  validator: string,
  { tableId, height }: Proposal,
  contexts: readonly BetContext[],
  refusal: string | undefined,
): void {
  const request = currentSpan()
  const attributes = { 'craps.validator': validator, 'craps.table': tableId, 'craps.height': height }
  for (const context of contexts) {
    const span = tracer.startRequest('validate bet', {
      headers: { ...context },
      route: 'validate bet',
      attributes,
      ...(request !== undefined && { at: request.startMs }),
    })
    if (request !== undefined) span.addLink({ traceId: request.traceId, spanId: request.spanId })
    if (refusal !== undefined) span.setAttribute('error.type', refusal).setStatus('error', `${validator}: ${refusal}`)
    span.end()
  }
}
