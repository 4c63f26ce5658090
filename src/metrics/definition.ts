import type { Grid } from './adaptive/grid.ts'
import type { Aggregate } from './merge/aggregate.ts'
import type { NativeOptions, SummaryWindow } from './options.ts'
import type { MetricReader } from './reader.ts'
import type { SlabWriter } from './threads/slab-writer.ts'

/** What a metric is. Two registrations that agree in all of it are one metric. */
export interface Definition extends Pick<
  MetricReader,
  'kind' | 'name' | 'help' | 'unit' | 'labelNames' | 'bounds' | 'quantiles' | 'states' | 'width'
> {
  /** Series, but for the one of OVERFLOW in every label. */
  readonly maxSeries: number
  /** Values of each label, but for OVERFLOW. */
  readonly maxValuesPerLabel: number
  /** How long a series may stand still before it goes; undefined: for ever. */
  readonly expireAfterMs: number | undefined
  /** How a series that several threads or processes have becomes one. */
  readonly aggregate: Aggregate
  /** Of a histogram that counts natively. */
  readonly native?: NativeOptions
  /** Of a histogram whose page shows some of its bounds. */
  readonly adaptive?: Grid
  /** Of a summary. */
  readonly window?: Required<SummaryWindow>
}

/** Counts of what the registry refused or lost; plain numbers, read at any time. */
export interface RegistryStats {
  /** Look-ups whose labels, or one of them, became `__overflow__` because a limit was reached. */
  overflowed: number
  /** `collect` callbacks that threw, rejected, or did not settle in time. */
  collectFailures: number
  /** Exemplars left out because their labels were too long or ill-named. */
  exemplarsDropped: number
  /** Series that went because they had stood still for the metric's `expireAfterMs`. */
  expired: number
}

/** What the registry lends to its metrics. */
export interface Surroundings {
  readonly stats: RegistryStats
  /** Ms since the epoch. */
  readonly now: (() => number) | undefined
  /** Ms, from any start, never backwards. */
  readonly monotonicNow: (() => number) | undefined
  /** What a label's value is shown as. */
  readonly redact?: ((text: string) => string) | undefined
  /** Shared memory for the numbers, when other threads are to read them. */
  readonly slab?: SlabWriter | undefined
}
