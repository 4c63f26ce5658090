import type { AppendResult, ScrapeGroup } from '../../../tsdb/index.ts'
import type { Piece } from './piece.ts'

/** Series that the store takes in one go. */
export const SHELF_WIDTH = 2048

/** Pieces whose series make one row of the store. */
export class Shelf {
  readonly pieces: Piece[] = []
  readonly #group: ScrapeGroup
  #refs = new Uint32Array(256)
  #values = new Float64Array(256)
  #starts = new Float64Array(256)
  #width = 0

  constructor(group: ScrapeGroup) {
    this.#group = group
  }

  /** Begins a row. */
  clear(): void {
    this.#width = 0
  }

  /** Reads the piece into the row. */
  read(piece: Piece): void {
    const from = this.#width
    this.#width += piece.width
    if (this.#width > this.#refs.length) this.#grow()
    this.#refs.set(piece.refs, from)
    piece.read(this.#values, this.#starts, from)
  }

  /** Series of the last row that this one lacks end here. */
  append(at: number): AppendResult {
    const width = this.#width
    const starts = this.#starts.subarray(0, width)
    const known = starts.some((start) => start !== 0)
    return this.#group.append(
      at,
      this.#refs.subarray(0, width),
      this.#values.subarray(0, width),
      known ? starts : undefined,
    )
  }

  /** All of its series end here. */
  end(at: number): AppendResult {
    return this.#group.end(at)
  }

  #grow(): void {
    const capacity = 2 * this.#width
    const [refs, values, starts] = [this.#refs, this.#values, this.#starts]
    this.#refs = new Uint32Array(capacity)
    this.#values = new Float64Array(capacity)
    this.#starts = new Float64Array(capacity)
    this.#refs.set(refs)
    this.#values.set(values)
    this.#starts.set(starts)
  }
}
