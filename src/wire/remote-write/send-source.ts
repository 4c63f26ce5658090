import type { HistogramValue, LabelSet, Matcher, MetricMetadata, SelectedSeries } from '../../series/index.ts'

export interface SourceExemplar {
  readonly labels: LabelSet
  readonly value: number
  /** ms since the epoch. */
  readonly at: number
}

/** Samples that the store has just taken: sample i is of series `refs[i]`. */
export interface TakenSamples {
  readonly refs: ArrayLike<number>
  readonly times: ArrayLike<number>
  readonly values: Float64Array
  readonly starts: ArrayLike<number> | undefined
  /** By place. */
  readonly histograms: ReadonlyMap<number, HistogramValue>
  readonly exemplars: readonly { readonly ref: number; readonly exemplar: SourceExemplar }[]
}

/** The store whose samples are sent, as the sender sees it. `boxman/tsdb` has one. */
export interface SendSource {
  readonly observe: (listener: (taken: TakenSamples) => void) => () => void
  readonly labelsOf: (ref: number) => LabelSet | undefined
  readonly select: (matchers: readonly Matcher[], from: number, to: number) => Promise<readonly SelectedSeries[]>
  readonly exemplars: (
    matchers: readonly Matcher[],
    from: number,
    to: number,
  ) => readonly { readonly labels: LabelSet; readonly exemplars: readonly SourceExemplar[] }[]
  readonly metadata: () => Promise<ReadonlyMap<string, MetricMetadata>>
}
