import { AsyncLocalStorage } from 'node:async_hooks'
import type { Severity } from '../levels.ts'
import { Batches } from './batches.ts'
import { type Delivery, type Entry, messageOf, type Outlet, type RetryReason } from './delivery.ts'
import { LineQueue } from './line-queue.ts'
import { rankOf } from './severities.ts'
import type { Spool } from './spool.ts'

export type DropReason = 'full' | 'too_long' | 'rejected' | 'stopped' | 'corrupt'

/** In lines. What was queued has been sent, was dropped or waits. */
export interface SinkStats {
  /** Those found on disk included. */
  readonly queued: number
  readonly sent: number
  readonly dropped: Readonly<Record<DropReason, number>>
  /** Sendings that failed and are repeated. */
  readonly retried: Readonly<Record<RetryReason, number>>
  readonly waiting: number
  /** Of what is held in memory. */
  readonly bytes: number
  /** Of what is held on disk. */
  readonly spooledBytes: number
}

/** Where lines go on their way out. No method throws or rejects. */
export interface LineSink {
  readonly name: string
  write(line: string, level: Severity): void
  /** Settles when what waits now has been sent or dropped, or time is up. */
  flush(deadlineMs: number): Promise<void>
  /** Writes what waits to a file or the spool before it returns, for a process that may end at once; nothing for others. */
  flushSync(): void
  /** Sends what it can within the time, and drops the rest; what is spooled stays on disk. */
  stop(deadlineMs: number): Promise<void>
  /** Opens a file anew; nothing for others. */
  reopen(): void
  readonly stats: SinkStats
}

export interface ShipperOptions {
  readonly name: string
  readonly outlet: Outlet
  readonly spool?: Spool | undefined
  /** ms since the epoch. */
  readonly now: () => number
  /** From 0 to 1: services that failed together shall not come back together. */
  readonly random: () => number
  /** A text that no other process has. */
  readonly origin: string
  /** The least severe level that is shipped. */
  readonly level: Severity
  readonly maxLines: number
  readonly maxBytes: number
  readonly maxLineBytes: number
  readonly batchLines: number
  readonly batchBytes: number
  /** How long a line waits for others. */
  readonly delayMs: number
  readonly backoffMs: number
  readonly maxBackoffMs: number
  /** Told when lines no longer get through or are refused, and (without a detail) when they do again. */
  readonly onState: (detail: string | undefined) => void
}

/** A pause while lines are being flushed is not longer. */
const FLUSH_PAUSE_MS = 200
/** A server that asks for more does not get it. */
const MAX_RETRY_AFTER_MS = 300_000

/** The queue of a sink: what is written waits in bounded memory, is sent in batches and again until it is taken or there is no room. */
export class Shipper implements LineSink {
  readonly name: string
  readonly #options: ShipperOptions
  readonly #queue: LineQueue
  readonly #batches: Batches
  readonly #abort = new AbortController()
  /** Runs what is sent in nobody's request. */
  readonly #outside = AsyncLocalStorage.snapshot()
  readonly #least: number
  readonly #dropped: Record<Exclude<DropReason, 'corrupt'>, number> = { full: 0, too_long: 0, rejected: 0, stopped: 0 }
  readonly #retried: Record<RetryReason, number> = { throttled: 0, server: 0, network: 0, io: 0 }
  #batchBytes: number
  #queued: number
  #sent = 0
  #number = 0
  #timer: NodeJS.Timeout | undefined
  #draining: Promise<void> | undefined
  #wake: (() => void) | undefined
  #flushing = 0
  #stopping: Promise<void> | undefined
  #failing = false
  #closed = false

