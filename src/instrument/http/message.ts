import { IncomingMessage, ServerResponse } from 'node:http'
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { type CorrelationContext, currentContext, runWithContext } from '../../tracing/index.ts'
import { type Method, patchMethod } from '../method-patch.ts'
import { seeUnaskedAnswer } from './server-watch.ts'

/** What a request and its response carry while they are measured, and after. */
export interface Carried {
  readonly context: CorrelationContext
  headLeaves(): void
  ending(): void
  closed(message: Message): void
}

export type HttpRequest = IncomingMessage | Http2ServerRequest
export type HttpResponse = ServerResponse | Http2ServerResponse
export type Message = HttpRequest | HttpResponse

export const isRequest = (value: unknown): value is HttpRequest =>
  value instanceof IncomingMessage || value instanceof Http2ServerRequest
export const isResponse = (value: unknown): value is HttpResponse =>
  value instanceof ServerResponse || value instanceof Http2ServerResponse

export const carriedKey: unique symbol = Symbol('boxman.exchange')

export interface Carrier {
  [carriedKey]?: Carried
}

let users = 0
let undo: readonly (() => void)[] = []

/**
 * Node's parser emits `data`, `end` and `close` in the connection's own context, not the request's. So `emit` itself,
 * of both kinds of message, enters the context. It is patched while a server is instrumented or an exchange is open.
 */
export function holdMessages(): void {
  if (users++ > 0) return
  undo = [
    patchMethod(IncomingMessage.prototype, 'emit', emitInContext),
    patchMethod(ServerResponse.prototype, 'emit', emitInContext),
    patchMethod(ServerResponse.prototype, 'writeHead', announceHead),
    patchMethod(Http2ServerRequest.prototype, 'emit', emitInContext),
    patchMethod(Http2ServerResponse.prototype, 'emit', emitInContext),
    // There an implicit head passes by writeHead.
    ...['writeHead', 'write', 'end', 'flushHeaders'].map((name) =>
      patchMethod(Http2ServerResponse.prototype, name, announceHead),
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
    if (args[0] === 'close') carried.closed(this)
    else if (args[0] === 'prefinish') carried.ending()
    // Entering a context costs up to 0.7 us: not for nobody, and not twice.
    if (this.listenerCount(String(args[0])) === 0 || currentContext() === carried.context) {
      return Reflect.apply(original, this, args)
    }
    return runWithContext(carried.context, () => Reflect.apply(original, this, args))
  }
}

function announceHead<M extends HttpResponse>(original: Method<M>): Method<M & Carrier> {
  return function writeHead(...args) {
    if (!this.headersSent) {
      if (this[carriedKey] === undefined) seeUnaskedAnswer(this, args[0])
      else this[carriedKey].headLeaves()
    }
    return Reflect.apply(original, this, args)
  }
}
