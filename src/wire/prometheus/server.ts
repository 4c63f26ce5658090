import { QueryableError } from '../../series/index.ts'
import { readBounded } from './read-bounded.ts'

export interface ServerOptions {
  /** Before `/api/v1/`, such as `http://127.0.0.1:9090` or `https://mimir/prometheus`. */
  readonly url: string
  /** Sent with every request: `authorization`, `x-scope-orgid`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Of a request, its answer included; default 120 000. */
  readonly timeoutMs?: number | (() => number)
  /** Of an answer; default 256 MiB. */
  readonly maxBytes?: number
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch
}

/** Why a server did not answer: its own kinds of errors, and `unavailable` where it could not be reached or understood. */
export type ServerErrorKind =
  | 'bad_data'
  | 'execution'
  | 'timeout'
  | 'canceled'
  | 'internal'
  | 'not_found'
  | 'unavailable'

export class ServerError extends QueryableError {
  override readonly name = 'ServerError'
  readonly kind: ServerErrorKind

  constructor(kind: ServerErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

export interface Answer {
  readonly data: unknown
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

type Params = Readonly<Record<string, string | readonly string[] | undefined>>

interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | URLSearchParams
  readonly signal?: AbortSignal | undefined
}

const KINDS: Readonly<Record<string, ServerErrorKind>> = {
  bad_data: 'bad_data',
  execution: 'execution',
  timeout: 'timeout',
  canceled: 'canceled',
  internal: 'internal',
  not_found: 'not_found',
}

/** A server with Prometheus' HTTP API: Prometheus, VictoriaMetrics, Mimir, Thanos, or a Boxman. Rejects with a ServerError. */
export class PrometheusServer {
  readonly url: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #timeoutMs: () => number
  readonly #maxBytes: number
  readonly #fetch: typeof globalThis.fetch

  /** @throws RangeError for what is no address of a server. */
  constructor({ url, headers = {}, timeoutMs = 120_000, maxBytes = 256 * 2 ** 20, ...options }: ServerOptions) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined
    if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
      throw new RangeError(`${url}: expected the address of a server, such as http://127.0.0.1:9090`)
    }
    const { username, password } = parsed
    parsed.username = parsed.password = parsed.hash = parsed.search = ''
    this.url = parsed.href.replace(/\/+$/, '')
    const basic = `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`
    this.#headers = { ...(username === '' ? {} : { authorization: basic }), ...headers }
    this.#timeoutMs = typeof timeoutMs === 'number' ? () => timeoutMs : timeoutMs
    this.#maxBytes = maxBytes
    this.#fetch = options.fetch ?? globalThis.fetch
  }

  /** A form: queries are longer than an address may be. */
  async ask(path: string, params: Params, signal?: AbortSignal): Promise<Answer> {
    return this.#answer({ method: 'POST', path, body: formOf(params), signal })
  }

  /** For the paths that take no form. */
  async get(path: string, params: Params = {}, signal?: AbortSignal): Promise<Answer> {
    const query = formOf(params).toString()
    return this.#answer({ method: 'GET', path: query === '' ? path : `${path}?${query}`, signal })
  }

  /** Bytes for bytes; undefined where the server has no such path. */
  async send(
    path: string,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): Promise<Uint8Array | undefined> {
    const { response, bytes } = await this.#call({ method: 'POST', path, body, headers })
    if (response.ok) return bytes
    const text = textIn(bytes)
    // VictoriaMetrics answers 400 for a path that it does not have.
    if ([404, 405, 501].includes(response.status) || /unsupported path/i.test(text)) return undefined
    throw this.#refusal(response, bytes)
  }

  async #answer(call: Call): Promise<Answer> {
    const { response, bytes } = await this.#call(call)
    const body = bodyOf(bytes)
    if (body === undefined) throw this.#refusal(response, bytes)
    const { status, data, error, errorType, warnings, infos } = body
    if (status === 'success') return { data, warnings: textsOf(warnings), infos: textsOf(infos) }
    throw new ServerError(KINDS[String(errorType)] ?? 'internal', textOf(error, `status ${String(status)}`))
  }

  async #call({ path, signal, ...init }: Call): Promise<{ readonly response: Response; readonly bytes: Uint8Array }> {
    const timeoutMs = this.#timeoutMs()
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const response = await this.#fetch(`${this.url}${path}`, {
        method: init.method,
        headers: { accept: 'application/json', ...this.#headers, ...init.headers },
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        ...(init.body === undefined ? {} : { body: init.body }),
      })
      return { response, bytes: await readBounded(response, this.#maxBytes) }
    } catch (cause) {
      if (signal?.aborted === true) throw new ServerError('canceled', `${this.url}: the query was canceled`, { cause })
      if (timeout.aborted) throw new ServerError('timeout', `${this.url}: no answer within ${timeoutMs} ms`, { cause })
      throw new ServerError('unavailable', `${this.url}: ${reasonOf(cause)}`, { cause })
    }
  }

  #refusal({ status, statusText }: Response, bytes: Uint8Array): ServerError {
    const text = textIn(bytes)
    return new ServerError(
      'unavailable',
      `${this.url}: answered ${status} ${statusText}${text === '' ? '' : `: ${text}`}`,
    )
  }
}

function formOf(params: Params): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    for (const each of typeof value === 'string' ? [value] : (value ?? [])) form.append(name, each)
  }
  return form
}

/** The beginning of it. */
function textIn(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)).toString().trim()
}

function bodyOf(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
    return isRecord(parsed) && 'status' in parsed ? parsed : undefined
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** `fetch failed` says nothing: its cause does. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error && cause.cause.message !== '' ? cause.cause.message : cause.message
}
