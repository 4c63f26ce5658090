import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody, Refused } from '../ingest/body.ts'
import { type JsonAnswer, notAllowed, refusal, sendJson } from '../json-answer.ts'
import type { LiveFeed, LiveTick } from './live-feed.ts'

export const STREAM_PATH = '/api/console/stream'
/** Browsers, each with one; behind them any number of tabs. */
const MAX_STREAMS = 50
const MAX_QUERIES = 200
const MAX_QUERY_CHARACTERS = 4000
const MAX_BODY_BYTES = 256 * 1024
/** Of a client that does not read: it misses ticks until it has. */
const MAX_UNREAD_BYTES = 1024 * 1024
/** So that proxies do not take a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000
/** Then the client comes again, and is asked again who it is: a session may have ended, a credential been changed. */
const LIFE_MS = 10 * 60_000

interface Stream {
  readonly response: ServerResponse
  queries: ReadonlySet<string>
  lastAt: number
  /** Unknown until the first step. */
  openedAt: number | undefined
}

/**
 * Server-sent events: `hello` with the stream's id, then a `tick` of the live feed every second or less often. What is asked for
 * is put to `/api/console/stream/ID` as `{"queries":[...]}`, as often as it changes.
 */
export class Streams {
  readonly stats: { opened: number; skipped: number } = { opened: 0, skipped: 0 }
  readonly #feed: LiveFeed
  readonly #streams = new Map<string, Stream>()

  constructor(feed: LiveFeed) {
    this.#feed = feed
  }

  get size(): number {
    return this.#streams.size
  }

  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    if (path === STREAM_PATH) {
      if (request.method === 'GET') this.#open(request, response)
      else sendJson(request, response, notAllowed(request, 'GET'))
      return true
    }
    if (!path.startsWith(`${STREAM_PATH}/`)) return false
    const answer = request.method === 'PUT' ? await this.#ask(request, path) : notAllowed(request, 'PUT')
    sendJson(request, response, answer)
    return true
  }

  /** Comments for those who were told nothing for a while. @param at ms since the epoch */
  step(at: number): void {
    for (const stream of this.#streams.values()) {
      stream.openedAt ??= at
      if (at - stream.openedAt >= LIFE_MS) {
        stream.response.end()
        continue
      }
      if (at - stream.lastAt < HEARTBEAT_MS) continue
      stream.lastAt = at
      if (!isBehind(stream)) stream.response.write(':\n\n')
    }
  }

  end(): void {
    for (const { response } of this.#streams.values()) response.end()
    this.#streams.clear()
  }

  #open(request: IncomingMessage, response: ServerResponse): void {
    if (this.#streams.size >= MAX_STREAMS) {
      const full = refusal(503, `${MAX_STREAMS} streams are open, and there are no more: close a console somewhere`)
      sendJson(request, response, { ...full, headers: { 'retry-after': '10' } })
      return
    }
    const id = randomUUID()
    const stream: Stream = { response, queries: new Set(), lastAt: 0, openedAt: undefined }
    this.stats.opened++
    this.#streams.set(id, stream)
    const leave = this.#feed.watch({
      get queries() {
        return stream.queries
      },
      tell: (tick) => this.#tell(stream, tick),
    })
    response.once('close', () => {
      this.#streams.delete(id)
      leave()
    })
    // The server's own time limit is for answers, and this one has no end.
    request.socket.setTimeout(0)
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    response.write(`retry: 1000\nevent: hello\ndata: ${JSON.stringify({ id })}\n\n`)
    this.#feed.hurry()
  }

  #tell(stream: Stream, tick: LiveTick): void {
    if (isBehind(stream)) {
      this.stats.skipped++
      return
    }
    stream.lastAt = tick.at
    stream.response.write(`event: tick\ndata: ${JSON.stringify(tick)}\n\n`)
  }

  async #ask(request: IncomingMessage, path: string): Promise<JsonAnswer> {
    const stream = this.#streams.get(path.slice(STREAM_PATH.length + 1))
    if (stream === undefined) return refusal(404, 'there is no such stream: open one anew')
    const queries = await queriesIn(request)
    if ('status' in queries) return queries
    stream.queries = queries
    this.#feed.hurry()
    return { status: 200, body: { status: 'success' } }
  }
}

function isBehind({ response }: Stream): boolean {
  return response.writableLength > MAX_UNREAD_BYTES
}

const EXPECTED = `expected {"queries":[...]} with at most ${MAX_QUERIES} expressions of at most ${MAX_QUERY_CHARACTERS} characters`

async function queriesIn(request: IncomingMessage): Promise<ReadonlySet<string> | JsonAnswer> {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(await readBody(request, MAX_BODY_BYTES)))
    const queries = typeof body === 'object' && body !== null && 'queries' in body ? body.queries : undefined
    if (!Array.isArray(queries) || queries.length > MAX_QUERIES || !queries.every(isQuery))
      return refusal(400, EXPECTED)
    return new Set<string>(queries)
  } catch (error) {
    if (error instanceof Refused) return refusal(error.status, error.message)
    return refusal(400, EXPECTED)
  }
}

function isQuery(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_QUERY_CHARACTERS
}
