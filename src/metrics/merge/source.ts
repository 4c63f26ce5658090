import type { Mergeable } from './aggregate.ts'

/** Another thread or process, as the merge sees it. */
export interface Source {
  /** Brings its metrics up to date, as far as is possible in a time that the source limits itself. Never rejects. */
  refresh(): void | Promise<void>
  /** The thread or process has ended: brings its metrics up to date with what can still be read without its help. */
  end(): void
  /** Between two refreshes they stand still, so that a page which takes its time shows one moment. */
  metrics(): Iterable<Mergeable>
  close(): void
}

/** What the registry knows of another thread or process: plain numbers, read at any time. */
export interface SourceStats {
  /** Metrics left out because one of the same name is defined otherwise, or their lines would mix with another's. */
  conflicts: number
  /** Entries of its directory that were refused because they are torn or say what cannot be. */
  refused: number
  /** Scrapes that had to do with what was known before. */
  scrapeFailures: number
  /** Metrics and series that it could not place in the memory that it shares; the series went to `__overflow__`. */
  unplaced: number
}

export function noSourceStats(): SourceStats {
  return { conflicts: 0, refused: 0, scrapeFailures: 0, unplaced: 0 }
}

/** What attaching gives. */
export interface Attached {
  readonly name: string
  readonly stats: Readonly<SourceStats>
  /**
   * The thread or process has ended: what its counters and histograms held stays in the totals, its gauges go.
   * Nothing that it counts afterwards is seen.
   */
  ended(): void
  /** Takes out everything that came from it. */
  detach(): void
}
