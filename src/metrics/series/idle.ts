import { grown } from './series-index.ts'

/** Which series stand still: compares what a sweep sees with what the one before saw, so that recording pays nothing. */
export class Idle {
  readonly #afterMs: number
  #epochs = new Uint32Array(4)
  #values = new Float64Array(4)
  #since = new Float64Array(4)

  constructor(afterMs: number) {
    this.#afterMs = afterMs
  }

  /** @returns whether the slot's series has been seen with this value, and no other, for long enough. */
  isOver(slot: number, epoch: number, value: number, at: number): boolean {
    if (slot >= this.#epochs.length) {
      this.#epochs = grown(this.#epochs, slot + 1)
      this.#values = grown(this.#values, slot + 1)
      this.#since = grown(this.#since, slot + 1)
    }
    if (this.#epochs[slot] === epoch && Object.is(this.#values[slot], value)) {
      return at - (this.#since[slot] ?? at) >= this.#afterMs
    }
    this.#epochs[slot] = epoch
    this.#values[slot] = value
    this.#since[slot] = at
    return false
  }
}
