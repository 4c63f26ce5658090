/** Adds up what is held in memory, and refuses what would be too much. */
export class Ledger {
  readonly #limit: number
  #held = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get held(): number {
    return this.#held
  }

  /** False, and nothing is added, when that exceeds the limit. Giving back is always possible. */
  add(bytes: number): boolean {
    if (bytes > 0 && this.#held + bytes > this.#limit) return false
    this.#held += bytes
    return true
  }
}
