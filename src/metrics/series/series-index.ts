const LEAST_BITS = 3
/** 2^32 divided by the golden ratio, as V8 likes it: neighbouring ids end far apart. */
const SPREAD = 0x9e3779b1 | 0

/** Folds one more label's id into the hash of a series' ids. Without the turn, neighbouring ids would cluster. */
function mix(hash: number, id: number): number {
  return Math.imul(((hash << 15) | (hash >>> 17)) ^ id, SPREAD)
}

/** Places for each combination of ids, as long as there are not more than this, or than so many a series. */
const FEW_PLACES = 256
const PLACES_A_SERIES = 8

/** A label's part of a place. */
export interface PlacePart {
  /** How far to the left its ids stand; told by the index. */
  shift: number
}

/**
 * Finds a series' slot by its label values' ids. While the combinations of ids are not many more than the series, each has
 * a place in a table; else by open addressing, with linear probing and no holes left by a removal.
 */
export class SeriesIndex {
  /** Slot + 1 by place; undefined: there are too many. */
  places: Int32Array | undefined
  /** A place is made of the ids, each moved to the left by its part's shift. */
  readonly #parts: readonly PlacePart[]
  readonly #labels: number
  /** The first id of each label for which its part of a place is too small. */
  readonly #ends: Int32Array
  /** Slot + 1; 0 is free. */
  #table = new Int32Array(1 << LEAST_BITS)
  #shift = 32 - LEAST_BITS
  #size = 0
  /** The ids of slot s stand from s * labels on. */
  #ids: Int32Array

  constructor(parts: readonly PlacePart[]) {
    const labels = parts.length
    this.#parts = parts
    this.#labels = labels
    this.#ids = new Int32Array(4 * labels)
    this.#ends = new Int32Array(labels).fill(1)
    this.#layOut()
  }

  id(slot: number, label: number): number {
    return this.#ids[slot * this.#labels + label] ?? 0
  }

  /** Where there are no {@link places}. @returns -1 when there is no such series. */
  find(ids: Int32Array): number {
    let hash = 0
    for (let i = 0; i < ids.length; i++) hash = mix(hash, ids[i] ?? 0)
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
    let fits = true
    for (let i = 0; i < this.#labels; i++) {
      const id = ids[i] ?? 0
      while (id >= (this.#ends[i] ?? 0)) {
        this.#ends[i] = 2 * (this.#ends[i] ?? 0)
        fits = false
      }
    }
    if (!fits) this.#layOut()
    else if (this.places !== undefined) this.places[this.#place(slot)] = slot + 1
  }

  remove(slot: number): void {
    if (this.places !== undefined) this.places[this.#place(slot)] = 0
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
    this.#ends.fill(1)
    this.#layOut()
  }

  #place(slot: number): number {
    let place = 0
    for (let i = 0; i < this.#labels; i++) place |= this.id(slot, i) << (this.#parts[i]?.shift ?? 0)
    return place
  }

  #layOut(): void {
    let bits = 0
    this.#parts.forEach((part, i) => {
      part.shift = bits
      bits += 31 - Math.clz32(this.#ends[i] ?? 1)
    })
    const most = Math.max(FEW_PLACES, PLACES_A_SERIES * this.#size)
    this.places = bits < 31 && 1 << bits <= most ? new Int32Array(1 << bits) : undefined
    if (this.places === undefined) return
    for (const entry of this.#table) if (entry !== 0) this.places[this.#place(entry - 1)] = entry
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
    if (this.places === undefined) this.#layOut()
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
