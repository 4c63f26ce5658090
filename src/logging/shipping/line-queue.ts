import type { Entry } from './delivery.ts'
import { Fifo } from './fifo.ts'
import { rankOf, SEVERITIES } from './severities.ts'

/** Lines in memory, of a number and size that are never exceeded: the oldest of the least severe go first. */
export class LineQueue {
  readonly #maxLines: number
  readonly #maxBytes: number
  readonly #fifos: readonly Fifo<Entry>[] = SEVERITIES.map(() => new Fifo<Entry>())
  #lines = 0
  #bytes = 0
  #lent = 0

  constructor({ maxLines, maxBytes }: { readonly maxLines: number; readonly maxBytes: number }) {
    this.#maxLines = maxLines
    this.#maxBytes = maxBytes
  }

  /** All that is held, what is lent out included. */
  get lines(): number {
    return this.#lines
  }

  get bytes(): number {
    return this.#bytes
  }

  get waiting(): number {
    return this.#lines - this.#lent
  }

  /** How many lines went for it, itself perhaps. */
  push(entry: Entry): number {
    let dropped = 0
    const rank = rankOf(entry.level)
    while (this.#lines >= this.#maxLines || this.#bytes + entry.bytes > this.#maxBytes) {
      dropped++
      const weakest = this.#fifos.findIndex((fifo) => fifo.length > 0)
      if (weakest === -1 || weakest > rank) return dropped
      const victim = this.#fifos[weakest]?.shift()
      if (victim === undefined) throw new Error('BUG: a queue that has lines has none')
      this.#lines--
      this.#bytes -= victim.bytes
    }
    this.#fifos[rank]?.push(entry)
    this.#lines++
    this.#bytes += entry.bytes
    return dropped
  }

  /** Lends the oldest lines, at least one if there is any; they count until they are settled. */
  take(maxLines: number, maxBytes: number): Entry[] {
    const batch: Entry[] = []
    let bytes = 0
    while (batch.length < maxLines) {
      const fifo = this.#oldest()
      const entry = fifo?.first
      if (fifo === undefined || entry === undefined || (batch.length > 0 && bytes + entry.bytes > maxBytes)) break
      fifo.shift()
      bytes += entry.bytes
      batch.push(entry)
    }
    this.#lent += batch.length
    return batch
  }

  /** Forgets what was lent. */
  settle(entries: readonly Entry[]): void {
    this.#lines -= entries.length
    this.#lent -= entries.length
    for (const { bytes } of entries) this.#bytes -= bytes
  }

  clear(): void {
    for (const fifo of this.#fifos) while (fifo.length > 0) fifo.shift()
    this.#lines = 0
    this.#bytes = 0
    this.#lent = 0
  }

  #oldest(): Fifo<Entry> | undefined {
    let oldest: Fifo<Entry> | undefined
    for (const fifo of this.#fifos) {
      if (fifo.first !== undefined && fifo.first.number < (oldest?.first?.number ?? Infinity)) oldest = fifo
    }
    return oldest
  }
}
