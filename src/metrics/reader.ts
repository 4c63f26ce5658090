import type { NativeSnapshot } from './native/native-snapshot.ts'

export type { NativeBuckets, NativeSnapshot } from './native/native-snapshot.ts'

/** What the exposition reads of one metric: columns of numbers, by slot. No copies. */
export interface MetricReader {
  readonly kind: 'counter' | 'gauge' | 'histogram' | 'summary' | 'info' | 'stateset'
  readonly name: string
  readonly help: string
  /** Empty when there is none. */
  readonly unit: string
  readonly labelNames: readonly string[]
  /**
   * Of a histogram: classic upper bounds, ascending, without +Inf; empty when it is native only. A reader's never change: a
   * metric with new bounds has a new reader.
   */
  readonly bounds: readonly number[]
  /** Of a summary. */
  readonly quantiles: readonly number[]
  /** Of a stateset. */
  readonly states: readonly string[]
  /** Slots 0 to slots - 1 may hold a series. */
  readonly slots: number
  /** Changes whenever a slot gains, loses or changes its series. */
  readonly version: number
  /** 0: the slot is empty. Else another number for every series that ever lived in the slot. */
  epoch(slot: number): number
  /** Value of label i of the slot's series; undefined: the series has no such label, and it is not rendered. */
  label(slot: number, i: number): string | undefined
  /**
   * Numbers a series. Counter, gauge, info: 1. Stateset: one a state, 0 or 1. Histogram: bounds.length + 2, which are
   * own (not cumulative) counts, the last one of what lies above all bounds, then the sum. Summary: 2 +
   * quantiles.length, which are count, sum, values.
   */
  readonly width: number
  /**
   * The slot's numbers are page(slot)[offset(slot)] and the width - 1 after it. Fixed length, private or shared memory; the next
   * slot's numbers may stand in their place, so they are to be read before these are asked for.
   */
  page(slot: number): Float64Array
  offset(slot: number): number
  /** When the series began, in ms since the epoch; NaN: unknown. */
  createdAt(slot: number): number
  /** A counter's is that of bucket 0, a histogram's that of an index into its counts. */
  exemplar(slot: number, bucket: number): Exemplar | undefined
  /** The slot's native histogram, when the metric has one. */
  native(slot: number): NativeSnapshot | undefined
}

export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** Ms since the epoch; NaN: unknown. */
  readonly at: number
}

/** A registry as the exposition sees it. */
export interface RegistryReader {
  readonly constantLabels: Readonly<Record<string, string>>
  /** Runs the collect callbacks (time-boxed, each failing alone), and brings summaries and the like up to date. */
  refresh(): Promise<void>
  /** In order of registration. */
  metrics(): Iterable<MetricReader>
}
