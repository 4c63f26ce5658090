import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { LabelSet } from '../../src/series/index.ts'
import { portOf } from './port-of.ts'

/** What a receiver does with a request. The first ones take it; those that do not answer do so until their time, in ms, is over. */
const FAULTS = {
  none: { taken: true, status: 200 },
  /** It has it, and the answer is lost. */
  lost: { taken: true, status: 'reset' },
  failed: { taken: true, status: 500 },
  slow: { taken: true, status: 200, afterMs: 8000 },
  /** Later than anybody waits. */
  late: { taken: true, status: 200, afterMs: 40_000 },
  silent: { taken: true, status: 'reset', afterMs: 40_000 },
  'slow-body': { taken: true, status: 200, bodyMs: 2000 },
  'half-body': { taken: true, status: 200, bodyMs: 0 },
  reset: { taken: false, status: 'reset' },
  deaf: { taken: false, status: 'reset', afterMs: 40_000 },
  unavailable: { taken: false, status: 503 },
  throttled: { taken: false, status: 429, retryAfter: 3 },
  'throttled-long': { taken: false, status: 503, retryAfter: 25 },
  refused: { taken: false, status: 400 },
  missing: { taken: false, status: 404 },
  gone: { taken: false, status: 410 },
} as const satisfies Record<string, Behaviour>

interface Behaviour {
  readonly taken: boolean
  readonly status: number | 'reset'
  readonly afterMs?: number
  /** The head comes at once, the end of the body so much later; 0: the connection breaks before it. */
  readonly bodyMs?: number
  readonly retryAfter?: number
}

export type FaultKind = keyof typeof FAULTS

export const behaviourOf = (kind: FaultKind): Behaviour => FAULTS[kind]

export interface TakenAlert {
  readonly fingerprint: string
  readonly status: 'firing' | 'resolved'
  readonly labels: LabelSet
  readonly startsAt: number
  readonly endsAt: number | undefined
}

/** One request that came. */
export interface Attempt {
  readonly at: number
  /** Of which process. */
  readonly epoch: number
  /** Where it came in: the name of a receiver. */
  readonly integration: string
  /** How often its id has come, this time included. */
  readonly attempt: number
  readonly fault: FaultKind
  readonly taken: boolean
  /** When the answer that says so was on its way. */
  answeredAt: number | undefined
  /** The process that sent it has come to know that it was taken, and is known to have had time to write it down. */
  isKnown: boolean
  readonly notification: {
    readonly id: string
    readonly reason: string
    readonly status: 'firing' | 'resolved'
    readonly groupKey: string
    readonly groupLabels: LabelSet
    readonly alerts: readonly TakenAlert[]
  }
}

interface Held {
  readonly dueAt: number
  readonly finish: () => void
  readonly response: ServerResponse
}

export interface FaultyReceiverOptions {
  readonly now: () => number
  readonly faultOf: () => FaultKind
  /** How much of their times faults take, where time is dear. Default 1. */
  readonly scale?: number
  /** Before anything is answered. */
  readonly onAttempt?: (attempt: Attempt) => void
}

/** A receiver of webhooks under `URL/EPOCH/NAME`, which is as faulty as it is told, by a clock that is an argument. */
export class FaultyReceiver {
  readonly attempts: Attempt[] = []
  /** Only requests of this process are heard. */
  epoch = 0
  url = ''
  readonly #options: FaultyReceiverOptions
  readonly #server: Server = createServer()
  readonly #times = new Map<string, number>()
  #held: Held[] = []
  /** Answered, and not yet known to be known. */
  #answered: Attempt[] = []

  constructor(options: FaultyReceiverOptions) {
    this.#options = options
    this.#server.on('request', (request, response) => void this.#take(request, response))
  }

  async open(): Promise<void> {
    await this.#listen(0)
    this.url = `http://127.0.0.1:${portOf(this.#server)}`
  }

