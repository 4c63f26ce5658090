import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { AddressGuard } from './address-guard.ts'

export interface TlsOptions {
  /** PEM. */
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly serverName?: string | undefined
  readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' | undefined
  readonly maxVersion?: TlsOptions['minVersion']
  readonly insecureSkipVerify: boolean
}

export interface HttpSettings {
  readonly tls: TlsOptions
  /** Of each request; credentials are among them. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly timeoutMs: number
  readonly guard: AddressGuard
  readonly quietly: <T>(run: () => T) => T
}

export interface HttpCall {
  readonly url: URL
  readonly method?: 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Its first 64 KB. */
  readonly text: string
  /** The body did not come to its end. */
  readonly cut: boolean
}

/** There was no answer; the message says why. */
export class HttpFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'HttpFault'
  }
}

const MAX_ANSWER_BYTES = 64 * 1024
/** A body that takes longer is cut off: the status has said what matters. */
const BODY_MS = 5000
export const USER_AGENT = 'boxman'

/** One request over a connection of its own; redirects are not followed. @throws HttpFault, AddressRefused */
export async function send(call: HttpCall, settings: HttpSettings, signal: AbortSignal): Promise<HttpAnswer> {
  settings.guard.check(call.url)
  const { timeoutMs } = settings
  const attempt = new AbortController()
  const stop = (): void => attempt.abort(new HttpFault('stopped'))
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  const late = setTimeout(() => attempt.abort(new HttpFault(`no answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    const response = await settings.quietly(() => open(call, settings, attempt.signal))
    return await read(response, Math.min(BODY_MS, timeoutMs))
  } catch (error) {
    if (attempt.signal.reason instanceof HttpFault) throw attempt.signal.reason
    throw error
  } finally {
    clearTimeout(late)
    signal.removeEventListener('abort', stop)
  }
}

function open(
  { url, method = 'POST', headers, body }: HttpCall,
  { tls, guard, headers: own }: HttpSettings,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const bytes = Buffer.from(body)
  const all: Record<string, string | string[] | number> = { 'user-agent': USER_AGENT }
  for (const [name, value] of [
    ...Object.entries(credentialsOf(url)),
    ...Object.entries(headers),
    ...Object.entries(own),
  ]) {
    all[name.toLowerCase()] = typeof value === 'string' ? value : [...value]
  }
  all['content-length'] = bytes.length
  const secure = url.protocol === 'https:'
  const options = {
    agent: false as const,
    method,
    headers: all,
    signal,
    lookup: guard.lookup,
    ...(secure ? tlsOptions(tls) : {}),
  }
  const place = new URL(url)
  place.username = ''
  place.password = ''
  return new Promise((resolve, reject) => {
    const request = secure ? requestHttps(place, options) : requestHttp(place, options)
    request.once('response', resolve).on('error', reject).end(bytes)
  })
}

/** Of an address with a user's name and password: the header that says so. */
export function credentialsOf({ username, password }: URL): { readonly authorization?: string } {
  if (username === '' && password === '') return {}
  const pair = `${decoded(username)}:${decoded(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** As node:tls takes them. */
export function tlsOptions(tls: TlsOptions): object {
  const { ca, cert, key, serverName, minVersion, maxVersion, insecureSkipVerify } = tls
  return {
    rejectUnauthorized: !insecureSkipVerify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
  }
}

async function read(response: IncomingMessage, bodyMs: number): Promise<HttpAnswer> {
  const pieces: Buffer[] = []
  let size = 0
  let cut = false
  const slow = setTimeout(() => response.destroy(new Error('slow')), bodyMs)
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      pieces.push(piece)
      size += piece.length
      if (size > MAX_ANSWER_BYTES) {
        cut = true
        break
      }
    }
  } catch {
    cut = true
  } finally {
    clearTimeout(slow)
    response.destroy()
  }
  const text = Buffer.concat(pieces).subarray(0, MAX_ANSWER_BYTES).toString()
  return { status: response.statusCode ?? 0, headers: response.headers, text, cut }
}
