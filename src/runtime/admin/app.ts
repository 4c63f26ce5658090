import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Health } from '../../health/index.ts'
import type { BreakerReading } from '../../instrument/index.ts'
import type { ExposeOptions, Exposition } from '../../metrics/index.ts'
import type { PathHandler } from '../api/api.ts'
import type { ResolvedConfig } from '../config/config.ts'
import type { Diagnostics } from '../diagnostics/diagnostics.ts'
import { addDiagnosticsRoutes } from '../diagnostics/routes.ts'
import { type Asset, Assets } from '../console/assets.ts'
import { addHealthRoutes } from '../health/routes.ts'
import type { Refusal } from './access/refusals.ts'
import { addConfigRoutes, type ConfigSource } from './config-routes.ts'
import type { Place } from './mount.ts'
import { type Link, renderPage, STYLE } from './page.ts'

export interface AdminSources extends ConfigSource {
  /** Each part is the one in force whenever it is asked for. */
  readonly config: ResolvedConfig
  readonly boxmanVersion: string
  readonly expose: (wanted: Pick<ExposeOptions, 'accept' | 'acceptEncoding'>) => Exposition
  readonly health: Pick<Health, 'liveness' | 'startup' | 'readiness' | 'result'>
  /** Default: none. */
  readonly breakers?: () => readonly BreakerReading[]
  readonly uptimeMs: () => number
  /** What the service tells of itself; without it there are no `/diagnostics` but the circuit breakers. */
  readonly diagnostics?: Diagnostics | undefined
  /** Asked first, in order, with any method: the Prometheus API and the like. */
  readonly handlers?: readonly PathHandler[]
  /** What of it the page lists; default: nothing. */
  readonly links?: readonly Link[]
  /** Whether one of them is the Prometheus API; default: no. */
  readonly answersQueries?: boolean
  /** Told of what went wrong in an endpoint; the client gets a 500. */
  readonly onFault: OnFault
  /** Told of each request that was refused. */
  readonly onRefused?: (reason: Refusal) => void
  /** Milliseconds that never go back; default: this process's. */
  readonly now?: () => number
  /** ms since the epoch; default: this machine's. */
  readonly wallNow?: () => number
  /** What the files of `admin.tls` are relative to; default: this process's. */
  readonly cwd?: string
}

type OnFault = (error: unknown) => void

/** Beside each request: where it landed, and its answer. */
export interface AdminRequest extends Place {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Whether the visitor may know all. */
  readonly trusted: boolean
}

export type AdminApp = Hono<{ Bindings: AdminRequest }>

