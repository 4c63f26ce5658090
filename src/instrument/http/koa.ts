import { runWithContext } from '../../tracing/index.ts'
import { patchMethod } from '../method-patch.ts'
import { type HttpOptions, type HttpServerOptions, openExchange, setRoute } from './exchange.ts'
import { holdMessages, type HttpResponse, isRequest, isResponse, releaseMessages } from './message.ts'

/** What is asked of an application of Koa to know it for one. */
export interface KoaApp {
  callback(): unknown
  use(middleware: never): unknown
}

const instrumented = new WeakSet<KoaApp>()

/**
 * Measures every request of an application, under the pattern that `@koa/router` matched, prefixes included; another
 * router names the route by `setRoute(ctx.req, pattern)`. Middleware may come before or after.
 * @returns the undo.
 * @throws TypeError when it is no application of Koa; Error when it is instrumented already.
 */
export function instrumentKoa(app: KoaApp, options: HttpOptions): () => void {
  if (typeof Reflect.get(app, 'handleRequest') !== 'function') {
    throw new TypeError('this is no application of Koa: it has no handleRequest()')
  }
  if (instrumented.has(app)) throw new Error('this Koa application is instrumented already; undo that first')
  instrumented.add(app)
  // What no router knows is not found, whatever its path.
  const routed: HttpServerOptions = { ...options, route: () => undefined }
  holdMessages()
  const restore = patchMethod(
    app,
    'handleRequest',
    (original) =>
      function handleRequest(...args) {
        const [ctx] = args
        if (!isKoaContext(ctx) || !isRequest(ctx.req) || !isResponse(ctx.res))
          return Reflect.apply(original, this, args)
        const { req, res } = ctx
        const context = openExchange(req, res, routed)
        setRoute(req, () => routeOf(ctx, res))
        if (context === undefined) return Reflect.apply(original, this, args)
        return runWithContext(context, () => Reflect.apply(original, this, args))
      },
  )
  return () => {
    if (!instrumented.delete(app)) return
    restore()
    releaseMessages()
  }
}

/** The router leaves its pattern behind also where every handler of it has passed on. */
interface KoaContext {
  readonly req: unknown
  readonly res: unknown
  readonly response: { readonly _explicitStatus?: boolean }
  readonly _matchedRoute?: string | RegExp
}

const isKoaContext = (value: unknown): value is KoaContext =>
  typeof value === 'object' && value !== null && 'req' in value && 'res' in value && 'response' in value

function routeOf({ response, _matchedRoute: route }: KoaContext, { statusCode }: HttpResponse): string | undefined {
  const nobodyAnswered = statusCode === 404 && response._explicitStatus !== true
  return route === undefined || (nobodyAnswered && String(route).includes('*')) ? undefined : String(route)
}
