/** Samples of one scrape that share its time, in columns that are used again. */
export class Columns {
  #refs = new Uint32Array(256)
  #values = new Float64Array(256)
  #starts = new Float64Array(256)
  #hasStarts = false
  #size = 0

  get size(): number {
    return this.#size
  }

  get refs(): Uint32Array {
    return this.#refs.subarray(0, this.#size)
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#size)
  }

  /** Undefined when no sample has one. */
  get starts(): Float64Array | undefined {
    return this.#hasStarts ? this.#starts.subarray(0, this.#size) : undefined
  }

  clear(): void {
    this.#size = 0
    this.#hasStarts = false
  }

  add(ref: number, value: number, start: number): void {
    if (this.#size === this.#refs.length) this.#grow()
    this.#refs[this.#size] = ref
    this.#values[this.#size] = value
    this.#starts[this.#size++] = start
    if (start !== 0) this.#hasStarts = true
  }

  #grow(): void {
    const [refs, values, starts] = [this.#refs, this.#values, this.#starts]
    this.#refs = new Uint32Array(this.#size * 2)
    this.#values = new Float64Array(this.#size * 2)
    this.#starts = new Float64Array(this.#size * 2)
    this.#refs.set(refs)
    this.#values.set(values)
    this.#starts.set(starts)
  }
}
