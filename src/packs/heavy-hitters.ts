/** One key that is kept, with its value. */
export interface Hitter<T> {
  readonly key: string
  readonly value: T
  /** The most that the key can weigh in all. */
  readonly weight: number
  /** How much of `weight` may belong to keys that were here before it. */
  readonly error: number
}

interface Slot<T> {
  readonly key: string
  readonly value: T
  readonly error: number
  weight: number
  position: number
}

/**
 * The heaviest keys of a stream, in bounded memory: Space-Saving (Metwally, Agrawal, El Abbadi: Efficient Computation of
 * Frequent and Top-k Elements in Data Streams, ICDT 2005), with weights in place of counts. A new key takes the place, and
 * the weight, of the lightest one; so every key that weighs more than the stream's total / capacity is kept.
 */
export class HeavyHitters<T> {
  readonly #capacity: number
  readonly #make: () => T
  readonly #slots = new Map<string, Slot<T>>()
  /** A binary heap, the lightest first. */
  readonly #heap: Slot<T>[] = []
  #evicted = 0

  constructor(capacity: number, make: () => T) {
    this.#capacity = capacity
    this.#make = make
  }

  get size(): number {
    return this.#heap.length
  }

  get evicted(): number {
    return this.#evicted
  }

  /** The most that a key which is not kept can weigh. */
  get missed(): number {
    return this.#evicted === 0 ? 0 : (this.#heap[0]?.weight ?? 0)
  }

  get(key: string): Hitter<T> | undefined {
    return this.#slots.get(key)
  }

  values(): IterableIterator<Hitter<T>> {
    return this.#slots.values()
  }

  /** Adds to the key's weight, which takes it in if need be, and returns its value. */
  add(key: string, weight: number): T {
    const known = this.#slots.get(key)
    if (known !== undefined) {
      known.weight += weight
      this.#sink(known)
      return known.value
    }
    const lightest = this.#heap[0]
    const value = this.#make()
    if (lightest === undefined || this.#heap.length < this.#capacity) {
      const slot = { key, value, error: 0, weight, position: this.#heap.length }
      this.#slots.set(key, slot)
      this.#heap.push(slot)
      this.#rise(slot)
    } else {
      const slot = { key, value, error: lightest.weight, weight: lightest.weight + weight, position: 0 }
      this.#evicted++
      this.#slots.delete(lightest.key)
      this.#slots.set(key, slot)
      this.#heap[0] = slot
      this.#sink(slot)
    }
    return value
  }

  #rise(slot: Slot<T>): void {
    for (;;) {
      const parent = slot.position > 0 ? this.#heap[(slot.position - 1) >> 1] : undefined
      if (parent === undefined || parent.weight <= slot.weight) return
      this.#swap(slot, parent)
    }
  }

  #sink(slot: Slot<T>): void {
    for (;;) {
      const left = this.#heap[2 * slot.position + 1]
      const right = this.#heap[2 * slot.position + 2]
      const lighter = right !== undefined && left !== undefined && right.weight < left.weight ? right : left
      if (lighter === undefined || lighter.weight >= slot.weight) return
      this.#swap(slot, lighter)
    }
  }

  #swap(a: Slot<T>, b: Slot<T>): void {
    const position = a.position
    a.position = b.position
    b.position = position
    this.#heap[a.position] = a
    this.#heap[b.position] = b
  }
}
