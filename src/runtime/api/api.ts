import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Pattern, QueryableError } from '../../series/index.ts'
import { type Answer, envelope, textAnswer } from './answer.ts'
import type { ApiContext, Endpoint } from './context.ts'
import { formatQuery, parseQuery, queryExemplars } from './expression-api.ts'
import { ApiFault } from './fault.ts'
import { federate } from './federate.ts'
import { formOf, readBody } from './form.ts'
import { goJson } from './go-text.ts'
import { labelNames, labelValues, metadata, series } from './labels-api.ts'
import { Parameters } from './parameters.ts'
import { instantQuery, rangeQuery } from './query-api.ts'
import { QueryGate } from './query-gate.ts'
import { remoteRead } from './read-api.ts'
import { respond } from './respond.ts'
import { alerts, rules } from './rules-api.ts'
import { type ApiSources, completeApiLimits } from './sources.ts'
import {
  buildInfo,
  config,
  features,
  flags,
  healthy,
  notifications,
  ready,
  runtimeInfo,
  walReplay,
} from './status-api.ts'
import { alertmanagers, scrapePools, targetMetadata, targets } from './targets-api.ts'
import { tsdbStatus } from './tsdb-status.ts'

/**
 * Answers a request to a path, which is the URL's below where it is mounted and without the query. False: it is none of its paths,
 * and nothing has happened.
 */
export type PathHandler = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<boolean>

interface Route {
  readonly methods: readonly string[]
  readonly endpoint: Endpoint
}

const READ = ['GET', 'HEAD']
const ASK = ['GET', 'HEAD', 'POST']
const ADMIN = ['POST', 'PUT']
const POST = ['POST']

function route(methods: readonly string[], endpoint: Endpoint): Route {
  return { methods, endpoint }
}

const adminOff: Endpoint = () => {
  throw new ApiFault('unavailable', 'admin APIs disabled')
}

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ['/api/v1/query', route(ASK, instantQuery)],
  ['/api/v1/query_range', route(ASK, rangeQuery)],
  ['/api/v1/query_exemplars', route(ASK, queryExemplars)],
  ['/api/v1/format_query', route(ASK, formatQuery)],
  ['/api/v1/parse_query', route(ASK, parseQuery)],
  ['/api/v1/labels', route(ASK, labelNames)],
  ['/api/v1/series', route(ASK, series)],
  ['/api/v1/metadata', route(READ, metadata)],
  ['/api/v1/targets', route(READ, targets)],
  ['/api/v1/targets/metadata', route(READ, targetMetadata)],
  ['/api/v1/scrape_pools', route(READ, scrapePools)],
  ['/api/v1/alertmanagers', route(READ, alertmanagers)],
  ['/api/v1/rules', route(READ, rules)],
  ['/api/v1/alerts', route(READ, alerts)],
  ['/api/v1/status/config', route(READ, config)],
  ['/api/v1/status/flags', route(READ, flags)],
  ['/api/v1/status/runtimeinfo', route(READ, runtimeInfo)],
  ['/api/v1/status/buildinfo', route(READ, buildInfo)],
  ['/api/v1/status/tsdb', route(READ, tsdbStatus)],
  ['/api/v1/status/walreplay', route(READ, walReplay)],
  ['/api/v1/features', route(READ, features)],
  ['/api/v1/notifications', route(READ, notifications)],
  ['/api/v1/admin/tsdb/delete_series', route(ADMIN, adminOff)],
  ['/api/v1/admin/tsdb/clean_tombstones', route(ADMIN, adminOff)],
  ['/api/v1/admin/tsdb/snapshot', route(ADMIN, adminOff)],
  ['/api/v1/read', route(POST, remoteRead)],
  ['/federate', route(READ, federate)],
  ['/-/healthy', route(READ, healthy)],
  ['/-/ready', route(READ, ready)],
])
const LABEL_VALUES = /^\/api\/v1\/label\/([^/]+)\/values$/
/** Every path, a name in it as `*`, and the methods that it answers. */
export const API_PATHS: ReadonlyMap<string, readonly string[]> = new Map([
  ...Array.from(ROUTES, ([path, { methods }]) => [path, methods] as const),
  ['/api/v1/label/*/values', READ],
])
/** The API's own: what is not found beneath is not looked for elsewhere. */
const API = '/api/v1/'

