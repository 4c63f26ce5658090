import { runWithContext } from '../../tracing/index.ts'
import { patchMethod } from '../method-patch.ts'
import { type HttpOptions, type HttpServerOptions, openExchange, setError, setRoute } from './exchange.ts'
import { holdMessages, type HttpResponse, isRequest, isResponse, releaseMessages } from './message.ts'
import { claimServer, holdServers, releaseServers } from './server-watch.ts'

/** What is asked of an application of Koa to know it for one. */
export interface KoaApp {
  callback(): unknown
  use(middleware: never): unknown
}

const instrumented = new WeakSet<KoaApp>()
const MATCHED = '_matchedRoute'
const routeKey: unique symbol = Symbol('boxman.koa')

/**
 * Measures every request of an application, under the pattern that `@koa/router` matched, prefixes and `koa-mount` included; another
 * router names the route by `setRoute(ctx.req, pattern)`. Middleware may come before or after.
 * @returns the undo.
 * @throws TypeError when it is no application of Koa; Error when it is instrumented already.
 */
export function instrumentKoa(app: KoaApp, options: HttpOptions): () => void {
  const prototype: unknown = Reflect.get(app, 'context')
  if (typeof Reflect.get(app, 'handleRequest') !== 'function' || typeof prototype !== 'object' || prototype === null) {
    throw new TypeError('this is no application of Koa: it has no handleRequest() and context')
  }
  if (instrumented.has(app)) throw new Error('this Koa application is instrumented already; undo that first')
  instrumented.add(app)
  // What no router knows is not found, whatever its path.
  const routed: HttpServerOptions = { ...options, route: () => undefined }
  holdMessages()
  holdServers()
  const restore = patchMethod(
    app,
    'handleRequest',
    (original) =>
      function handleRequest(...args) {
        const [ctx] = args
        if (!isKoaContext(ctx) || !isRequest(ctx.req) || !isResponse(ctx.res))
          return Reflect.apply(original, this, args)
        const { req, res } = ctx
        claimServer(req.socket, options)
        const context = openExchange(req, res, routed)
        setRoute(req, () => routeOf(ctx, res))
        if (context === undefined) return Reflect.apply(original, this, args)
        return runWithContext(context, () => Reflect.apply(original, this, args))
      },
  )
  const restoreContext = watchRoute(prototype)
  const restoreErrors = watchErrors(prototype)
  return () => {
    if (!instrumented.delete(app)) return
    restore()
    restoreContext()
    restoreErrors()
    releaseMessages()
    releaseServers(options)
  }
}

interface KoaContext {
  readonly req: unknown
  readonly res: unknown
  readonly path: string
  readonly originalUrl: string
  readonly response: { readonly _explicitStatus?: boolean }
  /** Of the innermost `koa-mount` so far. */
  readonly mountPath?: string
  [routeKey]?: MatchedRoute | undefined
}

/** What the router found, and where it was mounted then. */
interface MatchedRoute {
  readonly pattern: string | RegExp
  readonly mount: string
}

const isKoaContext = (value: unknown): value is KoaContext =>
  typeof value === 'object' && value !== null && 'req' in value && 'res' in value && 'response' in value

/**
 * The router writes its pattern on the context, and leaves it there also where every handler of it has passed on. `koa-mount`
 * takes its prefix off the path for as long as it lasts: so it is looked at when the pattern is written.
 */
function watchRoute(prototype: object): () => void {
  Object.defineProperty(prototype, MATCHED, {
    configurable: true,
    get(this: KoaContext) {
      return this[routeKey]?.pattern
    },
    set(this: KoaContext, pattern: MatchedRoute['pattern'] | undefined) {
      this[routeKey] = pattern === undefined ? undefined : { pattern, mount: mountOf(this) }
    },
  })
  return () => Reflect.deleteProperty(prototype, MATCHED)
}

/** Koa hands what was thrown to the context, and nothing when all went well. */
function watchErrors(prototype: object): () => void {
  return patchMethod(
    prototype,
    'onerror',
    (original) =>
      function onerror(...args) {
        const [error] = args
        if (Boolean(error) && isKoaContext(this) && isRequest(this.req)) setError(this.req, error)
        return Reflect.apply(original, this, args)
      },
  )
}

/** What was taken off the path, where `koa-mount` has done it; anybody else may have taken off a value. */
function mountOf({ path, originalUrl, mountPath }: KoaContext): string {
  if (typeof mountPath !== 'string') return ''
  const [whole = ''] = originalUrl.split('?', 1)
  const mount = whole.endsWith(path) ? whole.slice(0, -path.length) : path === '/' ? whole : ''
  return mount.endsWith(mountPath.replace(/\/$/, '')) ? mount : ''
}

function routeOf({ response, [routeKey]: route }: KoaContext, { statusCode }: HttpResponse): string | undefined {
  const nobodyAnswered = statusCode === 404 && response._explicitStatus !== true
  if (route === undefined) return undefined
  const pattern = String(route.pattern)
  if (nobodyAnswered && pattern.includes('*')) return undefined
  return pattern === '/' && route.mount !== '' ? route.mount : route.mount + pattern
}
