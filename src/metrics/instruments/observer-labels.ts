import type { ExemplarInput, LabelValues } from '../instrument.ts'
import type { Child } from '../series/series.ts'
import { refuseObservation } from './histogram.ts'
import { Labels } from './labels.ts'
import { startStopwatch } from './stopwatch.ts'

interface Observer extends Child {
  observe(value: number, exemplar?: ExemplarInput): void
}

/** Series whose children hold more than their row of numbers: a native histogram, a summary. */
export class ObserverLabels<L extends string, C extends Observer> extends Labels<L, C> {
  observe(values: LabelValues<L>, value: number, exemplar?: ExemplarInput): void {
    const { series } = this
    if (!Number.isFinite(value)) refuseObservation(series.name, value)
    series.child(series.find(values)).observe(value, exemplar)
  }

  startTimer(): (values: LabelValues<L>, exemplar?: ExemplarInput) => number {
    const elapsed = startStopwatch(this.series)
    return (values, exemplar) => {
      const value = elapsed()
      this.observe(values, value, exemplar)
      return value
    }
  }
}
