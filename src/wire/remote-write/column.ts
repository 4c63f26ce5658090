/** Doubles that are appended one by one. */
export class DoubleColumn {
  length = 0
  #values = new Float64Array(256)

  push(value: number): void {
    this.room()[this.length++] = value
  }

  /** What `push` would write to, with room at `length` for one more; for bits that must not be touched. */
  room(): Float64Array {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    return this.#values
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.length)
  }
}

/** Whole numbers from 0 to 2^32, as {@link DoubleColumn}. */
export class IntegerColumn {
  length = 0
  #values = new Uint32Array(256)

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Uint32Array(this.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.length++] = value
  }

  get values(): Uint32Array {
    return this.#values.subarray(0, this.length)
  }
}
