import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { readBounded } from '../prometheus/read-bounded.ts'
import { type PartialSuccess, readExportResponse } from './export-response.ts'

export type Fetch = typeof globalThis.fetch

/** What became of one attempt to hand a batch over. */
export type Handover =
  | { readonly ok: true; readonly partial: PartialSuccess | undefined }
  | { readonly ok: false; readonly retry: false; readonly reason: 'rejected'; readonly detail: string }
  | {
      readonly ok: false
      readonly retry: true
      readonly reason: 'throttled' | 'server' | 'network'
      readonly detail: string
      /** What the receiver asks for. */
      readonly afterMs?: number
    }

export interface SendOptions {
  readonly url: string
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: Fetch
  readonly timeoutMs: number
  /** ms since the epoch: a Retry-After may be a date. */
  readonly wallNow: () => number
}

/** Statuses that OTLP has a client try again. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504])
const MAX_ANSWER = 65_536
const MAX_DETAIL = 300

const zip = promisify(gzip)

/** In a thread of zlib's, at the level that costs least. */
export function pack(body: Uint8Array): Promise<Uint8Array> {
  return zip(body, { level: 1 })
}

export async function send(
  body: Uint8Array,
  zipped: boolean,
  stop: AbortSignal,
  options: SendOptions,
): Promise<Handover> {
  const { url, contentType, headers, timeoutMs, wallNow } = options
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  const cancel = () => abort.abort(new Error('stopped'))
  stop.addEventListener('abort', cancel)
  if (stop.aborted) cancel()
  try {
    const response = await options.fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': contentType, ...(zipped ? { 'content-encoding': 'gzip' } : {}) },
      body: Buffer.from(body),
      signal: abort.signal,
      // Nobody is sent on to with our credentials.
      redirect: 'manual',
    })
    const answer = await readBounded(response, MAX_ANSWER)
    return judge(response, answer, wallNow())
  } catch (error) {
    return { ok: false, retry: true, reason: 'network', detail: messageOf(error) }
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', cancel)
  }
}

function judge({ status, headers }: Response, answer: Uint8Array, at: number): Handover {
  if (status >= 200 && status < 300) {
    const isJson = (headers.get('content-type') ?? '').startsWith('application/json')
    return { ok: true, partial: readExportResponse(answer, isJson) }
  }
  const text = Buffer.from(answer).toString().slice(0, MAX_DETAIL)
  const detail = `HTTP ${status}${/^[\x20-\x7e\s]+$/.test(text) ? `: ${text.trim()}` : ''}`
  if (!RETRYABLE.has(status)) return { ok: false, retry: false, reason: 'rejected', detail }
  const afterMs = retryAfter(headers.get('retry-after'), at)
  const reason = status === 429 ? 'throttled' : 'server'
  return { ok: false, retry: true, reason, detail, ...(afterMs === undefined ? {} : { afterMs }) }
}

function retryAfter(text: string | null, at: number): number | undefined {
  if (text === null) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - at)
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message
}
