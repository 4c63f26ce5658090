/**
 * Ms since the epoch that never go back. When the system's clock is set back they go on at half the pace until it has caught up, so
 * that what is due stays due.
 */
export class MachineClock {
  readonly #wallNow: () => number
  readonly #now: () => number
  #last = 0
  #at: number

  /** @param now ms that never go back. */
  constructor(wallNow: () => number, now: () => number) {
    this.#wallNow = wallNow
    this.#now = now
    this.#at = now()
  }

  /** It is not earlier than that. */
  passed(at: number): void {
    this.#last = Math.max(this.#last, at)
  }

  now(): number {
    const at = this.#now()
    this.#last = Math.max(this.#last + (at - this.#at) / 2, this.#wallNow())
    this.#at = at
    return Math.floor(this.#last)
  }
}
