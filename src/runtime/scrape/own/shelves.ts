import type { ScrapeGroup } from '../../../tsdb/index.ts'
import type { Piece } from './piece.ts'
import { Shelf, SHELF_WIDTH } from './shelf.ts'

/** All that is scraped, in rows that the store takes one by one, so that none keeps other work waiting. */
export class Shelves {
  readonly #group: () => ScrapeGroup
  #all: Shelf[] = []
  /** In the newest. */
  #room = 0

  constructor(group: () => ScrapeGroup) {
    this.#group = group
  }

  /** In the order in which they are to be appended: a series that moves joins one row before it is missing in the other. */
  get newestFirst(): readonly Shelf[] {
    return this.#all.toReversed()
  }

  add(piece: Piece): void {
    if (this.#room <= 0) this.#extend()
    this.#put(piece)
  }

  remove(gone: ReadonlySet<Piece>): void {
    for (const { pieces } of this.#all) {
      const kept = pieces.filter((piece) => !gone.has(piece))
      pieces.splice(0, pieces.length, ...kept)
    }
  }

  /** Makes more of rows that have grown too long, always towards newer ones. To be called before pieces are added. */
  spread(): void {
    this.#room = SHELF_WIDTH - widthOf(this.#all.at(-1))
    for (let i = 0; i < this.#all.length; i++) {
      const shelf = this.#all[i]
      let width = widthOf(shelf)
      if (shelf === undefined || width <= 2 * SHELF_WIDTH) continue
      while (width > SHELF_WIDTH && shelf.pieces.length > 1) {
        const piece = shelf.pieces.pop()
        if (piece === undefined) break
        width -= piece.expected
        if (this.#room <= 0 || i === this.#all.length - 1) this.#extend()
        this.#put(piece)
      }
    }
  }

  /** Forgets rows that nothing is left of; they must have been appended since. */
  tidy(): void {
    this.#all = this.#all.filter(({ pieces }) => pieces.length > 0)
  }

  #put(piece: Piece): void {
    this.#all.at(-1)?.pieces.push(piece)
    this.#room -= piece.expected
  }

  #extend(): void {
    this.#all.push(new Shelf(this.#group()))
    this.#room = SHELF_WIDTH
  }
}

function widthOf(shelf: Shelf | undefined): number {
  return shelf === undefined ? SHELF_WIDTH : shelf.pieces.reduce((sum, { expected }) => sum + expected, 0)
}
