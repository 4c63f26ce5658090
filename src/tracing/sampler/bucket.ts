/** How far a burst may go into debt before the odds fall, in seconds of the rate. */
const STEP_S = 0.1
const FALL = 0.7
export const BURST_S = 2

/**
 * A token bucket that drops nothing: each time it runs dry, and a tenth of a second of its rate further,
 * its scale falls by 0.7, and the odds with it. So what is kept stays true to its `th`.
 */
export class Bucket {
  #rate: number
  #tokens: number
  /** Where the scale falls next: 0, or below it while in debt. */
  #floor = 0
  scale = 1

  constructor(rate: number) {
    this.#rate = rate
    this.#tokens = rate * BURST_S
  }

  spend(count: number): void {
    this.#tokens -= count
    while (this.#tokens < this.#floor) {
      this.scale *= FALL
      this.#floor -= Math.max(this.#rate * STEP_S, 1)
    }
  }

  /** Below zero: what was spent too much. */
  get debt(): number {
    return Math.max(0, -this.#tokens)
  }

  /** After `seconds` at the old rate, goes on at a new one. The odds are about to be told anew, so the scale is 1 again. */
  refill(seconds: number, rate: number, capacity: number = rate * BURST_S): void {
    this.#tokens = Math.min(this.#tokens + seconds * this.#rate, capacity)
    this.#rate = rate
    this.#floor = Math.min(0, this.#tokens)
    this.scale = 1
  }
}
