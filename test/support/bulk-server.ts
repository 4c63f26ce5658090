import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { portOf } from './port-of.ts'

export interface BulkDocument {
  readonly index: string
  readonly id: string
  readonly source: Readonly<Record<string, unknown>>
}

/** What the server is to answer the next requests with; undefined: as it would. */
export type Mood =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Statuses of single documents, in their order; 0: as it would. */
  | { readonly items: readonly number[] }
  /** Does what it is asked, and closes the connection without a word. */
  | 'mute'

export interface BulkServer {
  readonly url: string
  readonly documents: readonly BulkDocument[]
  /** `200 POST /index/_bulk gzip`, or why a request was refused. */
  readonly log: readonly string[]
  /** Bodies that were understood, unzipped. */
  readonly bodies: readonly string[]
  /** For the next requests to `_bulk`, one each. */
  readonly moods: (Mood | undefined)[]
  close(): Promise<void>
}

class Refusal extends Error {
  readonly status: number

  constructor(status: number, reason: string) {
    super(reason)
    this.status = status
  }
}

const BULK_TYPES =
  /^application\/(?:x-ndjson|json|vnd\.elasticsearch\+(?:x-ndjson|json); ?compatible-with=[789])(?:; ?charset=utf-8)?$/i
const ACTIONS = ['create', 'index', 'update', 'delete']
const META = new Set(['_index', '_id', '_type', 'op_type', 'routing', 'pipeline', 'require_alias', 'dynamic_templates'])

/**
 * Elasticsearch 8 as far as `_bulk` goes, and stricter where it would be lenient: whole lines, a newline at the end, one action
 * a line with known fields, ids that are there once, `create` and `@timestamp` for data streams (`logs-*-*`).
 */
export async function startBulkServer(options: { readonly maxBytes?: number } = {}): Promise<BulkServer> {
  const { maxBytes = 100 * 1024 * 1024 } = options
  const documents: BulkDocument[] = []
  const log: string[] = []
  const bodies: string[] = []
  const moods: (Mood | undefined)[] = []
  const server = createServer((request, response) => {
    void serve(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://server')
    const asked = `${request.method} ${pathname}${request.headers['content-encoding'] === 'gzip' ? ' gzip' : ''}`
    try {
      const body = await bodyOf(request)
      const bulk = /^\/(?:([^/]+)\/)?_bulk$/.exec(pathname)
      if (bulk === null) {
        const known = pathname === '/' || pathname.endsWith('/_refresh') || pathname.startsWith('/_cat/health')
        send(response, known ? 200 : 404, pathname === '/' ? ABOUT : {})
        return
      }
      if (request.method !== 'POST' && request.method !== 'PUT') throw new Refusal(405, 'only POST')
      const mood = moods.shift()
      if (typeof mood === 'object' && 'status' in mood) {
        response.writeHead(mood.status, { ...PRODUCT, ...mood.headers }).end(mood.body ?? '{}')
        log.push(`${mood.status} ${asked}`)
        return
      }
      const type = request.headers['content-type'] ?? ''
      if (!BULK_TYPES.test(type)) throw new Refusal(406, `Content-Type header [${type}] is not supported`)
      if (body.length > maxBytes) throw new Refusal(413, 'content too long')
      const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
      const forced = typeof mood === 'object' ? mood.items : []
      const items = take(text, bulk[1] === undefined ? undefined : decodeURIComponent(bulk[1]), forced)
      bodies.push(text)
      log.push(`200 ${asked}`)
      if (mood === 'mute') request.socket.destroy()
      else send(response, 200, { took: 1, errors: items.some((item) => failed(item)), items })
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 400
      const reason = String(error)
      log.push(`${status} ${asked} ${reason}`)
      send(response, status, { error: { type: 'illegal_argument_exception', reason }, status })
    }
  }

  function take(text: string, pathIndex: string | undefined, forced: readonly number[]): Item[] {
    if (!text.endsWith('\n')) throw new Refusal(400, 'The bulk request must be terminated by a newline [\\n]')
    const lines = text.slice(0, -1).split('\n')
    const asked: { index: string; operation: string; id: unknown; line: string }[] = []
    for (let i = 0; i < lines.length; i += 2) {
      const [action, meta] = actionOf(lines[i] ?? '', i + 1)
      const index = meta['_index'] ?? pathIndex
      if (typeof index !== 'string' || index === '') throw new Refusal(400, 'index is missing')
      if (action === 'delete') throw new Refusal(400, 'logs are not deleted')
      const line = lines[i + 1]
      if (line === undefined) throw new Refusal(400, `line ${i + 1}: an action without its document`)
      const operation = typeof meta['op_type'] === 'string' ? meta['op_type'] : action
      asked.push({ index, operation, id: meta['_id'], line })
    }
    return asked.map(({ index, operation, id, line }, i) => {
      const force = forced[i] ?? 0
      const { status, reason } = force === 0 ? store(index, operation, id, line) : { status: force, reason: 'forced' }
      const error = status < 300 ? {} : { error: { type: 'some_exception', reason } }
      return { [operation]: { _index: index, status, ...error } }
    })
  }

  function store(index: string, operation: string, id: unknown, line: string): { status: number; reason: string } {
    let source: unknown
    try {
      source = JSON.parse(line)
    } catch {
      return { status: 400, reason: 'document_parsing_exception' }
    }
    if (typeof source !== 'object' || source === null || Array.isArray(source))
      return { status: 400, reason: 'no object' }
    const key = typeof id === 'string' ? id : `own-${documents.length}`
    if (/^logs-[^-]+-[^-]+$/.test(index)) {
      if (operation !== 'create') return { status: 400, reason: 'only op_type of create in data streams' }
      const at: unknown = Reflect.get(source, '@timestamp')
      if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return { status: 400, reason: 'no @timestamp' }
    }
    const there = documents.some((document) => document.index === index && document.id === key)
    if (there && operation === 'create') return { status: 409, reason: 'version conflict' }
    documents.push({ index, id: key, source: { ...source } })
    return { status: 201, reason: '' }
  }

  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    documents,
    log,
    bodies,
    moods,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

type Item = Readonly<Record<string, { readonly status: number; readonly _index: string; readonly error?: object }>>

const PRODUCT = { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' }
const ABOUT = { name: 'bulk', version: { number: '8.19.1', build_flavor: 'default' }, tagline: 'You Know, for Search' }

function failed(item: Item): boolean {
  return Object.values(item).some(({ status }) => status >= 300)
}

function actionOf(line: string, number: number): [action: string, meta: Readonly<Record<string, unknown>>] {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    throw new Refusal(400, `Malformed action/metadata line [${number}]: ${line.slice(0, 80)}`)
  }
  const entries = Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {})
  const [action = '', meta] = entries[0] ?? []
  if (entries.length !== 1 || !ACTIONS.includes(action) || typeof meta !== 'object' || meta === null) {
    throw new Refusal(400, `Malformed action/metadata line [${number}]: ${line.slice(0, 80)}`)
  }
  const unknown = Object.keys(meta).find((key) => !META.has(key))
  if (unknown !== undefined) throw new Refusal(400, `line ${number}: unknown parameter [${unknown}]`)
  return [action, { ...meta }]
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, PRODUCT).end(JSON.stringify(body))
}
