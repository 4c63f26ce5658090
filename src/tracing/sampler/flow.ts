const ALPHA = 0.3

/** How much of something comes a second: smoothed, and in the last one. */
export class Flow {
  #sum = 0
  #smooth = 0
  #last = 0
  #begun = false

  add(amount: number): void {
    this.#sum += amount
  }

  /** Ends a second, or several of the same kind. */
  step(seconds: number): void {
    this.#last = this.#sum / seconds
    this.#sum = 0
    if (this.#begun) this.#smooth += (1 - (1 - ALPHA) ** seconds) * (this.#last - this.#smooth)
    else if (this.#last > 0) {
      this.#smooth = this.#last
      this.#begun = true
    }
  }

  get smooth(): number {
    return this.#smooth
  }

  /** The higher of both: a rise is seen at once, a fall slowly. */
  get expected(): number {
    return Math.max(this.#smooth, this.#last)
  }
}
