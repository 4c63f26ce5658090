import type { Outline } from '../merge/outline.ts'
import { pageIndex } from '../series/pages.ts'
import { CELL, checkSlab, inCells, LIVE, METRIC, METRIC_BYTES, pageBytes, SLAB, SLAB_BYTES, slabHead } from './slab.ts'
import { SlabSeries } from './slab-series.ts'

const GROWTH_BYTES = 64 * 1024

const encoder = new TextEncoder()

/** The one who writes to a slab: finds memory for metrics, their pages and the labels of their series. */
export class SlabWriter {
  readonly slab: SharedArrayBuffer
  readonly #head: Int32Array
  #next: number = inCells(SLAB_BYTES)
  /** Where the next metric is announced. */
  #link: readonly [words: Int32Array, at: number]
  /** Memory of labels that are gone, by its size's power of two. */
  readonly #free = new Map<number, number[]>()

  /** @throws TypeError when it is no slab, or another registry's. */
  constructor(slab: SharedArrayBuffer) {
    this.slab = checkSlab(slab)
    this.#head = slabHead(slab)
    this.#link = [this.#head, SLAB.FIRST]
    if (Atomics.compareExchange(this.#head, SLAB.OWNER, 0, 1) !== 0) {
      throw new TypeError('slab: it is in use by a registry already; each needs one of its own')
    }
  }

  /** Room for a metric, which is seen from here on; undefined: there is none. */
  place(outline: Outline): SlabSeries | undefined {
    const { width, maxSeries, labelNames } = outline
    const text = encoder.encode(JSON.stringify(outline))
    const mostSlots = Math.floor(this.slab.maxByteLength / pageBytes(1, width))
    const tableLength = labelNames.length === 0 ? 1 : pageIndex(Math.min(maxSeries + 1, mostSlots)) + 1
    const tableBytes = inCells(tableLength * 4) * CELL
    const cell = this.allocate(METRIC_BYTES + tableBytes + text.length)
    if (cell === 0) {
      this.refuse()
      return undefined
    }
    const start = cell * CELL
    const words = new Int32Array(this.slab, start, METRIC_BYTES / 4)
    new Uint8Array(this.slab, start + METRIC_BYTES + tableBytes, text.length).set(text)
    words[METRIC.STATE] = LIVE
    words[METRIC.TEXT_BYTES] = text.length
    words[METRIC.TABLE_LENGTH] = tableLength
    const series = new SlabSeries(this, outline, words, new Int32Array(this.slab, start + METRIC_BYTES, tableLength))
    if (series.pages.page(0).length === 0) return undefined
    const [link, at] = this.#link
    Atomics.exchange(link, at, cell)
    this.#link = [words, METRIC.NEXT]
    return series
  }

  /** Counts what found no room, for those who read. */
  refuse(): void {
    Atomics.add(this.#head, SLAB.UNPLACED, 1)
  }

  /** @returns the first cell of zeros; 0: there is no more memory. */
  allocate(bytes: number): number {
    const cell = this.#next
    const end = (cell + inCells(bytes)) * CELL
    const { slab } = this
    if (end > slab.maxByteLength) return 0
    if (end > slab.byteLength) {
      const wanted = Math.max(end, slab.byteLength + Math.max(GROWTH_BYTES, slab.byteLength >> 2))
      try {
        slab.grow(Math.min(wanted, slab.maxByteLength))
      } catch {
        return 0 // the machine has none
      }
    }
    this.#next = end / CELL
    return cell
  }

  /** As {@link allocate}, but what is there is not zero and can be given back. */
  borrow(bytes: number): number {
    const power = powerOf(bytes)
    return this.#free.get(power)?.pop() ?? this.allocate(2 ** power)
  }

  giveBack(cell: number, bytes: number): void {
    const power = powerOf(bytes)
    const cells = this.#free.get(power)
    if (cells === undefined) this.#free.set(power, [cell])
    else cells.push(cell)
  }
}

function powerOf(bytes: number): number {
  return 32 - Math.clz32(Math.max(bytes, 2 * CELL) - 1)
}
