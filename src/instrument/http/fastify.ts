import { runWithContext } from '../../tracing/index.ts'
import { type HttpOptions, type HttpServerOptions, openExchange, setError, setRoute } from './exchange.ts'
import { isRequest, isResponse } from './message.ts'
import { claimServer, holdServers, releaseServers } from './server-watch.ts'
import { type HttpServer, instrumentHttpServer } from './server.ts'

/** What is used of an instance of Fastify, 4 or 5. */
export interface FastifyApp {
  readonly server: HttpServer
  addHook(
    name: 'onRequest',
    hook: (
      request: { readonly raw: unknown; readonly routeOptions: { readonly url?: string | undefined } },
      reply: { readonly raw: unknown },
      done: () => void,
    ) => void,
  ): unknown
  addHook(
    name: 'onError',
    hook: (request: { readonly raw: unknown }, reply: unknown, error: Error, done: () => void) => void,
  ): unknown
}

/**
 * Measures every request of an application, under the pattern of its route. To be called on the root instance before it
 * is ready; routes and plugins may come before or after. A request that an `onRequest` hook answers is measured under
 * its route only when that hook was added later.
 * @throws when the instance is ready, or its server is instrumented already.
 */
export function instrumentFastify(app: FastifyApp, options: HttpOptions): void {
  // What the router does not know is not found, whatever its path.
  const routed: HttpServerOptions = { ...options, route: () => undefined }
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request
    if (!(isRequest(raw) && isResponse(reply.raw))) return done()
    // A host of several addresses, like localhost, is served by further servers that the instance does not show.
    claimServer(raw.socket, options)
    const context = openExchange(raw, reply.raw, routed)
    // Made anew each time that it is asked for.
    const { url } = request.routeOptions
    if (url !== undefined) setRoute(raw, url)
    if (context === undefined) done()
    else runWithContext(context, done)
  })
  app.addHook('onError', (request, _reply, error, done) => {
    if (isRequest(request.raw)) setError(request.raw, error)
    done()
  })
  holdServers()
  const undo = instrumentHttpServer(app.server, routed)
  app.server.once('close', () => {
    undo()
    releaseServers(options)
  })
}
