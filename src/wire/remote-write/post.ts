import { retryAfterMs } from './backoff.ts'
import type { RemoteWriteVersion } from './fields.ts'

/** What became of one attempt. */
export type Verdict =
  | { readonly kind: 'taken'; readonly written: Written | undefined }
  /** The server does not know this version. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'rejected'; readonly detail: string; readonly written: Written | undefined }
  | { readonly kind: 'retry'; readonly detail: string; readonly afterMs: number | undefined }

/** What the server says that it took. */
export interface Written {
  readonly samples: number
  readonly histograms: number
  readonly exemplars: number
}

export interface Target {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly fetch: typeof globalThis.fetch
  /** ms since the epoch. */
  readonly now: () => number
}

const VERSION_HEADERS: Readonly<Record<RemoteWriteVersion, Readonly<Record<string, string>>>> = {
  '1.0': { 'content-type': 'application/x-protobuf', 'x-prometheus-remote-write-version': '0.1.0' },
  '2.0': {
    'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'x-prometheus-remote-write-version': '2.0.0',
  },
}
const MAX_DETAIL = 300

/** Sends one compressed request; never rejects. */
export async function post(
  { url, headers, timeoutMs, fetch, now }: Target,
  version: RemoteWriteVersion,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<Verdict> {
  const attempt = new AbortController()
  let late = false
  const stop = (): void => attempt.abort()
  const timer = setTimeout(() => {
    late = true
    stop()
  }, timeoutMs)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'user-agent': 'boxman', ...headers, ...VERSION_HEADERS[version], 'content-encoding': 'snappy' },
      body,
      redirect: 'manual',
      signal: attempt.signal,
    })
    const text = await beginning(response)
    const detail = `${response.status} ${text}`.trim()
    const written = writtenOf(response.headers)
    if (response.ok) {
      // Who ignores what he does not know takes 2.0 for a 1.0 request with nothing in it.
      return version === '2.0' && written === undefined ? { kind: 'unsupported' } : { kind: 'taken', written }
    }
    if (response.status === 429 || response.status >= 500) {
      return { kind: 'retry', detail, afterMs: retryAfterMs(response.headers.get('retry-after'), now()) }
    }
    if (response.status === 415 && version === '2.0') return { kind: 'unsupported' }
    return { kind: 'rejected', detail, written }
  } catch (error) {
    const detail = late ? `no answer in ${timeoutMs} ms` : messageOf(error)
    return { kind: 'retry', detail, afterMs: undefined }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** Of the answer's text; the rest is let go of. */
async function beginning(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  while (text.length < MAX_DETAIL) {
    const { done, value } = await reader.read()
    if (done) return text.trim()
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  return text.slice(0, MAX_DETAIL).trim()
}

function writtenOf(headers: Headers): Written | undefined {
  const found = ['samples', 'histograms', 'exemplars'].map((kind) =>
    headers.get(`x-prometheus-remote-write-${kind}-written`),
  )
  if (found.every((each) => each === null)) return undefined
  const [samples = 0, histograms = 0, exemplars = 0] = found.map((each) => Number(each ?? 0) || 0)
  return { samples, histograms, exemplars }
}

/** fetch hides the reason behind 'fetch failed'. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
