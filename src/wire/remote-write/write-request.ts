import type { HistogramValue, LabelSet, MetricMetadata } from '../../series/index.ts'
import type { RemoteWriteVersion } from './fields.ts'

/** A part of some bytes. */
export interface Spelling {
  bytes: Uint8Array
  start: number
  end: number
}

export interface WrittenHistogram {
  /** Its series' place in the request. */
  readonly series: number
  readonly at: number
  /** Undefined: the stale marker. */
  readonly value: HistogramValue | undefined
  /** ms; 0 unknown. */
  readonly start: number
}

export interface WrittenExemplar {
  readonly series: number
  readonly labels: LabelSet
  readonly value: number
  readonly at: number
}

/** What a request writes. Samples are in columns: those of series `i` lie before `sampleEnds[i]`, from where those of `i - 1` end. */
export interface WriteRequest {
  readonly version: RemoteWriteVersion
  /** How many there are. */
  readonly series: number
  readonly sampleEnds: Uint32Array
  /** ms since the epoch. */
  readonly times: Float64Array
  /** A stale marker is a NaN that `isStale` knows. */
  readonly values: Float64Array
  /** When the counter behind each sample began to count, ms; 0 unknown. */
  readonly starts: Float64Array
  /** By series, in the request's order. */
  readonly histograms: readonly WrittenHistogram[]
  readonly exemplars: readonly WrittenExemplar[]
  readonly metadata: readonly { readonly name: string; readonly metadata: MetricMetadata }[]
  /** Why histograms and exemplars were left out of the lists above. */
  readonly faults: readonly string[]
  readonly leftOut: { readonly histograms: number; readonly exemplars: number }
  /**
   * Bytes that spell the labels of series `i`: the same bytes, in whatever request of this version (and with the same
   * `SymbolIds`), are the same labels. Good until it is called again.
   */
  readonly spelling: (i: number) => Spelling
  /** @throws RangeError for labels that cannot be, ProtobufError for what is not labels. */
  readonly labels: (i: number) => LabelSet
}
