/** Counts by upper bound over the last slices of time: as a window has them, slice by slice. */
export class SlidingBuckets {
  readonly #bounds: readonly number[]
  readonly #sliceMs: number
  readonly #slices: number
  /** A row of own (not cumulative) counts a slice; the last of a row is of what lies above all bounds. */
  readonly #rows: Float64Array
  #row = 0
  #slice: number | undefined

  /** @param bounds ascending, without Infinity. */
  constructor(bounds: readonly number[], windowMs: number, slices: number) {
    this.#bounds = bounds
    this.#sliceMs = windowMs / slices
    this.#slices = slices
    this.#rows = new Float64Array((bounds.length + 1) * slices)
  }

  record(value: number): void {
    const bounds = this.#bounds
    let bucket = 0
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++
    const at = this.#row * (bounds.length + 1) + bucket
    this.#rows[at] = (this.#rows[at] ?? 0) + 1
  }

  /** Tells the time in ms; a clock that is set back begins no slice. */
  tick(at: number): void {
    const slice = Math.floor(at / this.#sliceMs)
    const begun = Math.max(0, slice - (this.#slice ?? slice))
    this.#slice = slice
    const width = this.#bounds.length + 1
    for (let i = Math.min(begun, this.#slices); i > 0; i--) {
      this.#row = (this.#row + 1) % this.#slices
      this.#rows.fill(0, this.#row * width, (this.#row + 1) * width)
    }
  }

  /** Cumulative, the last one Infinity. */
  read(): readonly { readonly le: number; readonly count: number }[] {
    const width = this.#bounds.length + 1
    let count = 0
    return [...this.#bounds, Infinity].map((le, bucket) => {
      for (let i = bucket; i < this.#rows.length; i += width) count += this.#rows[i] ?? 0
      return { le, count }
    })
  }

  get bytes(): number {
    return this.#rows.byteLength
  }
}
