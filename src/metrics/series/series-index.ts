const LEAST_BITS = 3
/** 2^32 divided by the golden ratio, as V8 likes it: neighbouring ids end far apart. */
const SPREAD = 0x9e3779b1 | 0

/** Folds one more label's id into the hash of a series' ids. Without the turn, neighbouring ids would cluster. */
export function mix(hash: number, id: number): number {
  return Math.imul(((hash << 15) | (hash >>> 17)) ^ id, SPREAD)
}

/** Finds a series' slot by its label values' ids: open addressing, linear probing, no holes left by a removal. */
export class SeriesIndex {
  readonly #labels: number
  /** Slot + 1; 0 is free. */
  #table = new Int32Array(1 << LEAST_BITS)
  #shift = 32 - LEAST_BITS
  #size = 0
  /** The ids of slot s stand from s * labels on. */
  #ids: Int32Array

  constructor(labels: number) {
    this.#labels = labels
    this.#ids = new Int32Array(4 * labels)
  }

  id(slot: number, label: number): number {
    return this.#ids[slot * this.#labels + label] ?? 0
  }

  /** @param hash of the ids by {@link mix}. @returns -1 when there is no such series. */
  find(ids: Int32Array, hash: number): number {
    const table = this.#table
    const own = this.#ids
    const labels = this.#labels
    const last = table.length - 1
    for (let at = hash >>> this.#shift; ; at = (at + 1) & last) {
      const slot = (table[at] ?? 0) - 1
      if (slot < 0) return -1
      let i = 0
      for (let from = slot * labels; i < labels && own[from] === ids[i]; from++) i++
      if (i === labels) return slot
    }
  }

  add(slot: number, ids: Int32Array): void {
    const from = slot * this.#labels
    if (from + this.#labels > this.#ids.length) this.#ids = grown(this.#ids, from + this.#labels)
    this.#ids.set(ids, from)
    if (3 * ++this.#size > 2 * this.#table.length) this.#rehash()
    this.#put(slot)
  }

  remove(slot: number): void {
    const last = this.#table.length - 1
    let hole = this.#home(slot)
    while (this.#table[hole] !== slot + 1) hole = (hole + 1) & last
    // Whoever stands behind the hole, and not before its own home, moves into it.
    for (let at = (hole + 1) & last; ; at = (at + 1) & last) {
      const entry = this.#table[at] ?? 0
      if (entry === 0) break
      if (((at - this.#home(entry - 1)) & last) >= ((at - hole) & last)) {
        this.#table[hole] = entry
        hole = at
      }
    }
    this.#table[hole] = 0
    this.#size--
  }

  clear(): void {
    this.#table = new Int32Array(1 << LEAST_BITS)
    this.#shift = 32 - LEAST_BITS
    this.#size = 0
    this.#ids = new Int32Array(4 * this.#labels)
  }

  #home(slot: number): number {
    let hash = 0
    const from = slot * this.#labels
    for (let i = 0; i < this.#labels; i++) hash = mix(hash, this.#ids[from + i] ?? 0)
    return hash >>> this.#shift
  }

  #put(slot: number): void {
    const last = this.#table.length - 1
    let at = this.#home(slot)
    while (this.#table[at] !== 0) at = (at + 1) & last
    this.#table[at] = slot + 1
  }

  #rehash(): void {
    const before = this.#table
    this.#table = new Int32Array(2 * before.length)
    this.#shift--
    for (const entry of before) if (entry !== 0) this.#put(entry - 1)
  }
}

/** The column in a longer array: doubled while it is short, by a quarter afterwards. */
export function grown<T extends Int32Array | Uint32Array | Float64Array>(column: T, least: number): T {
  const length = Math.max(least, column.length < 4096 ? 2 * column.length : Math.ceil(1.25 * column.length))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an array's own constructor makes its like
  const longer = new (column.constructor as new (length: number) => T)(length)
  longer.set(column)
  return longer
}
