import type { Server } from 'node:http'
import type { Http2SecureServer, Http2Server } from 'node:http2'
import type { Server as SecureServer } from 'node:https'
import { patchMethod } from '../method-patch.ts'
import { type HttpServerOptions, openExchange } from './exchange.ts'
import { mayBeIncident, seeEvent } from './incident.ts'
import { applyWithin, holdMessages, isRequest, isResponse, releaseMessages } from './message.ts'
import { exceptServer } from './server-watch.ts'

/** Each starts an exchange; an application that emits `request` from within the others continues the same one. */
const STARTS: ReadonlySet<unknown> = new Set(['request', 'checkContinue', 'checkExpectation'])

/** With the compatibility API of HTTP/2 too: what is answered by `stream` events is no exchange. */
export type HttpServer = Server | SecureServer | Http2Server | Http2SecureServer

const instrumented = new WeakSet<HttpServer>()

/**
 * Measures every request of a server and gives it its correlation context, current in the handler and in every
 * listener of request and response. Upgrades and malformed requests are no exchanges: `incident` is told of them.
 * @returns the undo; exchanges that are open then are still recorded.
 * @throws Error when the server is instrumented already: everything would count twice.
 */
export function instrumentHttpServer(server: HttpServer, options: HttpServerOptions): () => void {
  if (instrumented.has(server)) throw new Error('this HTTP server is instrumented already; undo that first')
  instrumented.add(server)
  holdMessages()
  const restoreWatch = exceptServer(server, options)
  let active = true

  const restore = patchMethod(
    server,
    'emit',
    (original) =>
      function emit(...args) {
        const [event, request, response] = args
        if (!active || !STARTS.has(event) || !(isRequest(request) && isResponse(response))) {
          if (active && mayBeIncident(event)) seeEvent(options, args)
          return Reflect.apply(original, this, args)
        }
        const context = openExchange(request, response, options)
        if (context === undefined) return Reflect.apply(original, this, args)
        return applyWithin(context, original, this, args)
      },
  )

  return () => {
    if (!active) return
    active = false
    instrumented.delete(server)
    restore()
    restoreWatch()
    releaseMessages()
  }
}
