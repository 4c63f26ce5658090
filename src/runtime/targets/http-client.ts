import { readFile } from 'node:fs/promises'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp, STATUS_CODES } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { suppressInstrumentation } from '../../tracing/index.ts'
import type { HttpClientConfig, Secret } from './config/http-client-config.ts'

export interface Asked {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Of the body, unpacked: as many are too many. */
  readonly maxBytes: number
  /** Ends it early. */
  readonly signal: AbortSignal
}

export type Answer =
  | {
      readonly ok: true
      readonly contentType: string | undefined
      readonly body: Uint8Array
    }
  | { readonly ok: false; readonly reason: AnswerFault; readonly detail: string }

export type AnswerFault = 'network' | 'timeout' | 'status' | 'too-big' | 'secret'

const MAX_REDIRECTS = 10
const MAX_FREE_SOCKETS = 8
const REDIRECTS = new Set([301, 302, 303, 307, 308])

interface Sent {
  readonly method: string
  readonly headers: Record<string, string | string[]>
  readonly signal: AbortSignal | undefined
  readonly body?: Uint8Array | undefined
}

/** Of what is said to something that was sent. */
const MAX_ANSWER_BYTES = 64 * 1024

class Refused extends Error {
  readonly reason: AnswerFault

  constructor(reason: AnswerFault, message: string) {
    super(message)
    this.reason = reason
  }
}

/** Gets pages from one job's targets, over connections that are kept. */
export class HttpClient {
  readonly #config: HttpClientConfig
  readonly #plain = new HttpAgent({ keepAlive: true, maxFreeSockets: MAX_FREE_SOCKETS })
  #secure: { readonly material: string; readonly agent: HttpsAgent } | undefined

  constructor(config: HttpClientConfig) {
    this.#config = config
  }

  async get(asked: Asked): Promise<Answer> {
    // Timer and signal end with the request: those of the platform would live on.
    const attempt = new AbortController()
    const stop = (): void => attempt.abort()
    let late = false
    const timer = setTimeout(() => {
      late = true
      stop()
    }, asked.timeoutMs)
    asked.signal.addEventListener('abort', stop)
    if (asked.signal.aborted) stop()
    try {
      return await this.#follow({ ...asked, signal: attempt.signal })
    } catch (error) {
      if (error instanceof Refused) return { ok: false, reason: error.reason, detail: error.message }
      if (late) return { ok: false, reason: 'timeout', detail: `Get "${asked.url}": context deadline exceeded` }
      return { ok: false, reason: 'network', detail: `Get "${asked.url}": ${explain(error, asked.url)}` }
    } finally {
      clearTimeout(timer)
      asked.signal.removeEventListener('abort', stop)
    }
  }

  /** As `fetch`, for what is sent: with the credentials, certificates and headers of the configuration, and no redirects. */
  readonly fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const headers = { ...Object.fromEntries(new Headers(init.headers)), ...(await this.#secretHeaders()) }
    const { method = 'GET', body, signal } = init
    const url = input instanceof Request ? input.url : String(input)
    const response = await this.#send(url, { method, headers, signal: signal ?? undefined, body: bytesOf(body) })
    const pieces: Buffer[] = []
    let size = 0
    for await (const piece of response as AsyncIterable<Buffer>) {
      if (size < MAX_ANSWER_BYTES) pieces.push(piece)
      size += piece.length
    }
    const told = Object.entries(response.headersDistinct).map(([name, values = []]): [string, string] => [
      name,
      values.join(),
    ])
    const status = response.statusCode ?? 0
    const hasBody = size > 0 && status !== 204 && status !== 304
    return new Response(hasBody ? Buffer.concat(pieces) : null, { status, headers: told })
  }

  /** Closes what is open. */
  close(): void {
    this.#plain.destroy()
    this.#secure?.agent.destroy()
  }

  async #follow(asked: Asked): Promise<Answer> {
    const secret = await this.#secretHeaders()
    const home = hostOf(asked.url)
    let url = asked.url
    for (let hops = 0; ; hops++) {
      // What a target is told in confidence, no other host is told.
      const headers = { ...asked.headers, ...(hostOf(url) === home ? secret : {}) }
      const response = await this.#send(url, { method: 'GET', headers, signal: asked.signal })
      const status = response.statusCode ?? 0
      const { location } = response.headers
      if (!this.#config.followRedirects || !REDIRECTS.has(status) || location === undefined) {
        if (status === 200) return await read(response, asked)
        response.destroy()
        throw new Refused('status', `server returned HTTP status ${status} ${STATUS_CODES[status] ?? ''}`.trim())
      }
      response.destroy()
      if (hops === MAX_REDIRECTS) throw new Refused('network', `Get "${url}": stopped after ${MAX_REDIRECTS} redirects`)
      url = new URL(location, url).href
    }
  }