  /** Refuses connections for so long, in real time. */
  async refuse(ms: number): Promise<void> {
    const port = portOf(this.#server)
    this.#server.close()
    await sleep(ms)
    await this.#listen(port)
  }

  async #listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  /** Requests that wait for their time. */
  get held(): number {
    return this.#held.filter(({ response }) => isOpen(response)).length
  }

  /** Answers what has waited for long enough. Whether there was any. */
  release(): boolean {
    const at = this.#options.now()
    const due = this.#held.filter(({ dueAt }) => dueAt <= at)
    if (due.length === 0) return false
    this.#held = this.#held.filter(({ dueAt }) => dueAt > at)
    for (const { finish } of due) finish()
    return true
  }

  /** The sender has heard all that was answered. */
  allHeard(): void {
    for (const attempt of this.#answered) attempt.isKnown = true
    this.#answered = []
  }

  /** A process is killed: its connections break. */
  nextEpoch(): void {
    this.epoch++
    this.#answered = []
    for (const { response } of this.#held) response.destroy()
    this.#held = []
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, epoch = '', integration = ''] = (request.url ?? '').split('/')
    response.on('error', () => undefined)
    const pieces: Buffer[] = []
    try {
      for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece)
    } catch {
      return
    }
    if (Number(epoch) !== this.epoch) {
      request.socket.resetAndDestroy()
      return
    }
    const { now, faultOf, onAttempt } = this.#options
    const fault = faultOf()
    const behaviour = behaviourOf(fault)
    const notification = read(Buffer.concat(pieces).toString())
    if (notification.id !== request.headers['webhook-id']) throw new Error('the header names another message')
    const times = (this.#times.get(notification.id) ?? 0) + 1
    this.#times.set(notification.id, times)
    const attempt: Attempt = {
      at: now(),
      epoch: this.epoch,
      integration,
      attempt: times,
      fault,
      taken: behaviour.taken,
      answeredAt: undefined,
      isKnown: false,
      notification,
    }
    this.attempts.push(attempt)
    onAttempt?.(attempt)
    if (Number(epoch) !== this.epoch) request.socket.resetAndDestroy()
    else this.#answer(response, attempt, behaviour)
  }

  #answer(response: ServerResponse, attempt: Attempt, { status, afterMs, bodyMs, retryAfter, taken }: Behaviour): void {
    const { now, scale = 1 } = this.#options
    const dueAt = (ms: number): number => now() + ms * scale
    const knows = (): void => {
      if (!taken || status !== 200 || !isOpen(response)) return
      attempt.answeredAt = this.#options.now()
      this.#answered.push(attempt)
    }
    const finish = (): void => {
      if (status === 'reset') {
        response.socket?.resetAndDestroy()
        return
      }
      response.writeHead(
        status,
        retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter * scale)) },
      )
      if (bodyMs === undefined || bodyMs === 0) knows()
      if (bodyMs === undefined) {
        response.end('{}')
        return
      }
      response.write('{')
      const end = (): void => {
        knows()
        response.end('}')
      }
      if (bodyMs === 0) setImmediate(() => response.socket?.resetAndDestroy())
      else this.#held.push({ dueAt: dueAt(bodyMs), response, finish: end })
    }
    if (afterMs === undefined) finish()
    else this.#held.push({ dueAt: dueAt(afterMs), response, finish })
  }
}

function isOpen({ closed, socket }: ServerResponse): boolean {
  return !closed && socket?.destroyed === false
}

interface Body {
  readonly status: 'firing' | 'resolved'
  readonly groupKey: string
  readonly groupLabels: Readonly<Record<string, string>>
  readonly alerts: readonly {
    readonly fingerprint: string
    readonly status: 'firing' | 'resolved'
    readonly labels: Readonly<Record<string, string>>
    readonly startsAt: string
    readonly endsAt: string
  }[]
  readonly boxman: { readonly id: string; readonly reason: string }
}

function read(text: string): Attempt['notification'] {
  const { status, groupKey, groupLabels, alerts, boxman } = JSON.parse(text) as Body
  return {
    ...boxman,
    status,
    groupKey,
    groupLabels: LabelSet.of(groupLabels),
    alerts: alerts.map((each) => ({
      ...each,
      labels: LabelSet.of(each.labels),
      startsAt: Date.parse(each.startsAt),
      endsAt: each.status === 'firing' ? undefined : Date.parse(each.endsAt),
    })),
  }
}
