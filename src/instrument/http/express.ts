import { IncomingMessage, ServerResponse } from 'node:http'
import { guarded } from '../guard.ts'
import { patchMethod } from '../method-patch.ts'
import { type HttpOptions, type HttpServerOptions, openExchange, setRoute } from './exchange.ts'
import { keepShapes } from './express-shape.ts'
import { followLayers, layersOf, openTrail, routeOf } from './express-trail.ts'
import { applyWithin, holdMessages, releaseMessages } from './message.ts'
import { claimServer, holdServers, releaseServers } from './server-watch.ts'

/** What is asked of an application of Express, 4 or 5, to know it for one. */
export interface ExpressApp {
  enabled(setting: string): boolean
  use(...handlers: never[]): unknown
}

const instrumented = new WeakSet<ExpressApp>()

/**
 * Measures every request of an application, under the whole pattern of its route: `/t/:tenant/items/:id`. Routes,
 * routers and middleware may come before or after. What a middleware answers has the pattern that it is mounted at.
 * @returns the undo.
 * @throws TypeError when it is no application of Express; Error when it is instrumented already.
 */
export function instrumentExpress(app: ExpressApp, options: HttpOptions): () => void {
  if (typeof Reflect.get(app, 'handle') !== 'function') {
    throw new TypeError('this is no application of Express 4 or 5: it has no handle()')
  }
  if (instrumented.has(app)) throw new Error('this Express application is instrumented already; undo that first')
  instrumented.add(app)
  // What no router knows is not found, whatever its path.
  const routed: HttpServerOptions = { ...options, route: () => undefined }
  const follow = (): void => {
    guarded(options.onFault, () => {
      if (followed !== 'not yet') return
      const layers = layersOf(app)
      // Without a layer there is no route either: the first one is yet to come.
      if (layers.length === 0) return
      followed = 'failed'
      followLayers(layers)
      followed = 'done'
    })
  }
  let followed: 'not yet' | 'done' | 'failed' = 'not yet'
  holdMessages()
  holdServers()
  const restore = patchMethod(
    app,
    'handle',
    (original) =>
      function handle(...args) {
        const [request, response] = args
        if (!(request instanceof IncomingMessage && response instanceof ServerResponse)) {
          return Reflect.apply(original, this, args)
        }
        follow()
        keepShapes(request, response)
        claimServer(request.socket, options)
        const context = openExchange(request, response, routed)
        const trail = openTrail(request)
        if (trail !== undefined) setRoute(request, () => routeOf(request, trail, response.statusCode))
        if (context === undefined) return Reflect.apply(original, this, args)
        return applyWithin(context, original, this, args)
      },
  )
  return () => {
    if (!instrumented.delete(app)) return
    restore()
    releaseMessages()
    releaseServers(options)
  }
}
