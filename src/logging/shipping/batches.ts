import { AsyncLocalStorage } from 'node:async_hooks'
import type { Entry, Outlet } from './delivery.ts'
import type { LineQueue } from './line-queue.ts'
import type { Spool } from './spool.ts'

export interface Batch {
  readonly entries: readonly Entry[]
  /** Each of them was taken or dropped. */
  readonly done: () => Promise<void> | void
}

const APPEND_LINES = 1000
const APPEND_BYTES = 1024 * 1024
/** Until the disk is asked again, unless something has been sent before. */
const REST_MS = 1000

/** Where the next batch comes from: the queue, or the spool that the queue is emptied into. */
export class Batches {
  readonly #queue: LineQueue
  readonly #spool: Spool | undefined
  /** What the spool would not have: disk or spool are full. It goes when the spool has been read. */
  #refused: readonly Entry[] | undefined
  /** What is appended is in nobody's request. */
  readonly #outside = AsyncLocalStorage.snapshot()
  #lent = false
  #pumping: Promise<void> | undefined
  #resting: NodeJS.Timeout | undefined

  constructor(queue: LineQueue, spool: Spool | undefined) {
    this.#queue = queue
    this.#spool = spool
  }

  /** Whether there is anything to be sent. */
  get any(): boolean {
    return this.#queue.lines > 0 || (this.#spool?.bytes ?? 0) > 0
  }

  /** There may be something for the spool. */
  wrote(): void {
    const spool = this.#spool
    if (spool === undefined || this.#pumping !== undefined || this.#resting !== undefined) return
    // All lines of this turn of the event loop are appended together.
    this.#pumping = this.#outside(() =>
      new Promise<void>((resolve) => setImmediate(resolve))
        .then(() => this.#pump(spool))
        .finally(() => {
          this.#pumping = undefined
          if (this.#queue.waiting > 0 && this.#refused === undefined) this.wrote()
        }),
    )
  }

  async next(maxLines: number, maxBytes: number): Promise<Batch | undefined> {
    const queue = this.#queue
    const spool = this.#spool
    if (spool === undefined) {
      const entries = queue.take(maxLines, maxBytes)
      return entries.length === 0 ? undefined : { entries, done: () => queue.settle(entries) }
    }
    this.#rise()
    if (queue.waiting > 0) this.wrote()
    await this.#pumping
    const spooled = await spool.read(maxLines, maxBytes)
    if (spooled !== undefined) return { entries: spooled, done: () => spool.commit() }
    const entries = this.#refused
    if (entries === undefined) return undefined
    this.#lent = true
    return {
      entries,
      done: () => {
        this.#lent = false
        this.#refused = undefined
        queue.settle(entries)
      },
    }
  }

  /** Writes all that waits to where it outlives the process, if there is such a place. Never throws. @returns lines. */
  flushSync(outlet: Outlet): { readonly sent: number; readonly dropped: number } {
    const queue = this.#queue
    const spool = this.#spool
    if (spool === undefined) {
      if (outlet.deliverSync === undefined) return { sent: 0, dropped: 0 }
      const entries = queue.take(Infinity, Infinity)
      const taken = outlet.deliverSync(entries)
      queue.settle(entries)
      return taken ? { sent: entries.length, dropped: 0 } : { sent: 0, dropped: entries.length }
    }
    const refused = this.#lent ? undefined : this.#refused
    const entries = [...(refused ?? []), ...queue.take(Infinity, Infinity)]
    const spooled = spool.appendSync(entries)
    if (refused !== undefined) this.#refused = undefined
    queue.settle(entries)
    return { sent: 0, dropped: spooled ? 0 : entries.length }
  }

  async close(): Promise<void> {
    this.#rise()
    if (this.#queue.waiting > 0) this.wrote()
    while (this.#pumping !== undefined) await this.#pumping
    await this.#spool?.close()
  }

  async #pump(spool: Spool): Promise<void> {
    while (!this.#lent) {
      const entries = this.#refused ?? this.#queue.take(APPEND_LINES, APPEND_BYTES)
      if (entries.length === 0) break
      if (!(await spool.append(entries))) {
        this.#refused = entries
        this.#resting ??= setTimeout(() => this.#rise(), REST_MS).unref()
        return
      }
      this.#refused = undefined
      this.#queue.settle(entries)
    }
  }

  #rise(): void {
    clearTimeout(this.#resting)
    this.#resting = undefined
  }
}
