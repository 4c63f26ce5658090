import { AsyncLocalStorage } from 'node:async_hooks'
import { hash } from 'node:crypto'
import { parseBaggage } from './baggage.ts'
import { isCorrelationId } from './correlation-id.ts'
import type { IdSource } from './id-source.ts'
import { FLAG_RANDOM, isSpanId, parseTraceParent } from './traceparent.ts'
import { parseTraceState } from './tracestate.ts'

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
}

/** Names in lower case; an array holds one entry a header line. `IncomingMessage.headersDistinct` fits. */
export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** The only store: on Node 20 and 22 every further one taxes each `await` of the process. */
const storage = new AsyncLocalStorage<CorrelationContext>()

/**
 * The context of a request that came in with `headers`, as a new span. What is malformed or given twice is replaced,
 * never passed on. Without a valid `traceparent` the trace id follows from the correlation id (first half of its
 * SHA-256), so that services which only share that id agree on the trace; without either it is random.
 */
export function extractContext(headers: IncomingHeaders, ids: IdSource): CorrelationContext {
  const parentText = only(headers['traceparent'])
  const parent = parentText === undefined ? undefined : parseTraceParent(parentText)
  const given = acceptedId(headers['x-correlation-id']) ?? acceptedId(headers['x-request-id'])
  const traceId = parent?.traceId ?? (given === undefined ? ids.traceId() : traceIdOf(given))
  return {
    correlationId: given ?? traceId,
    traceId,
    spanId: ids.spanId(),
    parentSpanId: parent?.parentSpanId ?? acceptedSpan(headers['x-parent-span-id']),
    traceFlags: parent?.flags ?? (given === undefined ? FLAG_RANDOM : 0),
    traceState: parent === undefined ? undefined : within(headers['tracestate'], parseTraceState),
    baggage: within(headers['baggage'], parseBaggage),
    userId: undefined,
    sessionId: undefined,
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
  }
}

export function currentContext(): CorrelationContext | undefined {
  return storage.getStore()
}

/** Runs `fn`, and everything asynchronous that it starts, in `context`. */
export function runWithContext<T>(context: CorrelationContext, fn: () => T): T {
  return storage.run(context, fn)
}

/**
 * Names the user and the session of the current context. An id that could not be a correlation id (1 to 128 of
 * letters, digits and `_.:+/=@-`) is not taken; outside a context nothing happens.
 */
export function identify(who: { readonly userId?: string; readonly sessionId?: string }): void {
  const context = storage.getStore()
  if (context === undefined) return
  if (isCorrelationId(who.userId)) context.userId = who.userId
  if (isCorrelationId(who.sessionId)) context.sessionId = who.sessionId
}

type HeaderValue = IncomingHeaders[string]

/** A header that may come once. */
function only(value: HeaderValue): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  return value.length === 1 ? value[0] : undefined
}

/** A header that may come in several lines. */
function within(value: HeaderValue, parse: (values: readonly string[]) => string | undefined): string | undefined {
  if (value === undefined) return undefined
  return parse(typeof value === 'string' ? [value] : value)
}

function acceptedId(value: HeaderValue): string | undefined {
  const text = only(value)
  return isCorrelationId(text) ? text : undefined
}

function acceptedSpan(value: HeaderValue): string | undefined {
  const text = only(value)
  return text !== undefined && isSpanId(text) ? text : undefined
}

function traceIdOf(correlationId: string): string {
  return hash('sha256', correlationId, 'hex').slice(0, 32)
}
