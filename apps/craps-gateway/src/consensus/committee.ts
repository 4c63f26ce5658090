import { readValidators } from './certificate.ts'
import type { Validators } from './certificate.ts'
import { ShapeError } from './shape.ts'

export interface Seat {
  readonly name: string
  readonly url: string
  /** 32 bytes in base64. */
  readonly publicKey: string
}

export type Stage = 'commit' | 'reveal' | 'propose'

export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unreachable'; readonly detail: string }

export interface CommitteeOptions {
  readonly seats: readonly Seat[]
  readonly fetch: typeof globalThis.fetch
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Sent as a bearer token when the validators ask for one. */
  readonly token?: string
  /** A request without an answer for so long has failed (1 000). */
  readonly timeoutMs?: number
  /** How long a validator that has failed is left alone, doubled with each failure (200, at most 5 000). */
  readonly backOffMs?: { readonly first: number; readonly most: number }
}

interface Standing {
  url: string
  failures: number
  retryAt: number
}

/** An answer is a name and a hash or two. */
const MAX_ANSWER_BYTES = 4096
/** Why a request was given up. */
const TIMED_OUT = new Error('no answer in time')
/** Without a window and redirects fetch keeps no second copy of what is sent. */
const INIT = { method: 'POST', redirect: 'error', window: null } as const satisfies RequestInit

/** The validators as the gateway knows them: where they are, and which are worth asking now. Tables share one. */
export class Committee {
  readonly validators: Validators
  readonly #standings: ReadonlyMap<string, Standing>
  readonly #fetch: typeof globalThis.fetch
  readonly #now: () => number
  readonly #headers: Readonly<Record<string, string>>
  readonly #timeoutMs: number
  readonly #backOffMs: { readonly first: number; readonly most: number }
  /** Each of its own: Node never lets go of a signal that `AbortSignal.any` has made of one that lives on. */
  readonly #underWay = new Set<AbortController>()
  #closed = false

  constructor(options: CommitteeOptions) {
    const { seats, fetch, now, token, timeoutMs = 1000, backOffMs = { first: 200, most: 5000 } } = options
    this.validators = readValidators(Object.fromEntries(seats.map(({ name, publicKey }) => [name, publicKey])))
    if (this.validators.names.size !== seats.length) throw new RangeError('two validators bear one name')
    this.#standings = new Map(seats.map(({ name, url }) => [name, { url, failures: 0, retryAt: -Infinity }]))
    this.#fetch = fetch
    this.#now = now
    this.#headers = {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    this.#timeoutMs = timeoutMs
    this.#backOffMs = backOffMs
  }

  /** Those not left alone; everyone, when these alone cannot make a quorum. */
  available(): readonly string[] {
    const at = this.#now()
    const ready = [...this.#standings].filter(([, { retryAt }]) => retryAt <= at).map(([name]) => name)
    return ready.length >= this.validators.quorum ? ready : [...this.#standings.keys()]
  }

  /** A validator that has started anew, perhaps elsewhere: it is asked again at once. */
  relocate(name: string, url: string): void {
    const standing = this.#standings.get(name)
    if (standing === undefined) throw new RangeError(`${name} is no validator of this committee`)
    Object.assign(standing, { url, failures: 0, retryAt: -Infinity } satisfies Standing)
  }

  /** Gives up the requests under way and refuses new ones. */
  close(): void {
    this.#closed = true
    for (const request of this.#underWay) request.abort()
  }

  /** `body` is JSON; `read` throws ShapeError at an answer that is none. Never rejects for what the other side does. */
  async ask<T>(name: string, stage: Stage, body: string, read: (answer: unknown) => T): Promise<Answer<T>> {
    const standing = this.#standings.get(name)
    if (standing === undefined) throw new RangeError(`${name} is no validator of this committee`)
    if (this.#closed) return { kind: 'unreachable', detail: 'closed' }
    const { url } = standing
    const request = new AbortController()
    const timer = setTimeout(() => request.abort(TIMED_OUT), this.#timeoutMs)
    this.#underWay.add(request)
    const answer = await this.#post(`${url}/${stage}`, body, request.signal, read)
    this.#underWay.delete(request)
    clearTimeout(timer)
    // It has moved meanwhile: what happened at its old place says nothing about it.
    if (standing.url === url) this.#judge(standing, answer)
    return answer
  }

  async #post<T>(url: string, body: string, signal: AbortSignal, read: (answer: unknown) => T): Promise<Answer<T>> {
    try {
      const response = await this.#fetch(url, { ...INIT, headers: this.#headers, body, signal })
      const length = Number(response.headers.get('content-length') ?? NaN)
      if (!(length <= MAX_ANSWER_BYTES)) {
        await response.body?.cancel()
        return { kind: 'rejected', reason: 'bad-answer' }
      }
      const answer: unknown = await response.json()
      if (response.ok) return { kind: 'ok', value: read(answer) }
      // 503 is a validator on its way out, or something in between: not a verdict on what was asked.
      if (response.status >= 500) return { kind: 'unreachable', detail: `HTTP ${response.status}` }
      return { kind: 'rejected', reason: reasonIn(answer) }
    } catch (error) {
      if (signal.reason === TIMED_OUT) return { kind: 'timeout' }
      if (error instanceof ShapeError || error instanceof SyntaxError) return { kind: 'rejected', reason: 'bad-answer' }
      return { kind: 'unreachable', detail: causeOf(error) }
    }
  }

  #judge(standing: Standing, answer: Answer<unknown>): void {
    if (answer.kind === 'ok' || answer.kind === 'rejected') {
      standing.failures = 0
      standing.retryAt = -Infinity
      return
    }
    const { first, most } = this.#backOffMs
    standing.retryAt = this.#now() + Math.min(first * 2 ** standing.failures, most)
    standing.failures++
  }
}

/** Reasons become labels and log fields: only a short plain word passes. */
function reasonIn(answer: unknown): string {
  const reason: unknown =
    typeof answer === 'object' && answer !== null && 'reason' in answer ? answer.reason : undefined
  return typeof reason === 'string' && /^[a-z-]{1,32}$/.test(reason) ? reason : 'bad-answer'
}

/** fetch says "fetch failed" and keeps the reason in its cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
