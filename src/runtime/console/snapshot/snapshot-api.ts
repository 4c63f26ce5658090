import type { IncomingMessage, ServerResponse } from 'node:http'
import { visitorOf } from '../../admin/access/visitor.ts'
import { ApiFault } from '../../api/fault.ts'
import { Parameters } from '../../api/parameters.ts'
import { respond } from '../../api/respond.ts'
import { type JsonAnswer, notAllowed, refusal, sendJson } from '../../json-answer.ts'
import { Turns } from '../../scrape/turns.ts'
import { CEILINGS } from './ceilings.ts'
import { makeSnapshot, type SnapshotAsked } from './snapshot.ts'
import type { SnapshotSources } from './sources.ts'

const NAMES = 'start, end, zone, dashboard, var-NAME'
const OVERVIEW = 'overview'
const DEFAULT_SPAN_MS = 15 * 60_000
const MOST_SPAN_MS = 366 * 86_400_000
const RETRY_SECONDS = '5'
const PIECE_CHARACTERS = 32_768

interface SnapshotApiOptions {
  readonly sources: SnapshotSources
  /** Milliseconds that never go back. */
  readonly now: () => number
}

/** Snapshots over HTTP, one at a time. */
export class SnapshotApi {
  readonly #options: SnapshotApiOptions
  #isBusy = false

  constructor(options: SnapshotApiOptions) {
    this.#options = options
  }

  /** Takes `start` and `end` as the other APIs do, the last 15 minutes unless they are stated. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      sendJson(request, response, notAllowed(request, 'GET, HEAD'))
      return
    }
    if (this.#isBusy) {
      const busy = refusal(503, 'another snapshot is being made: try again in a few seconds')
      sendJson(request, response, { ...busy, headers: { 'retry-after': RETRY_SECONDS } })
      return
    }
    this.#isBusy = true
    const gone = new AbortController()
    const leave = (): void => gone.abort()
    response.on('close', leave)
    try {
      await this.#answer(request, response, gone.signal)
    } finally {
      response.off('close', leave)
      this.#isBusy = false
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const { sources, now } = this.#options
    const asked = await this.#read(request, AbortSignal.any([gone, AbortSignal.timeout(CEILINGS.timeMs)]))
    if ('status' in asked) {
      sendJson(request, response, asked)
      return
    }
    const headers = {
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="${fileNameOf(sources.facts().service, asked.to)}"`,
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
    }
    if (request.method === 'HEAD') {
      response.writeHead(200, headers).end()
      return
    }
    const text = await makeSnapshot(sources, asked, new Turns({ now, pause: otherTurn }))
    if (gone.aborted) return
    await respond(request, response, 200, headers, bytesOf(text))
  }

  async #read(request: IncomingMessage, signal: AbortSignal): Promise<SnapshotAsked | JsonAnswer> {
    const { sources } = this.#options
    const url = request.url ?? ''
    const mark = url.indexOf('?')
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
    const isKnown = (name: string): boolean => NAMES.split(', ').includes(name) || /^var-\w/.test(name)
    const unknown = Array.from(query.keys()).filter((name) => !isKnown(name))
    if (unknown.length > 0) return refusal(400, `${unknown.join(', ')}: unknown; known here: ${NAMES}`)
    const zone = query.get('zone') || 'UTC'
    if (!isZone(zone)) return wrong('zone', 'a name such as Europe/Paris', zone)
    const times = timesIn(query, sources.wallNow())
    if ('status' in times) return times
    const all = await sources.dashboards()
    const ids = new Set([OVERVIEW, ...query.getAll('dashboard')])
    const missing = [...ids].find((id) => !all.some((dashboard) => dashboard.id === id))
    if (missing !== undefined) return wrong('dashboard', `one of ${all.map(({ id }) => id).join(', ')}`, missing)
    const variables = Object.fromEntries(
      Array.from(query).flatMap(([name, value]) =>
        name.startsWith('var-') ? [[name.slice('var-'.length), value.split(',').filter((part) => part !== '')]] : [],
      ),
    )
    return {
      ...times,
      zone,
      variables,
      dashboards: all.filter(({ id }) => ids.has(id)),
      by: visitorOf(request).name,
      signal,
    }
  }
}

/** Names of files are of letters, digits and a few signs. @param to ms since the epoch */
export function fileNameOf(service: string, to: number): string {
  const name = service.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '')
  const minute = new Date(to).toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length).replace(':', '-')
  return `boxman-${name === '' ? 'service' : name}-${minute}Z.html`
}

function timesIn(query: URLSearchParams, now: number): { readonly from: number; readonly to: number } | JsonAnswer {
  try {
    const parameters = new Parameters(query)
    const to = parameters.timeOr('end', now)
    const from = parameters.timeOr('start', to - DEFAULT_SPAN_MS)
    if (!(from < to)) return refusal(400, 'start: expected a time before the end')
    if (to - from > MOST_SPAN_MS) return refusal(400, 'start: expected a time at most 366 days before the end')
    if (from < 0 || to > now + MOST_SPAN_MS) return refusal(400, 'start, end: expected times of these years')
    return { from, to }
  } catch (error) {
    if (error instanceof ApiFault) return refusal(400, error.message)
    throw error
  }
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function wrong(name: string, expected: string, given: string): JsonAnswer {
  return refusal(400, `${name}: expected ${expected}, given ${JSON.stringify(given)}`)
}

/** Each begins with a whole character. */
function* bytesOf(text: string): Generator<Uint8Array> {
  for (let at = 0; at < text.length;) {
    const last = text.charCodeAt(at + PIECE_CHARACTERS - 1)
    const end = at + PIECE_CHARACTERS + (last >= 0xd800 && last < 0xdc00 ? 1 : 0)
    yield Buffer.from(text.slice(at, end))
    at = end
  }
}

function otherTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
