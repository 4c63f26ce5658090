import { type CorrelationContext, outgoingHeaders, Span } from '../../tracing/index.ts'
import { callContext } from '../outgoing/call.ts'
import { errorTypeOf } from './error-type.ts'
import type { QueueWatch } from './options.ts'

/** How many messages go where. */
export type Destinations = ReadonlyMap<string, number>

export interface Send {
  /** What the messages carry; undefined: whoever sends takes care of that. */
  readonly headers: Readonly<Record<string, string>> | undefined
  /** Once: it was handed over, or failed. */
  readonly settle: (failure?: Failure) => void
}

export interface Failure {
  readonly error: unknown
}

/** Begins a call that hands messages over. @param traced false: it is no span, and gives no context to the messages */
export function beginSend(watch: QueueWatch, destinations: Destinations, traced = true): Send {
  const { system, now, record, fuse } = watch
  const context = traced ? sendContext(watch, destinations) : undefined
  const startedAt = now()
  return {
    headers: context === undefined ? undefined : messageHeaders(context),
    settle: (failure) => {
      fuse.run(() => endSend(context, system, destinations, failure))
      fuse.run(() => {
        const durationMs = now() - startedAt
        for (const [destination, count] of destinations) {
          record.sent({ system, destination, count, durationMs, ...failed(failure) })
        }
      })
    },
  }
}

/** Tells of the outcome of a call when its promise has one; the promise itself is handed on as it is. */
export function follow(result: unknown, { settle }: Pick<Send, 'settle'>): unknown {
  Promise.resolve(result).then(
    () => settle(),
    (error: unknown) => settle({ error }),
  )
  return result
}

export function failed(failure: Failure | undefined): { errorType: string; error: unknown } | undefined {
  return failure === undefined ? undefined : { errorType: errorTypeOf(failure.error), error: failure.error }
}

function sendContext({ ids, tracer }: QueueWatch, destinations: Destinations): CorrelationContext {
  const [destination, ...more] = destinations.keys()
  const name = destination === undefined || more.length > 0 ? 'send' : `send ${destination}`
  return tracer === undefined ? callContext({ ids }, name) : tracer.startSpan(name, { kind: 'producer' })
}

function endSend(
  span: CorrelationContext | undefined,
  system: string,
  destinations: Destinations,
  failure: Failure | undefined,
): void {
  if (!(span instanceof Span)) return
  const [destination, ...more] = destinations.keys()
  let count = 0
  for (const each of destinations.values()) count += each
  span.setAttributes({
    'messaging.system': system,
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': more.length === 0 ? destination : undefined,
    'messaging.batch.message_count': count === 1 ? undefined : count,
  })
  endWith(span, failure)
}

export function endWith(span: Span, failure: Failure | undefined): void {
  if (failure !== undefined) {
    span.recordException(failure.error).setAttribute('error.type', errorTypeOf(failure.error)).setStatus('error')
  }
  span.end()
}

const CARRIED = ['traceparent', 'tracestate', 'baggage', 'x-correlation-id'] as const

/** What says who a message belongs to: there is no room for more than that in each of them. */
function messageHeaders(context: CorrelationContext): Record<string, string> {
  const headers = outgoingHeaders(context)
  const carried: Record<string, string> = {}
  for (const name of CARRIED) if (headers[name] !== undefined) carried[name] = headers[name]
  return carried
}
