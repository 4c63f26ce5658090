import type { LabelValue, LabelValues } from '../instrument.ts'
import type { Child, Series } from '../series/series.ts'

/** What every instrument with labels does alike. */
export abstract class Labels<L extends string, C extends Child> {
  protected readonly series: Series<C>

  constructor(series: Series<C>) {
    this.series = series
  }

  labels(...values: readonly [LabelValues<L>] | readonly LabelValue[]): C {
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
