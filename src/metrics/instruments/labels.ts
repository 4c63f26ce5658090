import type { LabelValue, LabelValues } from '../instrument.ts'
import type { Child, Series } from '../series/series.ts'

/** What every instrument with labels does alike. */
export abstract class Labels<L extends string, C extends Child> {
  protected readonly series: Series<C>

  constructor(series: Series<C>) {
    this.series = series
  }

  labels(...values: readonly [LabelValues<L>] | readonly LabelValue[]): C {
    if (values.length === 3) {
      const slot = this.series.seekThree(values[0], values[1], values[2])
      return this.series.child(slot < 0 ? this.series.findListed([values[0], values[1], values[2]]) : slot)
    }
    const [first] = values
    const slot = typeof first === 'object' ? this.series.find(first) : this.series.findListed(values)
    return this.series.child(slot)
  }

  remove(partial: Partial<LabelValues<L>>): number {
    return this.series.remove(partial)
  }

  clear(): void {
    this.series.clear()
  }

  reset(): void {
    this.series.reset()
  }
}
