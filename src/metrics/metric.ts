import { AdaptiveBounds } from './adaptive/adaptive-bounds.ts'
import type { Definition, Surroundings } from './definition.ts'
import { CounterChild, CounterLabels } from './instruments/counter.ts'
import { GaugeChild, GaugeLabels } from './instruments/gauge.ts'
import { BucketSearch, HistogramChild, HistogramLabels } from './instruments/histogram.ts'
import { InfoLabels } from './instruments/info.ts'
import { LoneCounterSeries } from './instruments/lone-counter.ts'
import { NativeHistogramChild } from './instruments/native-histogram.ts'
import { ObserverLabels } from './instruments/observer-labels.ts'
import { StateSetChild, StateSetLabels } from './instruments/state-set.ts'
import { SummaryChild } from './instruments/summary.ts'
import { NativeHistogram } from './native/native-histogram.ts'
import { type Child, Series } from './series/series.ts'
import { SlidingSketch } from './window/sliding-sketch.ts'

/** What the registry keeps: the instrument that the user holds, and what it records into. */
export interface Metric {
  readonly definition: Definition
  readonly instrument: object
  readonly series: Series<Child>
  /** Its children are to learn the time before a collection. */
  readonly ticks?: true
  /** Of its bounds, those that a page shows. */
  readonly adaptive?: AdaptiveBounds
}

export function createMetric(definition: Definition, surroundings: Surroundings): Metric {
  const labelled = definition.labelNames.length > 0
  switch (definition.kind) {
    case 'counter': {
      if (!labelled && surroundings.slab === undefined) {
        const series = new LoneCounterSeries(definition, surroundings)
        return { definition, series, instrument: series.child(0) }
      }
      const series = new Series(definition, surroundings, (home, slot) => new CounterChild(home, slot))
      return { definition, series, instrument: labelled ? new CounterLabels(series) : series.child(0) }
    }
    case 'gauge': {
      const series = new Series(definition, surroundings, (home, slot) => new GaugeChild(home, slot))
      return { definition, series, instrument: labelled ? new GaugeLabels(series) : series.child(0) }
    }
    case 'histogram': {
      const metric = createHistogram(definition, surroundings)
      const { adaptive } = definition
      if (adaptive === undefined) return metric
      return { ...metric, adaptive: new AdaptiveBounds(metric.series, adaptive, clockOf(definition, surroundings)()) }
    }
    case 'summary': {
      const { name, window } = definition
      if (window === undefined) throw new Error(`BUG: ${name} has no window`)
      const { maxAgeMs, ageBuckets, min, max } = window
      // What never leaves needs no slices to leave in.
      const slices = maxAgeMs === Infinity ? 1 : ageBuckets
      const make = (): SlidingSketch => new SlidingSketch({ name, windowMs: maxAgeMs, slices, min, max })
      make().tick(clockOf(definition, surroundings)())
      const series = new Series(definition, surroundings, (home, slot) => new SummaryChild(home, slot, make))
      return { definition, series, ticks: true, instrument: labelled ? new ObserverLabels(series) : series.child(0) }
    }
    case 'info': {
      const series = new Series<Child>(definition, surroundings, () => ({ detach: () => undefined }))
      return { definition, series, instrument: new InfoLabels(series) }
    }
    case 'stateset': {
      const series = new Series(definition, surroundings, (home, slot) => new StateSetChild(home, slot))
      return { definition, series, instrument: labelled ? new StateSetLabels(series) : series.child(0) }
    }
  }
}

function createHistogram(definition: Definition, surroundings: Surroundings): Metric {
  const { name, native, bounds, labelNames } = definition
  const labelled = labelNames.length > 0
  const search = new BucketSearch(bounds)
  if (native === undefined) {
    const series = new Series(definition, surroundings, (home, slot) => new HistogramChild(home, slot, search))
    return { definition, series, instrument: labelled ? new HistogramLabels(series, search) : series.child(0) }
  }
  const make = (createdAt: number): NativeHistogram => new NativeHistogram({ ...native, name, createdAt })
  make(clockOf(definition, surroundings)()) // wrong options are to throw now, not at the first series
  const series = new Series(
    definition,
    surroundings,
    (home, slot) => new NativeHistogramChild(home, slot, search, make(home.createdAt(slot))),
  )
  return { definition, series, ticks: true, instrument: labelled ? new ObserverLabels(series) : series.child(0) }
}

/** @throws TypeError when the registry has no wall clock. */
function clockOf({ kind, name }: Definition, { now }: Surroundings): () => number {
  if (now === undefined) throw new TypeError(`${name}: such a ${kind} needs the registry's option now`)
  return now
}
