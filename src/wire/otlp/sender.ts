import { AsyncLocalStorage } from 'node:async_hooks'
import { type Fetch, pack, send, type SendOptions } from './send.ts'

export interface OtlpSenderOptions<T> {
  /** The whole endpoint: `https://collector:4318/v1/traces`. */
  readonly url: string
  readonly contentType: 'application/x-protobuf' | 'application/json'
  /** One request of a batch. */
  readonly encode: (items: readonly T[]) => Uint8Array
  /** ms since the epoch. */
  readonly wallNow: () => number
  readonly headers?: Readonly<Record<string, string>>
  /** Best one that is not instrumented: an export that is traced never ends. Default: Node's own. */
  readonly fetch?: Fetch
  /** What one item counts: the spans of a trace. Default: 1. */
  readonly weigh?: (item: T) => number
  /** Of what waits; the oldest is dropped. Default: 8192. */
  readonly maxQueue?: number
  /** Of one request. Default: 512. */
  readonly maxBatch?: number
  /** How long something waits for a full batch. Default: 1000. */
  readonly delayMs?: number
  /** Of one attempt. Default: 10 000. */
  readonly timeoutMs?: number
  /** Of one batch. Default: 8. */
  readonly maxAttempts?: number
  /** Before the second attempt; doubled before each further one, up to `maxBackoffMs`. Defaults: 1000, 30 000. */
  readonly backoffMs?: number
  readonly maxBackoffMs?: number
  /** Default: true. */
  readonly gzip?: boolean
  /** From 0 to 1: services that failed together shall not come back together. */
  readonly random?: () => number
  /** Told of each batch that is given up, or taken in part. */
  readonly onProblem?: (detail: string) => void
}

/** In weights of items. */
export interface OtlpSenderStats {
  readonly queued: number
  readonly sent: number
  /** Requests that are tried once more. */
  readonly retries: number
  /** Went unsent: there was no room, or no time at the end. */
  readonly dropped: number
  /** Went unsent: the receiver would not have them, or nobody answered often enough. */
  readonly failed: number
  /** Were sent, and not taken. */
  readonly rejected: number
}

interface Entry<T> {
  readonly item: T
  readonly weight: number
}

/** What a timer can wait for. */
const LONGEST_MS = 2 ** 31 - 1

/**
 * Hands traces, logs or metrics over to an OTLP receiver: in batches, one request at a time, tried again as OTLP
 * says. Nothing that goes wrong reaches the caller; it is counted.
 */
export class OtlpSender<T> {
  readonly #options: Required<Omit<OtlpSenderOptions<T>, 'onProblem'>> & Pick<OtlpSenderOptions<T>, 'onProblem'>
  readonly #send: SendOptions
  /** Runs what is sent in nobody's request. */
  readonly #outside = AsyncLocalStorage.snapshot()
  readonly #abort = new AbortController()
  #queue: Entry<T>[] = []
  #weight = 0
  #timer: NodeJS.Timeout | undefined
  #draining: Promise<void> | undefined
  #wake: (() => void) | undefined
  #stopping = false
  #sent = 0
  #retries = 0
  #dropped = 0
  #failed = 0
  #rejected = 0
  /** Of the batch that is under way. */
  #underWay = 0

