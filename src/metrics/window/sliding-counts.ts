/**
 * Counts by key over the last slices of time. Only the running total is written to: what belongs to the slice under way is
 * the total less the closed slices, and is worked out when that slice closes. So a record is one increment, a query reads
 * one row, and no row is merged but on a turn.
 */
export class SlidingCounts {
  readonly #slices: number
  readonly #first: number
  readonly #last: number
  readonly #step: number
  /** Rows of `#width` counts, for the keys from `#offset` on: the total, then a ring of the closed slices. */
  #rows = new Uint32Array(0)
  #offset = 0
  #width = 0
  /** The closed slice that leaves next: 1 and up. */
  #oldest = 1
  /** All that the window holds. */
  size = 0

  /**
   * Keys outside `first`..`last` are counted as the nearer of them. Rows grow by `step` keys as keys arrive, never beyond
   * these two. A key's count is exact up to 2^32 - 1 in a window.
   */
  constructor(slices: number, first: number, last: number, step: number) {
    this.#slices = slices
    this.#first = first
    this.#last = last
    this.#step = step
  }

  add(key: number): void {
    const column = key - this.#offset
    if (column >= 0 && column < this.#width) {
      this.#rows[column] = (this.#rows[column] ?? 0) + 1
      this.size++
    } else {
      this.#addBeyond(key)
    }
  }

  /** Begins this many new slices; as many old ones leave. */
  advance(begun: number): void {
    if (begun >= this.#slices) this.clear()
    else for (let i = 0; i < begun; i++) this.#turn()
  }

  clear(): void {
    this.#rows.fill(0)
    this.size = 0
  }

  /** The key of the `rank`-th smallest, 1 to {@link size}. */
  keyAt(rank: number): number {
    const fromTop = rank > this.size / 2
    let left = fromTop ? this.size - rank + 1 : rank
    for (let i = 0; i < this.#width; i++) {
      const column = fromTop ? this.#width - 1 - i : i
      left -= this.#rows[column] ?? 0
      if (left <= 0) return this.#offset + column
    }
    throw new Error(`BUG: no key at rank ${rank} of ${this.size}`)
  }

  get bytes(): number {
    return this.#rows.byteLength
  }

  #turn(): void {
    if (this.#slices === 1) return this.clear()
    const rows = this.#rows
    const width = this.#width
    const leaving = this.#oldest * width
    for (let column = 0; column < width; column++) {
      const total = rows[column] ?? 0
      let current = total
      for (let row = column + width; row < rows.length; row += width) current -= rows[row] ?? 0
      const left = rows[leaving + column] ?? 0
      rows[column] = total - left
      rows[leaving + column] = current
      this.size -= left
    }
    this.#oldest = (this.#oldest % (this.#slices - 1)) + 1
  }

  #addBeyond(key: number): void {
    const within = Math.min(this.#last, Math.max(this.#first, key))
    if (this.#width === 0) this.#widen(within, within)
    else this.#widen(Math.min(within, this.#offset), Math.max(within, this.#offset + this.#width - 1))
    this.add(within)
  }

  #widen(lowest: number, highest: number): void {
    const step = this.#step
    const offset = Math.max(this.#first, Math.floor(lowest / step) * step)
    const width = Math.min(this.#last + 1, (Math.floor(highest / step) + 1) * step) - offset
    if (width === this.#width) return
    const rows = new Uint32Array(this.#slices * width)
    for (let row = 0; row < this.#slices && this.#width > 0; row++) {
      const old = this.#rows.subarray(row * this.#width, (row + 1) * this.#width)
      rows.set(old, row * width + this.#offset - offset)
    }
    this.#rows = rows
    this.#offset = offset
    this.#width = width
  }
}
