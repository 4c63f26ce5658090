import type { LabelSet } from '../../../series/index.ts'
import type { Tsdb } from '../../../tsdb/index.ts'

/** Who of the registry's series is which of the store's: no two of them are the same one. */
export class SeriesRefs {
  readonly #store: Tsdb
  readonly #held = new Set<number>()
  #added = 0
  /** Since {@link takeAdded} was asked last. */
  readonly #released = new Set<number>()
  #crowd = Infinity

  constructor(store: Tsdb) {
    this.#store = store
  }

  /** Undefined: another has it, as an empty label is an absent one, or the store takes no more. */
  take(labels: LabelSet): number | undefined {
    const ref = this.#store.series(labels)
    if (ref === undefined) this.#crowd = this.#store.stats.series
    if (ref === undefined || this.#held.has(ref)) return undefined
    this.#held.add(ref)
    if (!this.#released.delete(ref)) this.#added++
    return ref
  }

  has(ref: number): boolean {
    return this.#held.has(ref)
  }

  release(ref: number): void {
    if (this.#held.delete(ref)) this.#released.add(ref)
  }

  /** Whether one that was not taken may be by now. Asked once a scrape. */
  isWorthRetrying(): boolean {
    const freed = this.#released.size > 0 || this.#store.stats.series < this.#crowd
    if (freed) this.#crowd = Infinity
    return freed
  }

  /** How many have been taken since this was asked last, without those that only changed hands. */
  takeAdded(): number {
    const added = this.#added
    this.#added = 0
    this.#released.clear()
    return added
  }
}
