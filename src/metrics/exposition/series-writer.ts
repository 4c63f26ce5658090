import type { MetricReader } from '../reader.ts'
import type { Scratch } from './scratch.ts'

/** Writes the series of one metric in one format. */
export interface SeriesWriter {
  /** Lines a series: what it costs. */
  readonly lines: number
  /** Places a series that a rewrite needs to find again: pairs of start and end. */
  readonly marks: number
  /** Exemplars a series that the format shows. */
  readonly exemplars: number
  /** Whether the format shows when a series began. */
  readonly created: boolean
  /** What stands before the series, given how many bytes these are. */
  header(seriesBytes: number): Uint8Array
  /** Writes the slot's series anew, and its marks from `mark` on. */
  write(scratch: Scratch, slot: number, marks: Uint32Array, mark: number): void
  /** Writes a series again of which nothing but the numbers has changed. */
  rewrite(scratch: Scratch, revision: Revision): void
}

export interface Revision {
  readonly metric: MetricReader
  slot: number
  /** The numbers that the last version shows: values[value] and on. */
  readonly values: Float64Array
  value: number
  readonly marks: Uint32Array
  mark: number
  /** Where the series lies in the last version. */
  start: number
  end: number
}
