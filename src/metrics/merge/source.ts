import type { Mergeable } from './aggregate.ts'

/** Another thread or process, as the merge sees it. */
export interface Source {
  /** Brings its metrics up to date, as far as is possible in a time that the source limits itself. Never rejects. */
  refresh(): void | Promise<void>
  metrics(): Iterable<Mergeable>
  /** True: series went or came since `refresh`, so that numbers read meanwhile may be those of others. */
  isBehind(): boolean
  close(): void
}

/** What the registry knows of another thread or process. */
export interface SourceStats {
  /** Metrics left out because one of the same name is defined otherwise, or their lines would mix with another's. */
  conflicts: number
  /** Records of the directory refused because they are torn or say what cannot be. */
  recordsRefused: number
  /** Scrapes that had to do with what was known before. */
  scrapeFailures: number
}

/** What `attach` gives. */
export interface Attached {
  readonly name: string
  readonly stats: Readonly<SourceStats>
  /** The thread or process has ended: what its counters and histograms held stays in the totals, its gauges go. */
  ended(): void
  /** Takes out everything that came from it. */
  detach(): void
}
