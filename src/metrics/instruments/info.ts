import type { Info, LabelValues } from '../instrument.ts'
import type { Child, Series } from '../series/series.ts'

/** Each of its series is worth 1: what it says is its labels. */
export class InfoLabels<L extends string> implements Info<L> {
  readonly #series: Series<Child>

  constructor(series: Series<Child>) {
    this.#series = series
  }

  set(values: LabelValues<L>): void {
    this.#series.check(values)
    this.#series.clear()
    this.add(values)
  }

  add(values: LabelValues<L>): void {
    const slot = this.#series.find(values)
    this.#series.page(slot)[this.#series.offset(slot)] = 1
  }

  remove(partial: Partial<LabelValues<L>>): number {
    return this.#series.remove(partial)
  }

  clear(): void {
    this.#series.clear()
  }
}
