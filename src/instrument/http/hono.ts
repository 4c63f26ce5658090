import { runWithContext } from '../../tracing/index.ts'
import { patchMethod } from '../method-patch.ts'
import { type HttpOptions, type HttpServerOptions, openExchange, setRoute } from './exchange.ts'
import { holdMessages, isRequest, isResponse, releaseMessages } from './message.ts'
import { claimServer, holdServers, releaseServers } from './server-watch.ts'

/** What is used of an application of Hono. */
export interface HonoApp {
  readonly fetch: (...args: never[]) => unknown
  readonly getPath: (request: Request, options?: never) => string
  readonly router: { match(method: string, path: string): readonly unknown[] }
}

const instrumented = new WeakSet<HonoApp>()

/**
 * Measures every request that `@hono/node-server` hands to an application, under the pattern of its route. To be called
 * before `serve()`; routes may come before or after. What a middleware answers has that middleware's pattern.
 * @returns the undo: for servers that are made after it.
 * @throws Error when it is instrumented already.
 */
export function instrumentHono(app: HonoApp, options: HttpOptions): () => void {
  if (instrumented.has(app)) throw new Error('this Hono application is instrumented already; undo that first')
  instrumented.add(app)
  let active = true
  // What no router knows is not found, whatever its path.
  const routed: HttpServerOptions = { ...options, route: () => undefined }
  holdMessages()
  holdServers()
  const restore = patchMethod(
    app,
    'fetch',
    (original) =>
      function fetch(...args) {
        const [request, env] = args
        const call = (): unknown => Reflect.apply(original, this, args)
        if (!active || !isAsked(request) || !hasMessages(env)) return call()
        const { incoming, outgoing } = env
        if (!isRequest(incoming) || !isResponse(outgoing)) return call()
        claimServer(incoming.socket, options)
        const context = openExchange(incoming, outgoing, routed)
        setRoute(incoming, () => routeOf(app, request, outgoing.statusCode))
        return context === undefined ? call() : runWithContext(context, call)
      },
  )
  return () => {
    if (!active) return
    active = false
    instrumented.delete(app)
    restore()
    releaseMessages()
    releaseServers(options)
  }
}

/** The runtime's own Request, or the lighter one of the node server. */
const isAsked = (value: unknown): value is Request =>
  typeof value === 'object' && value !== null && 'method' in value && 'url' in value

const hasMessages = (env: unknown): env is { readonly incoming: unknown; readonly outgoing: unknown } =>
  typeof env === 'object' && env !== null && 'incoming' in env && 'outgoing' in env

interface Entry {
  readonly method: string
  readonly path: string
}

/** The last route of those that match, as the router would run them; else the last middleware, unless nothing was found. */
function routeOf(app: HonoApp, request: Request, status: number): string | undefined {
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const [matched] = app.router.match(method, app.getPath(request))
  const entries = Array.isArray(matched) ? matched.flatMap(entryOf) : []
  const last = entries.findLast((each) => each.method !== 'ALL') ?? (status === 404 ? undefined : entries.at(-1))
  if (last === undefined || (status === 404 && /^\/?\*$/.test(last.path))) return undefined
  return last.path
}

/** The router's values are pairs: the handler and where it was declared. */
function entryOf(match: unknown): Entry[] {
  const value: unknown = Array.isArray(match) ? match[0] : undefined
  const entry: unknown = Array.isArray(value) ? value[1] : undefined
  return isEntry(entry) ? [entry] : []
}

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value && typeof value.path === 'string'