  constructor(options: OtlpSenderOptions<T>) {
    this.#options = {
      headers: {},
      fetch: globalThis.fetch,
      weigh: () => 1,
      maxQueue: 8192,
      maxBatch: 512,
      delayMs: 1000,
      timeoutMs: 10_000,
      maxAttempts: 8,
      backoffMs: 1000,
      maxBackoffMs: 30_000,
      gzip: true,
      random: Math.random,
      ...options,
    }
    for (const name of ['maxQueue', 'maxBatch', 'timeoutMs', 'maxAttempts'] as const) {
      if (!(this.#options[name] >= 1)) throw new RangeError(`${name}: ${this.#options[name]} must be at least 1`)
    }
    if (!URL.canParse(options.url) || !/^https?:/.test(options.url)) {
      throw new TypeError(`url: ${options.url} must begin with http:// or https://`)
    }
    this.#send = this.#options
  }

  /** Takes an item along. False: it is dropped, since the sender has been stopped. */
  push(item: T): boolean {
    const { maxQueue, maxBatch, delayMs } = this.#options
    const weight = this.#weigh(item)
    const entry = { item, weight }
    if (this.#stopping) {
      this.#dropped += weight
      return false
    }
    this.#queue.push(entry)
    this.#weight += weight
    while (this.#weight > maxQueue) this.#dropOldest()
    if (this.#weight >= maxBatch) this.#start()
    else if (this.#queue.length > 0)
      this.#timer ??= this.#outside(() => setTimeout(() => this.#start(), delayMs).unref())
    return true
  }

  /** Settles when everything that waits now has been sent, or given up. */
  async flush(): Promise<void> {
    this.#start()
    await this.#draining
  }

  /** Sends what waits, once, within the time; what is left then is dropped. */
  async stop(withinMs: number): Promise<void> {
    this.#stopping = true
    this.#wake?.()
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(
        () => {
          this.#abort.abort()
          // Who can be interrupted has a moment to say so.
          setImmediate(resolve)
        },
        Math.min(withinMs, LONGEST_MS),
      )
    })
    await Promise.race([this.flush(), deadline])
    clearTimeout(timer)
    while (this.#queue.length > 0) this.#dropOldest()
  }

  get stats(): OtlpSenderStats {
    return {
      queued: this.#weight + this.#underWay,
      sent: this.#sent,
      retries: this.#retries,
      dropped: this.#dropped,
      failed: this.#failed,
      rejected: this.#rejected,
    }
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#draining ??= this.#outside(() => this.#drain()).finally(() => {
      this.#draining = undefined
    })
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0 && !this.#abort.signal.aborted) {
      const batch = this.#take()
      try {
        await this.#deliver(batch)
      } catch (error) {
        this.#giveUp(`a batch that cannot be encoded: ${String(error)}`)
      }
      this.#underWay = 0
    }
  }

  /** A batch is at least one item, however much that weighs. */
  #take(): T[] {
    let count = 0
    let weight = 0
    for (const one of this.#queue) {
      if (count > 0 && weight + one.weight > this.#options.maxBatch) break
      weight += one.weight
      count++
    }
    const batch = this.#queue.slice(0, count).map(({ item }) => item)
    this.#queue = this.#queue.slice(count)
    this.#weight -= weight
    this.#underWay = weight
    return batch
  }

  async #deliver(batch: readonly T[]): Promise<void> {
    const { encode, gzip, maxAttempts } = this.#options
    const plain = encode(batch)
    const body = gzip ? await pack(plain) : plain
    for (let attempt = 1; ; attempt++) {
      const result = await send(body, gzip, this.#abort.signal, this.#send)
      if (result.ok) {
        const rejected = Math.min(this.#underWay, Math.max(0, result.partial?.rejected ?? 0))
        this.#rejected += rejected
        this.#sent += this.#underWay - rejected
        if (result.partial !== undefined) this.#tell(`${rejected} rejected: ${result.partial.message}`)
        return
      }
      if (this.#abort.signal.aborted) {
        this.#dropped += this.#underWay
        return
      }
      if (!result.retry || attempt >= maxAttempts || this.#stopping) return this.#giveUp(result.detail)
      this.#retries++
      await this.#pause(result.afterMs ?? this.#backoff(attempt))
    }
  }

  #backoff(attempt: number): number {
    const { backoffMs, maxBackoffMs, random } = this.#options
    return Math.min(maxBackoffMs, backoffMs * 2 ** (attempt - 1)) * (0.5 + random() / 2)
  }

  /** Ends early when the sender is stopped: there is one attempt left then. */
  async #pause(ms: number): Promise<void> {
    if (this.#stopping) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, LONGEST_MS)).unref()
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }

  #dropOldest(): void {
    const oldest = this.#queue.shift()
    if (oldest === undefined) throw new Error('BUG: an empty queue is too long')
    this.#weight -= oldest.weight
    this.#dropped += oldest.weight
  }

  #weigh(item: T): number {
    try {
      const weight = this.#options.weigh(item)
      return weight >= 1 ? weight : 1
    } catch {
      return 1
    }
  }

  #giveUp(detail: string): void {
    this.#failed += this.#underWay
    this.#tell(detail)
  }

  #tell(detail: string): void {
    try {
      this.#options.onProblem?.(detail)
    } catch {
      // Who is told of problems has one: there is nobody left to tell.
    }
  }
}
