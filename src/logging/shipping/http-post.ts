import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type Delivery, messageOf, TAKEN } from './delivery.ts'

export type Fetch = typeof globalThis.fetch

export interface PostOptions {
  readonly url: string
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: Fetch
  readonly timeoutMs: number
  readonly gzip: boolean
  /** ms since the epoch: a Retry-After may be a date. */
  readonly now: () => number
  /** Whether any status from 500 on is tried again, and not only those that say so. */
  readonly patient: boolean
}

export interface Answer {
  readonly delivery: Delivery
  /** Empty when there was none. */
  readonly text: string
}

const MAX_ANSWER = 16 * 1024 * 1024
const MAX_DETAIL = 300
/** A batch that makes the server fail each time holds up the others no longer. */
const MAX_FAULTS = 8

const zip = promisify(gzip)

/** In a thread of zlib's, at the level that costs least. */
export async function packed(body: string, gzip: boolean): Promise<Uint8Array> {
  return gzip ? zip(body, { level: 1 }) : Buffer.from(body)
}

/** One attempt, with a body that is gzipped if the options say so. */
export async function post(body: Uint8Array, stop: AbortSignal, options: PostOptions): Promise<Answer> {
  const abort = new AbortController()
  const timer = setTimeout(
    () => abort.abort(new Error(`no answer within ${options.timeoutMs} ms`)),
    options.timeoutMs,
  ).unref()
  const cancel = (): void => abort.abort(new Error('stopped'))
  stop.addEventListener('abort', cancel)
  if (stop.aborted) cancel()
  try {
    const response = await options.fetch(options.url, {
      method: 'POST',
      headers: {
        ...options.headers,
        'content-type': options.contentType,
        ...(options.gzip ? { 'content-encoding': 'gzip' } : {}),
      },
      body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      signal: abort.signal,
      // Nobody is sent on to with our credentials.
      redirect: 'manual',
    })
    const text = await textOf(response)
    return { delivery: judge(response, text, options), text }
  } catch (error) {
    return { delivery: { kind: 'later', reason: 'network', detail: messageOf(error) }, text: '' }
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', cancel)
  }
}

function judge({ status, headers }: Response, text: string, { now, patient }: PostOptions): Delivery {
  if (status >= 200 && status < 300) return TAKEN
  const said = text.slice(0, MAX_DETAIL).trim()
  const detail = `HTTP ${status}${/^[\x20-\x7e\s]+$/.test(said) ? `: ${said}` : ''}`
  if (status === 413) return { kind: 'too_large', detail }
  const afterMs = retryAfter(headers.get('retry-after'), now())
  const asked = afterMs === undefined ? {} : { afterMs }
  if (status === 429) return { kind: 'later', reason: 'throttled', detail, ...asked }
  if (status >= 502 && status <= 504) return { kind: 'later', reason: 'server', detail, ...asked }
  if (patient && status >= 500) return { kind: 'later', reason: 'server', detail, ...asked, attempts: MAX_FAULTS }
  return { kind: 'refused', detail }
}

function retryAfter(text: string | null, at: number): number | undefined {
  if (text === null) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - at)
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > MAX_ANSWER) throw new Error(`an answer of more than ${MAX_ANSWER} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** `fetch` takes no name and password in an address: they become a header. */
export function addressed(
  address: string,
  headers: Readonly<Record<string, string>> = {},
): { readonly url: URL; readonly headers: Readonly<Record<string, string>> } {
  const url = new URL(address)
  const { username, password } = url
  if (username === '' && password === '') return { url, headers }
  url.username = ''
  url.password = ''
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { url, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}`, ...headers } }
}
