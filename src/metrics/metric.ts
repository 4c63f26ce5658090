import type { Definition, Surroundings } from './definition.ts'
import { CounterChild, CounterLabels } from './instruments/counter.ts'
import { GaugeChild, GaugeLabels } from './instruments/gauge.ts'
import { BucketSearch, HistogramChild, HistogramLabels } from './instruments/histogram.ts'
import type { MetricReader } from './reader.ts'
import { Series } from './series/series.ts'

/** What the registry keeps: the instrument that the user holds, and what reads it. */
export interface Metric {
  readonly definition: Definition
  readonly instrument: object
  readonly reader: MetricReader
}

export function createMetric(definition: Definition, surroundings: Surroundings): Metric {
  const labelled = definition.labelNames.length > 0
  switch (definition.kind) {
    case 'counter': {
      const reader = new Series(definition, surroundings, (home, slot) => new CounterChild(home, slot))
      return { definition, reader, instrument: labelled ? new CounterLabels(reader) : reader.child(0) }
    }
    case 'gauge': {
      const reader = new Series(definition, surroundings, (home, slot) => new GaugeChild(home, slot))
      return { definition, reader, instrument: labelled ? new GaugeLabels(reader) : reader.child(0) }
    }
    case 'histogram': {
      const search = new BucketSearch(definition.bounds)
      const reader = new Series(definition, surroundings, (home, slot) => new HistogramChild(home, slot, search))
      return { definition, reader, instrument: labelled ? new HistogramLabels(reader, search) : reader.child(0) }
    }
    case 'summary':
    case 'info':
    case 'stateset':
      throw new Error(`BUG: ${definition.kind}`)
  }
}
