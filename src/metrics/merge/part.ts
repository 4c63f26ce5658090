import type { Mergeable } from './aggregate.ts'

/** Where a part's series go to. */
export interface Whole {
  /** The slot of the series with these labels; one more slot of a part goes there. */
  claim(labels: readonly (string | undefined)[]): number
  /** One slot less goes there. */
  release(slot: number): void
}

/** One thread's or process's share in a merged metric: which of its slots goes to which of the whole's. */
export class Part {
  readonly reader: Mergeable
  /** The whole's slot by ours; -1: none. */
  readonly targets: number[] = []
  readonly #epochs: number[] = []
  /** Ours by the whole's. */
  readonly #origins: (number | undefined)[] = []
  #version = NaN

  constructor(reader: Mergeable) {
    this.reader = reader
  }

  /** Follows the series that came and went. */
  follow(whole: Whole): void {
    const { reader, targets } = this
    if (this.#version === reader.version) return
    this.#version = reader.version
    const left: number[] = []
    for (let slot = 0; slot < Math.max(reader.slots, targets.length); slot++) {
      const epoch = slot < reader.slots ? reader.epoch(slot) : 0
      if (epoch === (this.#epochs[slot] ?? 0)) {
        targets[slot] ??= -1
        continue
      }
      const before = targets[slot] ?? -1
      if (before >= 0) left.push(before)
      const target = epoch === 0 ? -1 : whole.claim(reader.labelNames.map((_, i) => reader.label(slot, i)))
      targets[slot] = target
      this.#epochs[slot] = epoch
    }
    targets.length = reader.slots
    this.#epochs.length = reader.slots
    // Only now, so that a series which moved to another slot never was without one.
    for (const target of left) whole.release(target)
    this.#origins.length = 0
    targets.forEach((target, slot) => {
      if (target >= 0) this.#origins[target] = slot
    })
  }

  leave(whole: Whole): void {
    for (const target of this.targets) if (target >= 0) whole.release(target)
    this.targets.length = this.#epochs.length = this.#origins.length = 0
    this.#version = NaN
  }

  /** Our slot that goes to the whole's. */
  origin(target: number): number | undefined {
    return this.#origins[target]
  }
}
