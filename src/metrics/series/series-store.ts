import type { ExemplarInput } from '../instrument.ts'
import type { MetricReader } from '../reader.ts'

/** The series of one metric, for instruments that keep the calls of another library. Without labels, slot 0 is its series. */
export interface SeriesStore extends MetricReader {
  /** The slot of the series with just these values; -1 when there is none, or they are not quite labels. */
  seek(values: object): number
  /** As {@link seek}, with the values in the order of the label names; undefined: the series has no such label. */
  seekListed(values: readonly unknown[]): number
  /** As {@link seekListed}, but makes the series when there is none; OVERFLOW's beyond the limit. One value a label. */
  enter(values: readonly (string | number | undefined)[]): number
  /** Keeps the exemplar of what was just recorded, or counts it as dropped when it is ill-formed. */
  mark(slot: number, bucket: number, exemplar: ExemplarInput, value: number): void
  /** The series stays and starts anew from zero. */
  zero(slot: number): void
  /** Takes the series out. Of metrics with labels only. */
  vacate(slot: number): void
  /** Takes all series out. Of metrics with labels only. */
  clear(): void
}
