import type { LabelSet } from '../../../series/index.ts'
import type { SampleLabels } from './sample-labels.ts'
import type { Store } from './store.ts'

/** A stored series, whatever the page calls it. */
export interface CachedSeries {
  readonly ref: number
  /** The last scrape that had it. */
  seen: number
  /** The last scrape that had it and wrote it by itself, so that its end must be marked. */
  tracked: number
}

/** What became of a series of the page. */
export interface CacheEntry {
  readonly key: string
  /** Undefined: dropped by the metric rules. */
  readonly series: CachedSeries | undefined
  seen: number
}

export type Lookup =
  | { readonly kind: 'known' | 'new'; readonly entry: CacheEntry }
  /** The store has no room for the series. */
  | { readonly kind: 'no-room' }
  | { readonly kind: 'refused'; readonly reason: string }

/** Of pages that were not stored. */
const MAX_STRANGERS = 1000

/** A target's series by their spelling on its page, so that what does not change costs no labels. As large as the page. */
export class SeriesCache {
  readonly #store: Pick<Store, 'series'>
  #entries = new Map<string, CacheEntry>()
  readonly #byRef = new Map<number, CachedSeries>()
  /** Of the last page and of this one, in the page's order: the same page again needs no look-up. */
  #before: CacheEntry[] = []
  #order: CacheEntry[] = []
  #expected = 0
  #scrape = 0

  constructor(store: Pick<Store, 'series'>) {
    this.#store = store
  }

  get scrape(): number {
    return this.#scrape
  }

  begin(): void {
    this.#scrape++
    this.#order = []
    this.#expected = 0
  }

  /** `labels` is asked for a series that is new; when the page is `full` already, no series is made of it. */
  find(key: string, labels: () => SampleLabels, full = false): Lookup {
    const expected = this.#before[this.#expected]
    const entry = expected?.key === key ? expected : this.#entries.get(key)
    if (entry !== undefined) {
      if (entry === expected) this.#expected++
      // Part of the order once, however often the page repeats it.
      if (entry.seen !== this.#scrape) this.#order.push(entry)
      return { kind: 'known', entry }
    }
    const found = labels()
    if (found.kind === 'refused') return found
    const series = found.kind === 'kept' && !full ? this.#series(found.labels) : undefined
    if (series === undefined && found.kind === 'kept') return { kind: 'no-room' }
    const made: CacheEntry = { key, series, seen: 0 }
    this.#entries.set(key, made)
    this.#order.push(made)
    return { kind: 'new', entry: made }
  }

  /** After a page that was read to its end: what it did not have is forgotten. */
  end(): void {
    this.#before = this.#order
    this.#order = []
    if (this.#entries.size > this.#before.length) {
      for (const [key, { seen }] of this.#entries) if (seen !== this.#scrape) this.#entries.delete(key)
      for (const [ref, { seen }] of this.#byRef) if (seen !== this.#scrape) this.#byRef.delete(ref)
    }
  }

  /** After a page that is not stored: the next is compared with the one before. */
  abandon(): void {
    this.#order = []
    if (this.#entries.size > 2 * this.#before.length + MAX_STRANGERS) this.clear()
  }

  /** The store has forgotten series: all are to be asked for again. */
  clear(): void {
    this.#entries = new Map()
    this.#byRef.clear()
    this.#before = []
  }

  #series(labels: LabelSet): CachedSeries | undefined {
    const ref = this.#store.series(labels)
    if (ref === undefined) return undefined
    const known = this.#byRef.get(ref)
    if (known !== undefined) return known
    const series = { ref, seen: 0, tracked: 0 }
    this.#byRef.set(ref, series)
    return series
  }
}
