import type { Mergeable } from '../merge/aggregate.ts'
import { outlineOf } from '../merge/outline.ts'
import { Outlined } from '../merge/outlined.ts'
import type { Exemplar, NativeSnapshot } from '../reader.ts'

/** A histogram with many bounds as one with some of these: its buckets are added up as they are read. */
export class CoarseReader extends Outlined implements Mergeable {
  readonly fine: Mergeable
  readonly #indices: readonly number[]
  /** Bucket i ends with the fine bucket ends[i]. */
  readonly #ends: readonly number[]
  readonly #row: Float64Array
  #over: CoarseReader | undefined

  /** @param indices of the bounds to show, ascending. */
  constructor(fine: Mergeable, indices: readonly number[]) {
    super({
      ...outlineOf(fine),
      bounds: indices.map((index) => fine.bounds[index] ?? NaN),
      width: indices.length + 2,
    })
    this.fine = fine
    this.#indices = indices
    this.#ends = [...indices, fine.bounds.length]
    this.#row = new Float64Array(this.width)
  }

  /** The same bounds of another histogram that has as many. */
  over(fine: Mergeable): CoarseReader {
    if (fine === this.fine) return this
    if (this.#over?.fine !== fine) this.#over = new CoarseReader(fine, this.#indices)
    return this.#over
  }

  get slots(): number {
    return this.fine.slots
  }

  get version(): number {
    return this.fine.version
  }

  epoch(slot: number): number {
    return this.fine.epoch(slot)
  }

  label(slot: number, i: number): string | undefined {
    return this.fine.label(slot, i)
  }

  page(slot: number): Float64Array {
    const page = this.fine.page(slot)
    const from = this.fine.offset(slot)
    const ends = this.#ends
    let at = 0
    for (let i = 0; i < ends.length; i++) {
      let count = 0
      for (const end = ends[i] ?? 0; at <= end; at++) count += page[from + at] ?? 0
      this.#row[i] = count
    }
    this.#row[ends.length] = page[from + at] ?? 0
    return this.#row
  }

  offset(): number {
    return 0
  }

  createdAt(slot: number): number {
    return this.fine.createdAt(slot)
  }

  /** The latest of the fine buckets'. */
  exemplar(slot: number, bucket: number): Exemplar | undefined {
    let latest: Exemplar | undefined
    for (let i = (this.#ends[bucket - 1] ?? -1) + 1; i <= (this.#ends[bucket] ?? -1); i++) {
      const exemplar = this.fine.exemplar(slot, i)
      if (exemplar !== undefined && !((latest?.at ?? -Infinity) > exemplar.at)) latest = exemplar
    }
    return latest
  }

  native(slot: number): NativeSnapshot | undefined {
    return this.fine.native(slot)
  }
}
