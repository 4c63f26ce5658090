import type { LabelSet, SeriesColumns } from '../../series/index.ts'
import type { Spans } from './steps.ts'

/** One series as windows slide over it: no stale markers among its samples. */
export interface Track extends SeriesColumns {
  readonly labels: LabelSet
  readonly dropName: boolean
}

/** Where each step's range lies among the track's floats and histograms. */
export interface TrackSpans {
  readonly floats: Spans
  readonly histograms: Spans
}

/** What is done with a track. It is the user's until what is returned is done. */
export type TrackUse = (track: Track, spans: TrackSpans) => Promise<void> | undefined
