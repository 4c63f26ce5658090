import type { Outline } from '../merge/outline.ts'
import { RemoteMetric } from '../merge/remote-metric.ts'
import type { SourceStats } from '../merge/source.ts'
import { OVERFLOW } from '../series/label-value-ids.ts'
import { slotsOfPage } from '../series/pages.ts'
import { CELL, METRIC, MOST_LABEL_BYTES, NO_LABEL, pageBytes, type SlabPage, slabPage } from './slab.ts'

/** How often it is read again because series came or went meanwhile; then those are left to the next time. */
const ATTEMPTS = 3

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
const decoder = new TextDecoder('utf-8', { ignoreBOM: true }) // a label's value may begin with one

/** One metric of a slab, and the copy of it that was made last. */
export class SlabMetric {
  readonly remote: RemoteMetric
  readonly #slab: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #table: Int32Array
  readonly #stats: SourceStats
  readonly #pages: (SlabPage & { readonly first: number })[] = []
  /** The epoch at which a slot was refused. */
  readonly #refused = new Map<number, number>()
  #version = NaN
  #broken = false

  constructor(slab: SharedArrayBuffer, words: Int32Array, table: Int32Array, outline: Outline, stats: SourceStats) {
    this.#slab = slab
    this.#words = words
    this.#table = table
    this.#stats = stats
    this.remote = new RemoteMetric(outline)
  }

  refresh(): void {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const version = Atomics.load(this.#words, METRIC.VERSION)
      if (version !== this.#version) {
        this.#findPages()
        for (const page of this.#pages) this.#followSeries(page)
      }
      for (const page of this.#pages) this.#copyNumbers(page)
      // Adding nothing, not loading: no reading of a number may slip behind this one.
      this.#version = Atomics.add(this.#words, METRIC.VERSION, 0) === version ? version : NaN
      if (this.#version === version) return
    }
    for (const { epochs, first } of this.#pages) {
      for (let i = 0; i < epochs.length; i++) {
        if (Atomics.add(epochs, i, 0) !== this.remote.epoch(first + i)) this.remote.vacate(first + i)
      }
    }
  }

  #findPages(): void {
    const { width, labelNames } = this.remote
    while (!this.#broken && this.#pages.length < this.#table.length) {
      const index = this.#pages.length
      const cell = Atomics.load(this.#table, index)
      if (cell === 0) return
      const slots = labelNames.length === 0 ? 1 : slotsOfPage(index)
      if (!this.#holds(cell, pageBytes(slots, width))) {
        this.#broken = true
        this.#stats.refused++
        return
      }
      const first = this.remote.slots
      this.#pages.push({ ...slabPage(this.#slab, cell, slots, width), first })
      this.remote.reach(first + slots)
    }
  }

  #followSeries({ epochs, labels, first }: SlabPage & { readonly first: number }): void {
    const { remote } = this
    for (let i = 0; i < epochs.length; i++) {
      const slot = first + i
      const epoch = Atomics.load(epochs, i)
      if (epoch === remote.epoch(slot)) continue
      remote.vacate(slot)
      if (epoch === 0 || this.#refused.get(slot) === epoch) continue
      const texts = this.#readLabels(labels[i] ?? 0)
      if (Atomics.add(epochs, i, 0) !== epoch) continue
      if (texts === undefined) {
        this.#refused.set(slot, epoch)
        this.#stats.refused++
      } else {
        remote.place(slot, epoch, texts)
      }
    }
  }

  #copyNumbers({ numbers, began, first }: SlabPage & { readonly first: number }): void {
    const { remote } = this
    const page = remote.page(first)
    for (let i = 0; i < numbers.length; i++) page[i] = numbers[i] ?? 0
    for (let i = 0; i < began.length; i++) {
      const at = began[i] ?? 0
      remote.began(first + i, at === 0 ? NaN : at)
    }
  }

  /** Undefined: they cannot be labels of this metric. */
  #readLabels(cell: number): readonly (string | undefined)[] | undefined {
    const { labelNames } = this.remote
    if (cell === 0) return labelNames.map(() => OVERFLOW)
    if (!this.#holds(cell, 4)) return undefined
    const length = new Int32Array(this.#slab, cell * CELL, 1)[0] ?? 0
    if (!(length > 0 && length <= MOST_LABEL_BYTES && this.#holds(cell, 4 + length))) return undefined
    // A copy, which nobody changes while it is being looked at.
    const copy = new Uint8Array(this.#slab, cell * CELL + 4, length).slice()
    const words = new DataView(copy.buffer)
    const texts: (string | undefined)[] = []
    let at = 0
    for (let i = 0; i < labelNames.length; i++) {
      if (at + 4 > length) return undefined
      const bytes = words.getInt32(at, LITTLE_ENDIAN)
      at += 4
      if (bytes < NO_LABEL || at + bytes > length) return undefined
      texts.push(bytes === NO_LABEL ? undefined : decoder.decode(copy.subarray(at, at + bytes)))
      if (bytes > 0) at += (bytes + 3) & ~3
    }
    return texts
  }

  #holds(cell: number, bytes: number): boolean {
    return cell > 0 && cell * CELL + bytes <= this.#slab.byteLength
  }
}
