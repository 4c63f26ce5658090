const LEAST_CAPACITY = 16

/**
 * Counts by bucket key: open addressing over typed arrays, of the size of what is populated, however far apart it lies.
 * A key is its own hash, so neighbouring buckets, which is what observations fill, never collide.
 */
export class BucketTable {
  /** How many buckets hold something. */
  size = 0
  #mask = LEAST_CAPACITY - 1
  #keys = new Int32Array(LEAST_CAPACITY)
  /** Zero marks a free slot. Doubles, which count exactly to 2^53. */
  #counts = new Float64Array(LEAST_CAPACITY)

  /** True when the bucket was empty before. Allocates only when the table, seven eighths full, doubles. */
  add(key: number, by: number): boolean {
    let slot = key & this.#mask
    let held = this.#counts[slot] ?? 0
    while (held !== 0 && this.#keys[slot] !== key) {
      slot = (slot + 1) & this.#mask
      held = this.#counts[slot] ?? 0
    }
    this.#counts[slot] = held + by
    if (held !== 0) return false
    this.#keys[slot] = key
    this.size++
    if (this.size * 8 > (this.#mask + 1) * 7) this.#grow()
    return true
  }

  get(key: number): number {
    let slot = key & this.#mask
    while (this.#counts[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & this.#mask
    return this.#counts[slot] ?? 0
  }

  /** The keys of populated buckets, ascending. */
  keys(): Int32Array {
    return this.#keys.filter((_, slot) => this.#counts[slot] !== 0).sort()
  }

  /** The same counts under other keys; those of keys that become one are added up. Undefined leaves a bucket out. */
  rekeyed(rekey: (key: number) => number | undefined): BucketTable {
    const table = new BucketTable()
    for (const key of this.keys()) {
      const renamed = rekey(key)
      if (renamed !== undefined) table.add(renamed, this.get(key))
    }
    return table
  }

  get bytes(): number {
    return this.#keys.byteLength + this.#counts.byteLength
  }

  #grow(): void {
    const keys = this.#keys
    const counts = this.#counts
    const capacity = 2 * keys.length
    this.#mask = capacity - 1
    this.#keys = new Int32Array(capacity)
    this.#counts = new Float64Array(capacity)
    this.size = 0
    keys.forEach((key, slot) => {
      const count = counts[slot] ?? 0
      if (count !== 0) this.add(key, count)
    })
  }
}
