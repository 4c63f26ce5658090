import { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { runWithContext } from '../../tracing/index.ts'
import { type HttpOptions, type HttpServerOptions, openExchange, setRoute } from './exchange.ts'
import { instrumentHttpServer } from './server.ts'

/**
 * Measures every request of an application, under the pattern of its route. To be called on the root instance before it
 * is ready; routes and plugins may come before or after. A request that an `onRequest` hook answers is measured under
 * its route only when that hook was added later.
 * @throws when the instance is ready, or its server is instrumented already.
 */
export function instrumentFastify(app: FastifyInstance, options: HttpOptions): void {
  // What the router does not know is not found, whatever its path.
  const routed: HttpServerOptions = { ...options, route: () => undefined }
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request
    // A host of several addresses, like localhost, is served by further servers that the instance does not show.
    const context = raw instanceof IncomingMessage ? openExchange(raw, reply.raw, routed) : undefined
    if (request.routeOptions.url !== undefined) setRoute(raw, request.routeOptions.url)
    if (context === undefined) done()
    else runWithContext(context, done)
  })
  app.server.once('close', instrumentHttpServer(app.server, routed))
}
