import { AsyncLocalStorage } from 'node:async_hooks'
import { isCorrelationId } from './correlation-id.ts'
import type { IdSource } from './id-source.ts'
import { type IncomingHeaders, readIncoming, traceIdOf } from './incoming.ts'
import type { Propagation } from './propagation.ts'
import { FLAG_RANDOM, FLAG_SAMPLED } from './traceparent.ts'

/** Who a piece of work belongs to. It holds no request, so that keeping it keeps nothing else alive. */
export interface CorrelationContext {
  /** `x-correlation-id`, else `x-request-id`, else the trace id. */
  readonly correlationId: string
  /** 32 lowercase hex digits. */
  readonly traceId: string
  /** 16 lowercase hex digits: the span of this piece of work itself. */
  readonly spanId: string
  readonly parentSpanId: string | undefined
  /** 0x01 sampled, 0x02 random trace id. */
  readonly traceFlags: number
  readonly traceState: string | undefined
  readonly baggage: string | undefined
  userId: string | undefined
  sessionId: string | undefined
  gameId: string | undefined
  /** For whoever writes the ids of this context again and again: how they are spelt. A logger's; it is not carried on. */
  spelling?: unknown
}

/** A context, and what OpenTelemetry's users keep beside it. */
export abstract class Layer {
  abstract readonly context: CorrelationContext | undefined
  /** The same with another context. */
  abstract around(context: CorrelationContext): Layer
  /** Whether calls that are made in it are nobody's to observe. */
  abstract readonly suppressed: boolean
}

/** Where the monitoring works for itself: for no request, and unobserved. */
class Suppressed extends Layer {
  readonly context: CorrelationContext | undefined
  readonly suppressed = true

  constructor(context?: CorrelationContext) {
    super()
    this.context = context
  }

  around(context: CorrelationContext): Suppressed {
    return new Suppressed(context)
  }
}

const SUPPRESSED = new Suppressed()

/** The only store: on Node 20 and 22 every further one taxes each `await` of the process. */
const storage = new AsyncLocalStorage<CorrelationContext | Layer>()

/**
 * The context of a request that came in with `headers`, as a new span. What is malformed or given twice is replaced,
 * never passed on. Without a valid `traceparent` the trace id follows from the correlation id (first half of its
 * SHA-256), so that services which only share that id agree on the trace; without either it is random.
 */
export function extractContext(headers: IncomingHeaders, ids: IdSource, propagation?: Propagation): CorrelationContext {
  const incoming = readIncoming(headers, propagation)
  const { correlationId, traceState, baggage, parentSpanId } = incoming
  const traceId = incoming.traceId ?? (correlationId === undefined ? ids.traceId() : traceIdOf(correlationId))
  const random = incoming.random || (incoming.traceId === undefined && correlationId === undefined)
  return {
    correlationId: correlationId ?? traceId,
    traceId,
    spanId: ids.spanId(),
    parentSpanId,
    traceFlags: (incoming.sampled === true ? FLAG_SAMPLED : 0) | (random ? FLAG_RANDOM : 0),
    traceState,
    baggage,
    userId: undefined,
    sessionId: undefined,
    gameId: undefined,
    spelling: undefined,
  }
}

/** A span beneath `parent`, for a call that it makes. */
export function childContext(parent: CorrelationContext, ids: IdSource): CorrelationContext {
  return {
    correlationId: parent.correlationId,
    traceId: parent.traceId,
    spanId: ids.spanId(),
    parentSpanId: parent.spanId,
    traceFlags: parent.traceFlags,
    traceState: parent.traceState,
    baggage: parent.baggage,
    userId: parent.userId,
    sessionId: parent.sessionId,
    gameId: parent.gameId,
    spelling: undefined,
  }
}

export function currentContext(): CorrelationContext | undefined {
  const store = storage.getStore()
  return store instanceof Layer ? store.context : store
}

export function currentLayer(): CorrelationContext | Layer | undefined {
  return storage.getStore()
}

export function runWithLayer<T>(layer: CorrelationContext | Layer, fn: () => T): T {
  return storage.run(layer, fn)
}

/** As {@link runWithContext}, but with what else is current. */
export function runWithin<T>(context: CorrelationContext, fn: () => T): T {
  const store = storage.getStore()
  return storage.run(store instanceof Layer ? store.around(context) : context, fn)
}

/**
 * Runs `fn`, and everything asynchronous that it starts, outside of any context and unobserved: calls made in it are neither
 * measured nor spans, and carry no headers of ours; instrumentations of OpenTelemetry leave them alone as well.
 */
export function suppressInstrumentation<T>(fn: () => T): T {
  return isHonoured || storage.getStore() !== undefined ? storage.run(SUPPRESSED, fn) : fn()
}

/** Whether there is anybody to ask {@link isSuppressed}: the first use of the store taxes each `await` of the process. */
let isHonoured = false

/** To be called by whoever will ask {@link isSuppressed}, before. */
export function honourSuppression(): void {
  isHonoured = true
}

/** Whether what is called now is nobody's to observe: by {@link suppressInstrumentation}, or as OpenTelemetry says it. */
export function isSuppressed(): boolean {
  const store = storage.getStore()
  return store instanceof Layer && store.suppressed
}

/** Runs `fn`, and everything asynchronous that it starts, in `context`. */
export function runWithContext<T>(context: CorrelationContext, fn: () => T): T {
  return storage.run(context, fn)
}

/**
 * Names the user, the session and the game of the current context. An id that could not be a correlation id (1 to 128 of
 * letters, digits and `_.:+/=@-`) is not taken; outside a context nothing happens.
 */
export function identify(who: {
  readonly userId?: string
  readonly sessionId?: string
  readonly gameId?: string
}): void {
  const context = currentContext()
  if (context === undefined) return
  if (isCorrelationId(who.userId)) context.userId = who.userId
  if (isCorrelationId(who.sessionId)) context.sessionId = who.sessionId
  if (isCorrelationId(who.gameId)) context.gameId = who.gameId
}
