import type { LabelSet } from '../../../series/index.ts'
import { retryAfterMs } from '../../../wire/index.ts'
import type { HttpClientConfig } from '../../targets/config/http-client-config.ts'
import type { RelabelRule } from '../../targets/config/relabel-rule.ts'
import { HttpClient } from '../../targets/http-client.ts'
import { type ForwardedAlert, postBody } from './forwarded-alert.ts'
import type { DropReason } from './forward-meter.ts'

/** An Alertmanager that is told of alerts. */
export interface ForwardPeerConfig {
  /** Its address, without a secret in it: it is known by it. */
  readonly name: string
  /** Where alerts are posted to. */
  readonly url: string
  /** Those of the same say the same. */
  readonly identity: string
  readonly timeoutMs: number
  readonly client: HttpClientConfig
  /** Of the alerts that this one is told of. */
  readonly relabel: readonly RelabelRule[]
}

export interface ForwardPeerHost {
  /** Ms since the epoch. */
  readonly now: () => number
  readonly onSent: (count: number) => void
  readonly onDropped: (reason: DropReason, count: number) => void
  readonly onFailed: (detail: string) => void
}

const MAX_WAITING = 10_000
const MAX_BATCH = 256
const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 30_000
const MAX_DETAIL = 300

type Verdict =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string; readonly afterMs: number | undefined }

/** One peer with a queue of its own: of each alert what is known last, the one that waits longest first. */
export class ForwardPeer {
  readonly config: ForwardPeerConfig
  readonly #host: ForwardPeerHost
  readonly #client: HttpClient
  readonly #ended = new AbortController()
  #waiting = new Map<string, ForwardedAlert>()
  /** Of them, those that are on their way. */
  #sending = 0
  #failures = 0
  #failingSince: number | undefined
  #running: Promise<void> | undefined
  #isStopping = false
  #wake: () => void = () => undefined

  constructor(config: ForwardPeerConfig, host: ForwardPeerHost) {
    this.config = config
    this.#host = host
    this.#client = new HttpClient(config.client)
  }

  get size(): number {
    return this.#waiting.size + this.#sending
  }

  /** Since when nothing gets through, ms since the epoch. */
  get failingSince(): number | undefined {
    return this.#failingSince
  }

  /** An alert under these labels; it is sent when its turn comes. */
  add(labels: LabelSet, alert: ForwardedAlert): void {
    if (this.#isStopping) return this.#host.onDropped('stopped', 1)
    // The end of one and the beginning of the next are both told, in their order.
    this.#waiting.set(`${labels.key} ${alert.startsAt}`, { ...alert, labels })
    this.#trim()
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  /** Sends what waits, for so long; never rejects. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true
    this.#wake()
    const timer = setTimeout(() => this.#ended.abort(), deadlineMs)
    await this.#running
    clearTimeout(timer)
    this.#host.onDropped('stopped', this.#waiting.size)
    this.#waiting.clear()
    this.#client.close()
  }

  #trim(): void {
    let dropped = 0
    for (const key of this.#waiting.keys()) {
      if (this.#waiting.size <= MAX_WAITING) break
      this.#waiting.delete(key)
      dropped++
    }
    this.#host.onDropped('full', dropped)
  }

  async #run(): Promise<void> {
    // Alerts that come at once go at once.
    await Promise.resolve()
    while (this.#waiting.size > 0 && !this.#ended.signal.aborted) {
      const batch = this.#take()
      if (batch.size === 0) continue
      this.#sending = batch.size
      const verdict = await this.#post([...batch.values()])
      this.#sending = 0
      if (verdict.kind === 'failed') {
        this.#putBack(batch)
        this.#host.onFailed(verdict.detail)
        // There is no time to wait at the end.
        if (this.#isStopping) return
        this.#failures++
        this.#failingSince ??= this.#host.now()
        const backoffMs = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - 1))
        await this.#pause(Math.max(verdict.afterMs ?? 0, backoffMs))
        continue
      }
      this.#failures = 0
      this.#failingSince = undefined
      if (verdict.kind === 'taken') this.#host.onSent(batch.size)
      else {
        this.#host.onFailed(verdict.detail)
        this.#host.onDropped('refused', batch.size)
      }
    }
  }

  #take(): ReadonlyMap<string, ForwardedAlert> {
    const now = this.#host.now()
    const batch = new Map<string, ForwardedAlert>()
    let expired = 0
    for (const [key, alert] of this.#waiting) {
      if (batch.size === MAX_BATCH) break
      this.#waiting.delete(key)
      // It would be taken for one that is over.
      if (!alert.resolved && alert.endsAt <= now) expired++
      else batch.set(key, alert)
    }
    this.#host.onDropped('expired', expired)
    return batch
  }

  /** What came in the meantime is newer. */
  #putBack(batch: ReadonlyMap<string, ForwardedAlert>): void {
    const since = this.#waiting
    this.#waiting = new Map(batch)
    for (const [key, alert] of since) this.#waiting.set(key, alert)
    this.#trim()
  }

  async #post(alerts: readonly ForwardedAlert[]): Promise<Verdict> {
    const attempt = new AbortController()
    const { timeoutMs, url } = this.config
    let late = false
    const stop = (): void => attempt.abort()
    const timer = setTimeout(() => {
      late = true
      stop()
    }, timeoutMs)
    this.#ended.signal.addEventListener('abort', stop, { once: true })
    try {
      const response = await this.#client.fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'boxman' },
        body: postBody(alerts),
        signal: attempt.signal,
      })
      if (response.ok) return { kind: 'taken' }
      const detail = `HTTP ${response.status} ${(await response.text()).trim().slice(0, MAX_DETAIL)}`.trim()
      const { status } = response
      // What it cannot take as it is it has taken the rest of, and will not take later.
      if (status >= 400 && status < 500 && ![401, 403, 404, 408, 429].includes(status))
        return { kind: 'refused', detail }
      const after = retryAfterMs(response.headers.get('retry-after'), this.#host.now())
      return { kind: 'failed', detail, afterMs: after === undefined ? undefined : Math.min(after, LAST_WAIT_MS) }
    } catch (error) {
      const detail = late ? `no answer within ${timeoutMs} ms` : messageOf(error)
      return { kind: 'failed', detail, afterMs: undefined }
    } finally {
      clearTimeout(timer)
      this.#ended.signal.removeEventListener('abort', stop)
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      timer.unref()
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' && 'code' in error ? String(error.code) : error.message
}