/** The endpoints. Each answers GET and HEAD; the handlers before them decide for themselves. */
export function createAdminApp(sources: AdminSources): AdminApp {
  const { config, onFault } = sources
  const app: AdminApp = new Hono<{ Bindings: AdminRequest }>({
    getPath: (_request, options) => pathIn(options?.env),
  })

  app.use(async (c, next) => {
    const { request, response, path } = c.env
    for (const handle of sources.handlers ?? []) if (await handle(request, response, path)) return RESPONSE_ALREADY_SENT
    await next()
  })
  addConfigRoutes(app, sources)
  app.use(async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      return c.text(`${c.req.method} is not possible here\n`, 405, { allow: 'GET, HEAD' })
    }
    await next()
  })
  const assets = new Assets()
  app.get('/', async (c) => {
    const slash = withSlash(c.env.request)
    if (slash !== undefined) return c.redirect(slash, 308)
    const index = await assets.index(c.req.header('accept-encoding') ?? '')
    return index === undefined ? c.redirect('./endpoints') : c.body(bodyOf(index), 200, index.headers)
  })
  app.get('/assets/*', async (c) => {
    const asset = await assets.read(c.env.path.slice(1), c.req.header('accept-encoding') ?? '')
    return asset === undefined ? c.notFound() : c.body(bodyOf(asset), 200, asset.headers)
  })
  app.get('/endpoints', async (c) => {
    const { boxmanVersion } = sources
    const [uptimeMs, readiness] = [sources.uptimeMs(), sources.health.readiness()]
    const { answersQueries = false, links = [] } = sources
    return c.html(
      renderPage({
        config,
        boxmanVersion,
        uptimeMs,
        readiness,
        links,
        answersQueries,
        tellsOfItself: sources.diagnostics !== undefined,
      }),
    )
  })
  app.get('/style.css', (c) => c.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }))
  const metricsPage = async (c: Context<{ Bindings: AdminRequest }>): Promise<Response> => {
    if (!config.metrics.enabled)
      return c.text('metrics are off; metrics.enabled or BOXMAN_METRICS turns them on\n', 404)
    if (!config.metrics.prometheus)
      return c.text('the page is off; metrics.prometheus or METRICS_PROMETHEUS_ENABLED turns it on\n', 404)
    const exposition = sources.expose({
      accept: c.req.header('accept'),
      acceptEncoding: c.req.header('accept-encoding'),
    })
    if (c.req.method === 'GET') return send(exposition, c.env.response, onFault)
    return c.body(null, 200, headersOf(exposition))
  }
  app.get('/metrics', metricsPage)
  if (config.metrics.internal) app.get('/internal/metrics', metricsPage)
  if (sources.diagnostics !== undefined) addDiagnosticsRoutes(app, sources.diagnostics, sources.health)
  addHealthRoutes(app, { ...sources, isTrusted: ({ trusted }) => trusted })
  if (!config.store.enabled) {
    app.get('/api/*', (c) => c.text('there is no store; store.enabled or BOXMAN_STORE_ENABLED turns it on\n', 404))
  }
  app.notFound((c) => c.text(`there is nothing at this path; ${c.env.base}/endpoints lists what there is\n`, 404))
  app.onError((error, c) => {
    onFault(error)
    return c.text('the endpoint failed; the log says why\n', 500)
  })
  return app
}

/** The page's addresses are relative: without a slash at its end they would miss it. Relative too, whatever proxy is before it. */
function withSlash(request: IncomingMessage): string | undefined {
  const original =
    'originalUrl' in request && typeof request.originalUrl === 'string' ? request.originalUrl : request.url
  const [, path = '/', query = ''] = /^([^?#]*)([^#]*)/.exec(original ?? '/') ?? []
  if (path.endsWith('/')) return undefined
  return `./${path.slice(path.lastIndexOf('/') + 1)}/${query}`
}

function bodyOf({ body }: Asset): Uint8Array<ArrayBuffer> {
  return new Uint8Array(body)
}

/** Hono's type of a request's bindings is not known to its router's options. */
function pathIn(env: unknown): string {
  return typeof env === 'object' && env !== null && 'path' in env && typeof env.path === 'string' ? env.path : '/'
}

function headersOf({ contentType, contentEncoding }: Exposition): Readonly<Record<string, string>> {
  return {
    'content-type': contentType,
    vary: 'accept, accept-encoding',
    ...(contentEncoding === undefined ? {} : { 'content-encoding': contentEncoding }),
  }
}

/**
 * Streams the pieces into the answer. The first is waited for, so that a failure before it becomes a 500 and no empty page; a
 * later one breaks the answer off. Not by the adapter: it would write failures, and clients that go, to the host's console.
 */
async function send(exposition: Exposition, response: ServerResponse, onFault: OnFault): Promise<Response> {
  const pieces = exposition.body[Symbol.asyncIterator]()
  const first = await pieces.next()
  response.writeHead(200, headersOf(exposition))
  async function* all(): AsyncGenerator<Uint8Array> {
    for (let next = first; next.done !== true; next = await pieces.next()) yield next.value
  }
  try {
    await pipeline(Readable.from(all(), { objectMode: false }), response)
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
    if (!gone) onFault(error)
  } finally {
    await pieces.return?.()
  }
  return RESPONSE_ALREADY_SENT
}
