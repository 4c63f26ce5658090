import { IncomingMessage, ServerResponse } from 'node:http'
import type Http2 from 'node:http2'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { createRequire } from 'node:module'
import { type CorrelationContext, currentContext, runWithContext } from '../../tracing/index.ts'
import { type Method, patchMethod } from '../method-patch.ts'
import { type AnswerIds, headEntries, headLines } from './answer-ids.ts'
import { seeUnaskedAnswer } from './server-watch.ts'

/** What a request and its response carry while they are measured, and after. */
export interface Carried {
  /** Absent where requests are only measured. */
  readonly context: CorrelationContext | undefined
  /** Listener for `finish` that the response was made with: Node's own, which needs no context. */
  readonly nodesFinish: unknown
  /** What the answer is to say; nothing when the exchange is over. */
  answer(): AnswerIds | undefined
  ending(): void
  closed(message: Message): void
  fault(error: unknown): void
}

export type HttpRequest = IncomingMessage | Http2ServerRequest
export type HttpResponse = ServerResponse | Http2ServerResponse
export type Message = HttpRequest | HttpResponse

export function isRequest(value: unknown): value is HttpRequest {
  if (value instanceof IncomingMessage) return true
  const http2 = http2Of(value)
  return http2 !== undefined && value instanceof http2.Http2ServerRequest
}

export function isResponse(value: unknown): value is HttpResponse {
  if (value instanceof ServerResponse) return true
  const http2 = http2Of(value)
  return http2 !== undefined && value instanceof http2.Http2ServerResponse
}

export const carriedKey: unique symbol = Symbol('boxman.exchange')

export interface Carrier {
  [carriedKey]?: Carried
}

let users = 0
let undo: (() => void)[] = []
let loadedHttp2: typeof Http2 | undefined

/** Costs 2 MB: so only with something in hand that looks like a message of it, and then the application has loaded it. */
function http2Of(value: unknown): typeof Http2 | undefined {
  if (typeof value !== 'object' || value === null || !('stream' in value)) return undefined
  if (loadedHttp2 === undefined) {
    const http2: typeof Http2 = createRequire(import.meta.url)('node:http2')
    loadedHttp2 = http2
    if (users > 0) undo.push(...patchHttp2(http2))
  }
  return loadedHttp2
}

/**
 * Node's parser emits `data`, `end` and `close` in the connection's own context, not the request's. So `emit` itself,
 * of both kinds of message, enters the context. It is patched while a server is instrumented or an exchange is open.
 */
export function holdMessages(): void {
  if (users++ > 0) return
  undo = [
    patchMethod(IncomingMessage.prototype, 'emit', emitInContext),
    patchMethod(ServerResponse.prototype, 'emit', emitInContext),
    patchMethod(ServerResponse.prototype, '_storeHeader', writeIds),
    ...(loadedHttp2 === undefined ? [] : patchHttp2(loadedHttp2)),
  ]
}

function patchHttp2({ Http2ServerRequest, Http2ServerResponse }: typeof Http2): readonly (() => void)[] {
  return [
    patchMethod(Http2ServerRequest.prototype, 'emit', emitInContext),
    patchMethod(Http2ServerResponse.prototype, 'emit', emitInContext),
    // There an implicit head passes by writeHead.
    ...['writeHead', 'write', 'end', 'flushHeaders'].map((name) =>
      patchMethod(Http2ServerResponse.prototype, name, setIds),
    ),
  ]
}

export function releaseMessages(): void {
  if (--users > 0) return
  for (const restore of undo) restore()
  undo = []
}

function emitInContext<M extends Message>(original: Method<M>): Method<M & Carrier> {
  return function emit(...args) {
    const carried = this[carriedKey]
    if (carried === undefined) return Reflect.apply(original, this, args)
    const [event] = args
    if (event === 'close') carried.closed(this)
    else if (event === 'prefinish') carried.ending()
    const { context } = carried
    if (context === undefined) return Reflect.apply(original, this, args)
    // Entering a context costs up to 1 us: not for nobody, not for Node itself, and not twice.
    if (!hasOthers(this, event, carried) || currentContext() === context) return Reflect.apply(original, this, args)
    return applyWithin(context, original, this, args)
  }
}

/** Apart from those who call it: a closure there would cost them also where it is not made. */
export function applyWithin<This extends object>(
  context: CorrelationContext,
  original: Method<This>,
  self: This,
  args: readonly unknown[],
): unknown {
  return runWithContext(context, () => Reflect.apply(original, self, args))
}

/** What an emitter keeps its listeners in; to ask it by its methods, event by event, costs a request half a microsecond. */
interface Emitter {
  readonly _events?: Readonly<Record<PropertyKey, unknown>> | undefined
}

/** Listeners of an event: one function, or a list. */
export function heardBy(message: object, event: unknown): unknown {
  const { _events }: Emitter = message
  return typeof event === 'string' || typeof event === 'symbol' ? _events?.[event] : undefined
}

/** Whether anybody but Node listens, which does so to be done with the connection. */
function hasOthers(message: object, event: unknown, carried: Carried): boolean {
  const heard = heardBy(message, event)
  if (heard === undefined) return false
  if (event === 'finish') return heard !== carried.nodesFinish
  return !(event === 'end' && typeof heard === 'function' && heard.name === 'clearIncoming')
}

/**
 * Every head of HTTP/1 passes by `_storeHeader(firstLine, headers)`. The ids are written behind the first line: as headers
 * that are set they would cost 2.4 us. What the application has set goes before them.
 */
function writeIds<M extends HttpResponse>(original: Method<M>): Method<M & Carrier> {
  return function _storeHeader(...args) {
    const [firstLine, headers] = args
    if (this[carriedKey] === undefined) seeUnaskedAnswer(this)
    const answer = answerOf(this)
    if (answer === undefined || typeof firstLine !== 'string') return Reflect.apply(original, this, args)
    return Reflect.apply(original, this, [firstLine + headLines(answer, headers), headers])
  }
}

function setIds<M extends HttpResponse>(original: Method<M>): Method<M & Carrier> {
  return function writeHead(...args) {
    const answer = this.headersSent ? undefined : answerOf(this)
    if (answer !== undefined) {
      for (const [name, value] of headEntries(answer)) if (!this.hasHeader(name)) this.setHeader(name, value)
    }
    return Reflect.apply(original, this, args)
  }
}

function answerOf(response: Carrier): AnswerIds | undefined {
  const carried = response[carriedKey]
  try {
    return carried?.answer()
  } catch (error) {
    carried?.fault(error)
    return undefined
  }
}