  constructor(options: ShipperOptions) {
    this.#options = options
    this.name = options.name
    this.#least = rankOf(options.level)
    // A spool takes them at once.
    this.#queue = new LineQueue({ ...options, unpacked: options.spool === undefined ? 0 : Infinity })
    this.#batchBytes = options.batchBytes
    this.#batches = new Batches(this.#queue, options.spool)
    this.#queued = options.spool?.lines ?? 0
    if (this.#queued > 0) this.#start()
  }

  write(line: string, level: Severity): void {
    if (rankOf(level) < this.#least) return
    this.#queued++
    if (this.#stopping !== undefined) {
      this.#dropped.stopped++
      return
    }
    const text = oneLine(line)
    const bytes = Buffer.byteLength(text)
    if (bytes > this.#options.maxLineBytes) {
      this.#dropped.too_long++
      return
    }
    const { origin, now, batchLines, delayMs } = this.#options
    this.#dropped.full += this.#queue.push({ line: text, level, at: now(), origin, number: this.#number++, bytes })
    this.#batches.wrote()
    if (this.#draining !== undefined) return
    if (this.#queue.waiting >= batchLines) this.#start()
    else this.#timer ??= this.#outside(() => setTimeout(() => this.#start(), delayMs).unref())
  }

  async flush(deadlineMs: number): Promise<void> {
    this.#flushing++
    this.#start()
    this.#wake?.()
    await within(deadlineMs, this.#draining ?? Promise.resolve())
    this.#flushing--
  }

  flushSync(): void {
    if (this.#closed) return
    const { sent, dropped } = this.#batches.flushSync(this.#options.outlet)
    this.#sent += sent
    this.#dropped.full += dropped
  }

  stop(deadlineMs: number): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs)
    return this.#stopping
  }

  reopen(): void {
    this.#options.outlet.reopen?.()
  }

  get stats(): SinkStats {
    const { full, too_long, rejected, stopped } = this.#dropped
    const corrupt = this.#options.spool?.corrupt ?? 0
    return {
      queued: this.#queued,
      sent: this.#sent,
      dropped: { full, too_long, rejected, stopped, corrupt },
      retried: { ...this.#retried },
      waiting: this.#queued - this.#sent - full - too_long - rejected - stopped - corrupt,
      bytes: this.#queue.bytes,
      spooledBytes: this.#options.spool?.bytes ?? 0,
    }
  }

  async #stop(deadlineMs: number): Promise<void> {
    await this.flush(deadlineMs)
    this.#abort.abort()
    this.#wake?.()
    // Who can be interrupted has a moment to say so.
    await within(FLUSH_PAUSE_MS, this.#draining ?? Promise.resolve())
    this.#closed = true
    try {
      await this.#batches.close()
      await this.#options.outlet.close()
    } catch {
      // What cannot be closed is given up with the process.
    }
    // What is on disk is for the next process.
    this.#dropped.stopped += this.#options.spool === undefined ? this.stats.waiting : this.#queue.lines
    this.#queue.clear()
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#draining ??= this.#outside(() =>
      this.#drain()
        .catch((error: unknown) => this.#tell(messageOf(error)))
        .finally(() => {
          this.#draining = undefined
          // What was written between the last look and now.
          if (this.#batches.any && this.#stopping === undefined) {
            this.#timer ??= setTimeout(() => this.#start(), this.#options.delayMs).unref()
          }
        }),
    )
  }

  async #drain(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const batch = await this.#batches.next(this.#options.batchLines, this.#batchBytes)
      if (batch === undefined) return
      if (await this.#deliver(batch.entries)) await batch.done()
      else return
    }
  }

  /** Whether each entry was taken or dropped; if not, time is up. */
  async #deliver(batch: readonly Entry[]): Promise<boolean> {
    let left = batch
    for (let attempt = 1; ; attempt++) {
      const delivery = await this.#attempt(left)
      switch (delivery.kind) {
        case 'taken':
          this.#sent += left.length
          this.#tell(undefined)
          return true
        case 'refused':
          return this.#reject(left, delivery.detail)
        case 'too_large':
          return this.#split(left, delivery.detail)
        case 'partly': {
          const { again, reason, rejected, tooLong = 0, detail } = delivery
          this.#sent += left.length - again.length - rejected - tooLong
          this.#dropped.rejected += rejected
          this.#dropped.too_long += tooLong
          this.#tell(detail)
          if (again.length === 0) return true
          left = again
          this.#retried[reason] += left.length
          break
        }
        case 'later':
          if (attempt >= (delivery.attempts ?? Infinity)) return this.#reject(left, delivery.detail)
          if (this.#abort.signal.aborted) return false
          this.#retried[delivery.reason] += left.length
          this.#tell(delivery.detail)
      }
      this.#batches.wrote()
      await this.#pause(delivery.afterMs ?? this.#backoff(attempt))
      if (this.#abort.signal.aborted) return false
    }
  }

  async #attempt(entries: readonly Entry[]): Promise<Delivery> {
    try {
      return await this.#options.outlet.deliver(entries, this.#abort.signal)
    } catch (error) {
      return { kind: 'refused', detail: `a batch that cannot be encoded: ${messageOf(error)}` }
    }
  }

  #reject(entries: readonly Entry[], detail: string): true {
    this.#dropped.rejected += entries.length
    this.#tell(detail)
    return true
  }

  async #split(entries: readonly Entry[], detail: string): Promise<boolean> {
    if (entries.length === 1) {
      this.#dropped.too_long++
      this.#tell(detail)
      return true
    }
    const middle = Math.ceil(entries.length / 2)
    const halves = [entries.slice(0, middle), entries.slice(middle)] as const
    this.#batchBytes = Math.max(1, Math.min(this.#batchBytes, sizeOf(halves[0])))
    return (await this.#deliver(halves[0])) && (await this.#deliver(halves[1]))
  }

  #backoff(attempt: number): number {
    const { backoffMs, maxBackoffMs, random } = this.#options
    return Math.min(maxBackoffMs, backoffMs * 2 ** (attempt - 1)) * (0.5 + random() / 2)
  }

  /** Ends early when lines are flushed. */
  async #pause(ms: number): Promise<void> {
    const longest = this.#flushing > 0 ? FLUSH_PAUSE_MS : MAX_RETRY_AFTER_MS
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, longest)).unref()
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }

  #tell(detail: string | undefined): void {
    if (detail === undefined && !this.#failing) return
    this.#failing = detail !== undefined
    try {
      this.#options.onState(detail)
    } catch {
      // Who is told of problems has one: there is nobody left to tell.
    }
  }
}

function oneLine(line: string): string {
  const text = line.endsWith('\n') ? line.slice(0, -1) : line
  return text.includes('\n') ? text.replaceAll(/\r?\n/g, ' ') : text
}

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Keeps the process until the work is done or time is up. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1))
  })
  await Promise.race([work, deadline])
  clearTimeout(timer)
}
