import type { LabelSet } from '../../series/index.ts'

/** A scraped target; times are ms since the epoch. */
export interface TargetStatus {
  /** Before relabelling. */
  readonly discoveredLabels: LabelSet
  readonly labels: LabelSet
  /** The job. */
  readonly scrapePool: string
  readonly scrapeUrl: string
  /** `unknown` until the first scrape. */
  readonly health: 'up' | 'down' | 'unknown'
  /** '' when there is none. */
  readonly lastError: string
  readonly lastScrape: number | undefined
  readonly lastScrapeMs: number
  readonly scrapeIntervalMs: number
  readonly scrapeTimeoutMs: number
}

/** What discovery found and relabelling dropped. */
export interface DroppedTarget {
  readonly discoveredLabels: LabelSet
  readonly scrapePool: string
}
