import type { Outline } from '../merge/outline.ts'
import { OVERFLOW } from '../series/label-value-ids.ts'
import { type Allocate, pageIndex, Pages, slotInPage } from '../series/pages.ts'
import { CELL, METRIC, MOST_LABEL_BYTES, NO_LABEL, pageBytes, REMOVED, type SlabPage, slabPage } from './slab.ts'
import type { SlabWriter } from './slab-writer.ts'

const encoder = new TextEncoder()

/** One metric's place in a slab: which series are where, told to those who read. */
export class SlabSeries {
  readonly pages: Pages
  readonly #writer: SlabWriter
  readonly #width: number
  readonly #words: Int32Array
  readonly #table: Int32Array
  readonly #views: SlabPage[] = []
  /** Of the labels in each slot. */
  readonly #labelBytes: number[] = []
  /** Memory of the labels of the next series. */
  #prepared = 0
  #preparedBytes = 0

  constructor(writer: SlabWriter, { width, labelNames }: Outline, words: Int32Array, table: Int32Array) {
    this.#writer = writer
    this.#width = width
    this.#words = words
    this.#table = table
    this.pages = labelNames.length === 0 ? Pages.single(width, this.#allocate) : new Pages(width, this.#allocate)
    this.pages.reach(0)
  }

  readonly #allocate: Allocate = (index, numbers) => {
    const slots = numbers / this.#width
    const cell = index < this.#table.length ? this.#writer.allocate(pageBytes(slots, this.#width)) : 0
    if (cell === 0) {
      this.#writer.refuse()
      return undefined
    }
    const page = slabPage(this.#writer.slab, cell, slots, this.#width)
    this.#views.push(page)
    Atomics.exchange(this.#table, index, cell)
    return page.numbers
  }

  /** Writes down the labels of the next series. False: there is no room for them. */
  prepare(texts: readonly (string | undefined)[]): boolean {
    this.#prepared = this.#preparedBytes = 0
    if (texts.every((text) => text === OVERFLOW)) return true
    const values = texts.map((text) => (text === undefined ? undefined : encoder.encode(text)))
    const bytes = values.reduce((sum, value) => sum + 4 + paddedLength(value), 4)
    const cell = bytes > MOST_LABEL_BYTES ? 0 : this.#writer.borrow(bytes)
    if (cell === 0) {
      this.#writer.refuse()
      return false
    }
    const start = cell * CELL
    new Int32Array(this.#writer.slab, start, 1)[0] = bytes - 4
    let at = start + 4
    for (const value of values) {
      new Int32Array(this.#writer.slab, at, 1)[0] = value?.length ?? NO_LABEL
      if (value !== undefined) new Uint8Array(this.#writer.slab, at + 4, value.length).set(value)
      at += 4 + paddedLength(value)
    }
    this.#prepared = cell
    this.#preparedBytes = bytes
    return true
  }

  /** The slot has the series whose labels were prepared. */
  announce(slot: number, epoch: number): void {
    const [page, at] = this.#find(slot)
    page.labels[at] = this.#prepared
    this.#labelBytes[slot] = this.#preparedBytes
    this.#prepared = this.#preparedBytes = 0
    // Exchange, not store: nothing that stands before or after it in the program may be seen on its other side.
    Atomics.exchange(page.epochs, at, epoch)
    this.#count()
  }

  /** The slot's series is gone. */
  withdraw(slot: number): void {
    const [page, at] = this.#find(slot)
    Atomics.exchange(page.epochs, at, 0)
    this.#count()
    const cell = page.labels[at] ?? 0
    if (cell !== 0) this.#writer.giveBack(cell, this.#labelBytes[slot] ?? 0)
    page.labels[at] = 0
  }

  began(slot: number, at: number): void {
    const [page, i] = this.#find(slot)
    page.began[i] = at
  }

  /** The metric is gone, and its memory with it. */
  remove(): void {
    Atomics.exchange(this.#words, METRIC.STATE, REMOVED)
  }

  #count(): void {
    Atomics.add(this.#words, METRIC.VERSION, 1)
  }

  #find(slot: number): readonly [page: SlabPage, at: number] {
    const page = this.#views[pageIndex(slot)]
    if (page === undefined) throw new Error(`BUG: no page has slot ${slot}`)
    return [page, slotInPage(slot)]
  }
}

/** Of a label's value, in whole Int32s. */
function paddedLength(value: Uint8Array | undefined): number {
  return value === undefined ? 0 : (value.length + 3) & ~3
}
