import type { Entry } from './delivery.ts'
import { PackedLines } from './packed-lines.ts'
import { rankOf, SEVERITIES } from './severities.ts'

export interface LineQueueOptions {
  readonly maxLines: number
  readonly maxBytes: number
  /** Of all lines. */
  readonly origin: string
  /** Of each level: {@link PackedLines}. */
  readonly unpacked: number
}

/** Lines in memory, of a number and size that are never exceeded: the oldest of the least severe go first. */
export class LineQueue {
  readonly #maxLines: number
  readonly #maxBytes: number
  /** By rank. */
  readonly #levels: readonly PackedLines[]
  #lines = 0
  #bytes = 0
  #lent = 0

  constructor({ maxLines, maxBytes, origin, unpacked }: LineQueueOptions) {
    this.#levels = SEVERITIES.map((level) => new PackedLines({ level, origin, unpacked }))
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
      const weakest = this.#levels.findIndex(({ length }) => length > 0)
      const victims = this.#levels[weakest]
      if (victims === undefined || weakest > rank) return dropped
      this.#lines--
      this.#bytes -= victims.firstBytes
      victims.drop()
    }
    this.#levels[rank]?.push(entry)
    this.#lines++
    this.#bytes += entry.bytes
    return dropped
  }

  /** Lends the oldest lines, at least one if there is any; they count until they are settled. */
  take(maxLines: number, maxBytes: number): Entry[] {
    const batch: Entry[] = []
    let bytes = 0
    while (batch.length < maxLines) {
      const rank = this.#oldest()
      const lines = this.#levels[rank]
      if (lines === undefined) break
      if (batch.length > 0 && bytes + lines.firstBytes > maxBytes) break
      const entry = lines.shift()
      if (entry === undefined) break
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
    for (const lines of this.#levels) lines.clear()
    this.#lines = 0
    this.#bytes = 0
    this.#lent = 0
  }

  /** The rank of the oldest line; -1 when there is none. */
  #oldest(): number {
    let oldest = -1
    let number = Infinity
    for (let rank = 0; rank < this.#levels.length; rank++) {
      const first = this.#levels[rank]?.firstNumber ?? NaN
      if (!(first < number)) continue
      oldest = rank
      number = first
    }
    return oldest
  }
}
