import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  jaegerAnswer,
  type JaegerAnswer,
  jaegerError,
  jaegerJson,
  jaegerSearch,
  type SpanStore,
} from '../../tracing/index.ts'
import type { PathHandler } from '../api/api.ts'
import { notAllowed, sendJson } from '../json-answer.ts'
import { searchTraces } from './trace-search.ts'

const HEADERS = {
  'cache-control': 'no-store',
  'content-type': 'application/json',
  'x-content-type-options': 'nosniff',
}
/** Every path, a name in it as `*`. */
export const TRACES_PATHS: readonly string[] = [
  '/api/services',
  '/api/services/*/operations',
  '/api/operations',
  '/api/traces',
  '/api/traces/*',
  '/api/console/traces',
]
const TRACE = /^\/api\/traces\/([0-9a-fA-F]{1,32})$/
const OPERATIONS = /^\/api\/services\/([^/]+)\/operations$/

interface Found {
  readonly status: number
  readonly answer: JaegerAnswer<unknown>
}

/** What Jaeger's own page and Grafana's data source ask of Jaeger's query service, for reading. */
export function createTracesApi(store: SpanStore): PathHandler {
  return async (request, response, path) => {
    const query = queryOf(request)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (path === '/api/console/traces') {
      sendJson(request, response, isRead ? searchTraces(store, query) : notAllowed(request, 'GET, HEAD'))
      return true
    }
    const found = find(store, path, query)
    if (found === undefined) return false
    if (isRead) send(response, found, request.method === 'HEAD')
    else response.writeHead(405, { ...HEADERS, allow: 'GET' }).end()
    return true
  }
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const mark = url.indexOf('?')
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
}

function find(store: SpanStore, path: string, query: URLSearchParams): Found | undefined {
  if (path === '/api/services') return good(store.services())
  if (path === '/api/operations') return good(store.operations(query.get('service') ?? ''))
  if (path === '/api/traces') {
    const asked = jaegerSearch(query)
    return asked.ok ? good(store.search(asked.search).map(jaegerJson)) : bad(400, asked.detail)
  }
  const service = OPERATIONS.exec(path)?.[1]
  if (service !== undefined) return good(store.operations(decoded(service)).map(({ name }) => name))
  const id = TRACE.exec(path)?.[1]
  if (id === undefined) return undefined
  const trace = store.get(id.toLowerCase().padStart(32, '0'))
  return trace === undefined ? bad(404, 'trace not found') : good([jaegerJson(trace)])
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function good(data: readonly unknown[]): Found {
  return { status: 200, answer: jaegerAnswer(data) }
}

function bad(status: number, detail: string): Found {
  return { status, answer: jaegerError(status, detail) }
}

function send(response: ServerResponse, { status, answer }: Found, headOnly: boolean): void {
  response.writeHead(status, HEADERS).end(headOnly ? undefined : JSON.stringify(answer))
}
