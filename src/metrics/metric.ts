import type { Definition, Surroundings } from './definition.ts'
import { CounterChild, CounterLabels } from './instruments/counter.ts'
import { GaugeChild, GaugeLabels } from './instruments/gauge.ts'
import { BucketSearch, HistogramChild, HistogramLabels } from './instruments/histogram.ts'
import { NativeHistogramChild } from './instruments/native-histogram.ts'
import { ObserverLabels } from './instruments/observer-labels.ts'
import { NativeHistogram } from './native/native-histogram.ts'
import { type Child, Series } from './series/series.ts'

/** What the registry keeps: the instrument that the user holds, and what it records into. */
export interface Metric {
  readonly definition: Definition
  readonly instrument: object
  readonly series: Series<Child>
  /** Its children are to learn the time before a collection. */
  readonly ticks?: true
}

export function createMetric(definition: Definition, surroundings: Surroundings): Metric {
  const labelled = definition.labelNames.length > 0
  switch (definition.kind) {
    case 'counter': {
      const series = new Series(definition, surroundings, (home, slot) => new CounterChild(home, slot))
      return { definition, series, instrument: labelled ? new CounterLabels(series) : series.child(0) }
    }
    case 'gauge': {
      const series = new Series(definition, surroundings, (home, slot) => new GaugeChild(home, slot))
      return { definition, series, instrument: labelled ? new GaugeLabels(series) : series.child(0) }
    }
    case 'histogram': {
      const search = new BucketSearch(definition.bounds)
      const { name, native } = definition
      if (native !== undefined) {
        const make = (createdAt: number): NativeHistogram => new NativeHistogram({ ...native, name, createdAt })
        make(clockOf(definition, surroundings)()) // wrong options are to throw now, not at the first series
        const series = new Series(
          definition,
          surroundings,
          (home, slot) => new NativeHistogramChild(home, slot, search, make(home.createdAt(slot))),
        )
        return { definition, series, ticks: true, instrument: labelled ? new ObserverLabels(series) : series.child(0) }
      }
      const series = new Series(definition, surroundings, (home, slot) => new HistogramChild(home, slot, search))
      return { definition, series, instrument: labelled ? new HistogramLabels(series, search) : series.child(0) }
    }
    case 'summary':
    case 'info':
    case 'stateset':
      throw new Error(`BUG: ${definition.kind}`)
  }
}

/** @throws TypeError when the registry has no wall clock. */
function clockOf({ kind, name }: Definition, { now }: Surroundings): () => number {
  if (now === undefined) throw new TypeError(`${name}: such a ${kind} needs the registry's option now`)
  return now
}
