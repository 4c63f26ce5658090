import type { HistogramValue, LabelSet, MetricMetadata } from '../../series/index.ts'

/** One line of a page, or what would be one line if the page was text. */
export type PageEntry = PageMetadata | PageSample

/** What the page says of a metric: one of type, help and unit. */
export interface PageMetadata {
  readonly kind: 'metadata'
  readonly name: string
  readonly type?: MetricMetadata['type']
  readonly help?: string
  readonly unit?: string
}

export interface PageSample {
  readonly kind: 'sample'
  /**
   * Spells the series: two series never have the same key, on no page and in no format. It is had without building the
   * labels, and equal from scrape to scrape of an exporter that does not change its mind: for caches.
   */
  readonly key: string
  /** Built anew with each call, with `__name__`. @throws PageError for labels that no series can have. */
  readonly labels: () => LabelSet
  /** Milliseconds since the epoch; undefined when the page does not say. Not always a time that a store takes. */
  readonly at: number | undefined
  readonly value: number | HistogramValue
  /** When the series began to count, ms; 0: unknown. */
  readonly startTime: number
  readonly exemplars: readonly PageExemplar[]
}

export interface PageExemplar {
  readonly labels: LabelSet
  readonly value: number
  readonly at: number | undefined
}

export const NO_EXEMPLARS: readonly PageExemplar[] = Object.freeze([])
