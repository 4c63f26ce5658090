import type { Counter, ExemplarInput, LabelledCounter, LabelValues } from '../instrument.ts'
import type { Child, Home } from '../series/series.ts'
import { Labels } from './labels.ts'

export class CounterChild implements Counter, Child {
  readonly #home: Home
  #slot: number
  #page: Float64Array
  #at: number

  constructor(home: Home, slot: number) {
    this.#home = home
    this.#slot = slot
    this.#page = home.page(slot)
    this.#at = home.offset(slot)
  }

  inc(by = 1, exemplar?: ExemplarInput): void {
    if (!(by >= 0 && by < Infinity) || typeof by !== 'number') refuseIncrement(this.#home.name, by)
    this.#page[this.#at] = (this.#page[this.#at] ?? 0) + by
    if (exemplar !== undefined) this.#home.mark(this.#slot, 0, exemplar, by)
  }

  detach(): void {
    this.#slot = -1
    this.#page = this.#home.scratch
    this.#at = 0
  }
}

export class CounterLabels<L extends string> extends Labels<L, CounterChild> implements LabelledCounter<L> {
  inc(values: LabelValues<L>, by = 1, exemplar?: ExemplarInput): void {
    const { series } = this
    if (!(by >= 0 && by < Infinity) || typeof by !== 'number') refuseIncrement(series.name, by)
    const slot = series.find(values)
    const page = series.page(slot)
    const at = series.offset(slot)
    page[at] = (page[at] ?? 0) + by
    if (exemplar !== undefined) series.mark(slot, 0, exemplar, by)
  }
}

export function refuseIncrement(name: string, by: unknown): never {
  throw new RangeError(`${name}: inc(${String(by)}) must be a finite number >= 0`)
}