const HEADERS: OutgoingHttpHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
const CORS_HEADERS: OutgoingHttpHeaders = {
  'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-expose-headers': 'Date',
  vary: 'Origin',
}

/**
 * Prometheus's HTTP API, for reading.
 * @throws RangeError for a limit or an origin that cannot be.
 */
export function createPrometheusApi(sources: ApiSources): PathHandler {
  completeApiLimits(sources.limits)
  const context: ApiContext = {
    sources,
    get limits() {
      return completeApiLimits(sources.limits)
    },
    gate: new QueryGate(() => completeApiLimits(sources.limits)),
  }
  const origins = sources.corsOrigin === undefined ? undefined : new Pattern(sources.corsOrigin)
  return async (request, response, path) => {
    const found = routeOf(path)
    if (found === undefined && !path.startsWith(API)) return false
    const headers = { ...HEADERS, ...corsHeaders(request.headers.origin, origins) }
    try {
      await handle(context, found, request, response, headers)
    } catch (error) {
      sources.onFault(error)
      if (response.headersSent) response.destroy()
      else await fail(request, response, headers, new ApiFault('internal', 'the endpoint failed; the log says why'))
    }
    return true
  }
}

function routeOf(path: string): Route | undefined {
  const escaped = LABEL_VALUES.exec(path)?.[1]
  if (escaped === undefined) return ROUTES.get(path)
  return route(READ, (context, request) => labelValues(context, request, unescaped(escaped)))
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ApiFault('bad_data', 'the path is no UTF-8')
  }
}

async function handle(
  context: ApiContext,
  found: Route | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const { method = 'GET' } = request
  if (method === 'OPTIONS') {
    response.writeHead(204, headers).end()
    return
  }
  if (found === undefined) {
    await send(request, response, headers, textAnswer(404, '404 page not found\n'))
    return
  }
  const { methods, endpoint } = found
  if (!methods.includes(method)) {
    const allow = [...methods, 'OPTIONS'].filter((each) => each !== 'HEAD').sort()
    await send(request, response, { ...headers, allow: allow.join(', ') }, textAnswer(405, 'Method Not Allowed\n'))
    return
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    const body = await readBody(request, context.limits.bodyBytes)
    const parameters = parametersOf(request, body)
    const accept = request.headers.accept ?? ''
    await send(request, response, headers, await endpoint(context, { parameters, body, signal: gone.signal, accept }))
  } catch (error) {
    const fault = error instanceof QueryableError ? new ApiFault('execution', error.message) : error
    if (!(fault instanceof ApiFault)) throw error
    if (!response.destroyed) await fail(request, response, headers, fault)
  }
}

function parametersOf(request: IncomingMessage, body: Buffer): Parameters {
  const url = request.url ?? ''
  const mark = url.indexOf('?')
  return new Parameters(formOf(request, body), new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)))
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  headers: OutgoingHttpHeaders,
  answer: Answer,
): Promise<void> {
  switch (answer.kind) {
    case 'nothing':
      response.writeHead(204, headers).end()
      return
    case 'text':
      await respond(
        request,
        response,
        answer.status,
        { ...headers, ...answer.headers, 'content-type': answer.contentType },
        answer.pieces,
      )
      return
    case 'data': {
      const json = { ...headers, 'content-type': 'application/json' }
      await respond(request, response, 200, json, envelope(answer.data, answer.warnings, answer.infos))
    }
  }
}

async function fail(
  request: IncomingMessage,
  response: ServerResponse,
  headers: OutgoingHttpHeaders,
  { type, message, status }: ApiFault,
): Promise<void> {
  const body = Buffer.from(goJson({ status: 'error', errorType: type, error: message }))
  await respond(request, response, status, { ...headers, 'content-type': 'application/json' }, [body])
}

function corsHeaders(origin: string | undefined, allowed: Pattern | undefined): OutgoingHttpHeaders {
  if (origin === undefined || allowed === undefined) return {}
  return { ...CORS_HEADERS, ...(allowed.matches(origin) ? { 'access-control-allow-origin': origin } : {}) }
}
