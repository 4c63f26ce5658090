/** So many at once, and one more each so many ms. */
export class TokenBucket {
  readonly #burst: number
  readonly #everyMs: number
  #tokens: number
  #at = -Infinity

  constructor(burst: number, everyMs: number) {
    this.#burst = burst
    this.#everyMs = everyMs
    this.#tokens = burst
  }

  /** Takes one. What is returned is 0, or how long to wait for the next, ms: then none is taken. */
  take(now: number): number {
    const gained = Math.max(0, now - this.#at) / this.#everyMs
    this.#tokens = Math.min(this.#burst, this.#tokens + gained)
    this.#at = now
    if (this.#tokens < 1) return (1 - this.#tokens) * this.#everyMs
    this.#tokens--
    return 0
  }
}
