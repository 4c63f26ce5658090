import {
  childContext,
  type CorrelationContext,
  currentContext,
  extractContext,
  type IdSource,
  outgoingHeaders,
  type Propagation,
  type Tracer,
} from '../../tracing/index.ts'
import type { FaultHandler } from '../guard.ts'

/** One call downstream, as seen when the head of its answer was there, or it failed. */
export interface OutgoingCall {
  /** Host and port; empty when the call names none. */
  readonly host: string
  /** One of the known methods, else `_OTHER`. */
  readonly method: string
  /** 0: there was no answer, `error` says why. */
  readonly status: number
  readonly durationMs: number
  /** What the callee says it took: `x-service-duration`. */
  readonly serviceDurationMs?: number
  readonly error?: unknown
  /** The call's own span. */
  readonly context: CorrelationContext
}

export interface OutgoingOptions {
  readonly ids: IdSource
  /** Makes a span of each call, its context; whoever records the call ends it: {@link endCallSpan}. */
  readonly tracer?: Tracer | undefined
  readonly propagation?: Propagation | undefined
  /** Milliseconds that never go back. */
  readonly now: () => number
  readonly record?: (call: OutgoingCall) => void
  readonly onFault: FaultHandler
}

/** The span of a call: a child of the current context or, outside of one, a root. */
export function callContext(
  { ids, tracer }: Pick<OutgoingOptions, 'ids' | 'tracer'>,
  method: string,
): CorrelationContext {
  if (tracer !== undefined) return tracer.startSpan(method, { kind: 'client' })
  const current = currentContext()
  return current === undefined ? extractContext({}, ids) : childContext(current, ids)
}

/** Adds the headers of a call. What the caller has set stays. */
export function addHeaders(
  context: CorrelationContext,
  propagation: Propagation | undefined,
  has: (name: string) => boolean,
  add: (name: string, value: string) => void,
): void {
  // What belongs to one parent may not stand beside what belongs to another.
  const traced = has('traceparent')
  const b3 = has('x-b3-traceid')
  for (const [name, value] of Object.entries(outgoingHeaders(context, propagation))) {
    if (!has(name) && !(traced && name === 'tracestate') && !(b3 && name.startsWith('x-b3-'))) add(name, value)
  }
}

export function serviceDuration(text: string | null | undefined): { serviceDurationMs?: number } {
  if (text === null || text === undefined || !/^\d{1,12}(\.\d{1,9})?$/.test(text)) return {}
  return { serviceDurationMs: Number(text) }
}