  async #send(url: string, { method, headers, signal, body }: Sent): Promise<IncomingMessage> {
    const place = new URL(url)
    // The path as it was spelt, not as URL would have it.
    const path = url.slice(url.indexOf('://') + 3).replace(/^[^/?#]*/, '') || '/'
    const agent = place.protocol === 'https:' ? await this.#secureAgent() : this.#plain
    const options = {
      agent,
      method,
      headers: body === undefined ? headers : { ...headers, 'content-length': body.length },
      host: place.hostname.replace(/^\[|\]$/g, ''),
      port: place.port,
      path: path.startsWith('/') ? path : `/${path}`,
      ...(signal === undefined ? {} : { signal }),
    }
    for (let attempt = 0; ; attempt++) {
      const request = suppressInstrumentation(() =>
        place.protocol === 'https:' ? requestHttps(options) : requestHttp(options),
      )
      try {
        return await new Promise<IncomingMessage>((resolve, reject) => {
          request.once('response', resolve).once('error', reject).end(body)
        })
      } catch (error) {
        // The target closed a kept connection just when it was to be used again.
        if (attempt > 0 || !request.reusedSocket || signal?.aborted === true) throw error
      }
    }
  }

  async #secureAgent(): Promise<HttpsAgent> {
    const { ca, cert, key, serverName, insecureSkipVerify, minVersion, maxVersion } = this.#config.tls
    const texts = await Promise.all([ca, cert, key].map((each) => materialOf(each)))
    const material = JSON.stringify(texts)
    if (this.#secure?.material === material) return this.#secure.agent
    this.#secure?.agent.destroy()
    const [caText, certText, keyText] = texts
    const agent = new HttpsAgent({
      keepAlive: true,
      maxFreeSockets: MAX_FREE_SOCKETS,
      rejectUnauthorized: !insecureSkipVerify,
      ...(caText === undefined ? {} : { ca: caText }),
      ...(certText === undefined ? {} : { cert: certText }),
      ...(keyText === undefined ? {} : { key: keyText }),
      ...(serverName === '' ? {} : { servername: serverName }),
      ...(minVersion === undefined ? {} : { minVersion }),
      ...(maxVersion === undefined ? {} : { maxVersion }),
    })
    this.#secure = { material, agent }
    return agent
  }

  async #secretHeaders(): Promise<Record<string, string | string[]>> {
    const { auth, headers } = this.#config
    const all: Record<string, string | string[]> = {}
    for (const [name, value] of headers) {
      const before = all[name] ?? []
      all[name] = [...(typeof before === 'string' ? [before] : before), await textOf(value)]
    }
    if (auth.kind === 'basic') {
      const pair = `${await textOf(auth.user)}:${await textOf(auth.password)}`
      all['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`
    }
    if (auth.kind === 'authorization') all['authorization'] = `${auth.type} ${await textOf(auth.credentials)}`
    return all
  }
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (body === undefined || body === null) return undefined
  if (body instanceof Uint8Array) return body
  throw new TypeError('only bytes can be sent')
}

async function materialOf(secret: Secret | undefined): Promise<string | undefined> {
  return secret && textOf(secret, false)
}

async function textOf(secret: Secret, trim = true): Promise<string> {
  if (secret.kind === 'given') return secret.text
  try {
    const text = await readFile(secret.path, 'utf8')
    return trim ? text.trim() : text
  } catch (error) {
    throw new Refused(
      'secret',
      `unable to read file ${secret.path}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ''
}

async function read(response: IncomingMessage, { maxBytes }: Asked): Promise<Answer> {
  const tooBig = new Refused('too-big', 'body size limit exceeded')
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length
    if (size >= maxBytes) throw tooBig
    pieces.push(piece)
  }
  const packed = Buffer.concat(pieces)
  const contentType = response.headers['content-type']
  if (response.headers['content-encoding'] !== 'gzip') return { ok: true, contentType, body: packed }
  try {
    return { ok: true, contentType, body: await promisify(gunzip)(packed, { maxOutputLength: maxBytes - 1 }) }
  } catch (error) {
    if (error instanceof RangeError) throw tooBig
    throw new Refused('network', `gzip: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** In the words that a Prometheus has for it. */
function explain(error: unknown, url: string): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  const { hostname, host } = URL.canParse(url) ? new URL(url) : { hostname: url, host: url }
  switch (code) {
    case 'ECONNREFUSED':
      return `dial tcp ${host}: connect: connection refused`
    case 'ENOTFOUND':
      return `dial tcp: lookup ${hostname}: no such host`
    case 'ECONNRESET':
      return error.message === 'socket hang up' || error.message === 'aborted'
        ? 'EOF'
        : 'read: connection reset by peer'
    default:
      return error.message === '' && typeof code === 'string' ? code : error.message
  }
}
