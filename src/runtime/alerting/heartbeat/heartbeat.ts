import type { Logger } from '../../../logging/index.ts'
import type { LabelledCounter, Registry } from '../../../metrics/index.ts'
import { ownFetch } from '../../own-fetch.ts'

export type HeartbeatMethod = 'GET' | 'HEAD' | 'POST' | 'PUT'

/** Who is to raise the alarm when nothing more comes. */
export interface HeartbeatTarget {
  /** It says which check is meant, and is never shown. */
  readonly url: string
  readonly intervalMs?: number | undefined
  readonly method?: HeartbeatMethod | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Of POST and PUT; default: who it is from, as JSON. */
  readonly body?: string | undefined
}

export interface HeartbeatOptions {
  readonly target: HeartbeatTarget
  readonly service: string
  readonly metrics: Registry
  readonly log: Logger
  /** Ms since the epoch. */
  readonly now: () => number
  /** What is wrong with the evaluation of rules or the way of alerts, if anything: then nothing is sent. */
  readonly fault: (at: number) => Promise<string | undefined>
}

const DEFAULT_INTERVAL_MS = 60_000
const TIMEOUT_MS = 10_000
/** Of {@link HeartbeatOptions.fault}. */
const PROOF_MS = 10_000
const FIRST_RETRY_MS = 1000
/** How soon it is looked again after something was wrong. */
const LOOK_AGAIN_MS = 5000

/** Tells somebody outside, again and again, that rules are evaluated and alerts find their way: an alarm that goes off when nothing comes. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #count: LabelledCounter<'outcome'>
  #nextAt = -Infinity
  #sentAt = 0
  #failures = 0
  #withheld: string | undefined
  #running: Promise<void> | undefined
  readonly #ended = new AbortController()

  constructor(options: HeartbeatOptions) {
    const { metrics } = options
    this.#options = options
    this.#count = metrics.counter({
      name: 'boxman_alerting_heartbeats_total',
      help: 'Heartbeats that were due: sent, failed and tried again, or withheld since something was wrong here.',
      labelNames: ['outcome'],
    })
    for (const outcome of ['sent', 'failed', 'withheld']) this.#count.labels({ outcome })
    metrics.gauge({
      name: 'boxman_alerting_heartbeat_last_sent_timestamp_seconds',
      help: 'When the last heartbeat was taken; 0: none was.',
      collect: (gauge) => gauge.set(this.#sentAt / 1000),
    })
  }

  get #intervalMs(): number {
    return this.#options.target.intervalMs ?? DEFAULT_INTERVAL_MS
  }

  /** To be called every second or so; neither waits nor throws. */
  step(at: number): void {
    // A clock that was set back counts from there.
    if (this.#nextAt > at + this.#intervalMs) this.#nextAt = at
    if (at < this.#nextAt || this.#running !== undefined || this.#ended.signal.aborted) return
    this.#running = this.#beat(at).finally(() => {
      this.#running = undefined
    })
  }

  /** When what was begun is over. */
  async settled(): Promise<void> {
    await this.#running
  }

  async stop(): Promise<void> {
    this.#ended.abort()
    await this.#running
  }

  async #beat(at: number): Promise<void> {
    const { log } = this.#options
    const fault = await this.#fault(at)
    if (this.#ended.signal.aborted) return
    if (fault !== undefined) {
      this.#count.inc({ outcome: 'withheld' })
      if (this.#withheld === undefined) log.error({ reason: fault }, 'The heartbeat of alerting is withheld')
      this.#withheld = fault
      this.#nextAt = at + Math.min(LOOK_AGAIN_MS, this.#intervalMs)
      return
    }
    if (this.#withheld !== undefined) log.info('The heartbeat of alerting goes on')
    this.#withheld = undefined
    const failed = await this.#send(at)
    if (this.#ended.signal.aborted) return
    if (failed === undefined) {
      this.#count.inc({ outcome: 'sent' })
      if (this.#failures > 0) log.info('The heartbeat of alerting gets through again')
      this.#failures = 0
      this.#sentAt = this.#options.now()
      this.#nextAt = at + this.#intervalMs
      return
    }
    this.#count.inc({ outcome: 'failed' })
    if (this.#failures === 0) log.warn({ reason: failed }, 'The heartbeat of alerting does not get through')
    this.#nextAt = at + Math.min(FIRST_RETRY_MS * 2 ** this.#failures, this.#intervalMs)
    this.#failures++
  }

  async #fault(at: number): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`whether alerting works could not be found out within ${PROOF_MS} ms`), PROOF_MS)
      timer.unref()
    })
    try {
      return await Promise.race([this.#options.fault(at), late])
    } catch (error) {
      return messageOf(error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Why it did not get through. */
  async #send(at: number): Promise<string | undefined> {
    const { target, service } = this.#options
    const { url, method = 'POST', headers = {} } = target
    const hasBody = method === 'POST' || method === 'PUT'
    const body = target.body ?? JSON.stringify({ service, status: 'alive', at: new Date(at).toISOString() })
    const type = target.body === undefined ? { 'content-type': 'application/json' } : {}
    const attempt = new AbortController()
    const stop = (): void => attempt.abort()
    const timer = setTimeout(stop, TIMEOUT_MS)
    timer.unref()
    this.#ended.signal.addEventListener('abort', stop, { once: true })
    try {
      const response = await ownFetch(url, {
        method,
        headers: { 'user-agent': 'boxman', ...(hasBody ? type : {}), ...headers },
        ...(hasBody ? { body } : {}),
        redirect: 'manual',
        signal: attempt.signal,
      })
      await response.body?.cancel()
      return response.ok ? undefined : `HTTP ${response.status}`
    } catch (error) {
      return attempt.signal.aborted ? `no answer within ${TIMEOUT_MS} ms` : messageOf(error)
    } finally {
      clearTimeout(timer)
      this.#ended.signal.removeEventListener('abort', stop)
    }
  }
}

/** Of `fetch` the cause says it. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}
