/** A sum over the last slices of time: one double a slice, so that what leaves takes no rounding with it. */
export class SlidingSum {
  readonly #slices: Float64Array
  #current = 0

  constructor(slices: number) {
    this.#slices = new Float64Array(slices)
  }

  add(by: number): void {
    this.#slices[this.#current] = (this.#slices[this.#current] ?? 0) + by
  }

  /** Begins this many new slices; as many old ones leave. */
  advance(begun: number): void {
    for (let i = Math.min(begun, this.#slices.length); i > 0; i--) {
      this.#current = (this.#current + 1) % this.#slices.length
      this.#slices[this.#current] = 0
    }
  }

  get total(): number {
    return this.#slices.reduce((total, slice) => total + slice, 0)
  }

  get bytes(): number {
    return this.#slices.byteLength
  }
}
