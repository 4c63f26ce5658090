import type { Exemplar, NativeSnapshot } from '../reader.ts'
import { Pages } from '../series/pages.ts'
import type { Mergeable } from './aggregate.ts'
import type { Outline } from './outline.ts'
import { Outlined } from './outlined.ts'

/** A metric of another thread or process as it was when last looked at: a copy, in the slots that it has there. */
export class RemoteMetric extends Outlined implements Mergeable {
  slots = 0
  version = 0
  readonly #pages: Pages
  readonly #epochs: number[] = []
  readonly #labels: (readonly (string | undefined)[])[] = []
  readonly #began: number[] = []

  constructor(outline: Outline) {
    super(outline)
    this.#pages = this.labelNames.length === 0 ? Pages.single(this.width) : new Pages(this.width)
  }

  epoch(slot: number): number {
    return this.#epochs[slot] ?? 0
  }

  label(slot: number, i: number): string | undefined {
    return this.#labels[slot]?.[i]
  }

  page(slot: number): Float64Array {
    return this.#pages.page(slot)
  }

  offset(slot: number): number {
    return this.#pages.offset(slot)
  }

  createdAt(slot: number): number {
    return this.#began[slot] ?? NaN
  }

  exemplar(_slot: number, _bucket: number): Exemplar | undefined {
    return undefined
  }

  native(_slot: number): NativeSnapshot | undefined {
    return undefined
  }

  /** The slot now has this series. Slots are to be placed in turn, without a gap. */
  place(slot: number, epoch: number, labels: readonly (string | undefined)[]): void {
    this.reach(slot + 1)
    this.#epochs[slot] = epoch
    this.#labels[slot] = labels
    this.#began[slot] = NaN
    this.#pages.zero(slot)
    this.version++
  }

  vacate(slot: number): void {
    if (this.epoch(slot) === 0) return
    this.#epochs[slot] = 0
    this.#labels[slot] = []
    this.version++
  }

  began(slot: number, at: number): void {
    this.#began[slot] = at
  }

  /** Makes room for so many slots. */
  reach(slots: number): void {
    while (this.slots < slots) {
      if (this.labelNames.length > 0) this.#pages.reach(this.slots)
      this.slots++
    }
  }
}
