import type { HistogramSamples } from '../chunk/histograms.ts'
import type { SampleColumns } from '../chunk/samples.ts'

/**
 * Float samples of one series that lie together somewhere: a chunk, a page's column, an open end. Oldest first.
 * A source is read in the turn in which it was made: later its samples may have moved.
 */
export interface FloatSource {
  readonly minTime: number
  readonly maxTime: number
  readonly count: number
  readonly hasStarts: boolean
  /** The array of times, when other series have the very same samples' times in it. */
  readonly sharedTimes: Float64Array | undefined
  /** Fills `into` from `at` on with all `count` samples. */
  read(into: SampleColumns, at: number): void
}

export interface HistogramSource {
  readonly minTime: number
  readonly maxTime: number
  read(): HistogramSamples
}

/** Where the samples of a series are to be found. Of samples at one time, the one from the source that came first counts. */
export interface Sources {
  readonly floats: FloatSource[]
  readonly histograms: HistogramSource[]
}
