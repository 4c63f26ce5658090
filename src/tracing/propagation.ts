import type { B3Format } from './b3.ts'

/** Which headers carry a context from service to service, besides `x-correlation-id`, `x-span-id` and `x-parent-span-id`. */
export interface Propagation {
  /** `traceparent` and `tracestate`. Default: true. */
  readonly traceContext?: boolean
  /** Default: true. */
  readonly baggage?: boolean
  /** Sent in each of these forms; where there is no valid `traceparent`, read in either. Default: none. */
  readonly b3?: readonly B3Format[]
  /** Whether calls and answers carry the correlation id as `x-request-id` too; it is read in any case. Default: false. */
  readonly requestId?: boolean
}

export function readsB3(propagation: Propagation | undefined): boolean {
  return propagation?.b3 !== undefined && propagation.b3.length > 0
}
