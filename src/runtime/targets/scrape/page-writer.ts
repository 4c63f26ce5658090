import type { HistogramValue, LabelSet, MetricMetadata } from '../../../series/index.ts'
import type { AppendResult, Batch, Exemplar, ScrapeGroup } from '../../../tsdb/index.ts'
import { type PageEntry, type PageMetadata, type PageSample, readPage } from '../../../wire/index.ts'
import type { ScrapeConfig } from '../config/scrape-config.ts'
import { Columns } from './columns.ts'
import { limitHistogram } from './histogram-limits.ts'
import { reportLabels, type SampleLabels, sampleLabels } from './sample-labels.ts'
import { type CachedSeries, SeriesCache } from './series-cache.ts'
import type { Store } from './store.ts'
import { Turns } from './turns.ts'

/** What a page brought. */
export interface PageCounts {
  /** Samples on the page. */
  scraped: number
  /** Of these, what the metric rules left. */
  kept: number
  /** Series that the page before did not have. */
  added: number
}

/** Samples that were not taken: repeated on one page, or refused by the store. */
export interface WriteStats {
  duplicates: number
  refused: number
}

const REPORTS = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
] as const

const SAMPLE_LIMIT = 'sample limit exceeded'
const MAX_METADATA = 10_000
const NOTHING_KNOWN: MetricMetadata = { type: 'unknown', help: '', unit: '' }

/** Writes the pages of one target to the store, and about each whether it came. */
export class PageWriter {
  readonly #stats: WriteStats
  readonly #store: Store
  readonly #config: ScrapeConfig
  readonly #labels: LabelSet
  readonly #now: () => number
  readonly #cache: SeriesCache
  readonly #group: ScrapeGroup
  readonly #columns = new Columns()
  readonly #reports: readonly LabelSet[]
  readonly #metadata = new Map<string, MetricMetadata>()
  /** Whether the store has room for the reports. */
  #reported = false
  /** Series of the last scrape that were written by themselves. */
  #tracked: readonly CachedSeries[] = []

  /** `now` is in ms that never go back. */
  constructor(store: Store, config: ScrapeConfig, labels: LabelSet, now: () => number, stats: WriteStats) {
    this.#stats = stats
    this.#store = store
    this.#config = config
    this.#labels = labels
    this.#now = now
    this.#cache = new SeriesCache(store)
    this.#group = store.scrapeGroup()
    this.#reports = REPORTS.map((name) => reportLabels(name, labels))
  }

  /** What the pages say of their metrics, by name. */
  get metadata(): ReadonlyMap<string, MetricMetadata> {
    return this.#metadata
  }

  /** The page, scraped at `at`, ms since the epoch. What is wrong with it, if anything, and then none of it is stored; nor is it when `signal` ends the work. */
  async write(
    body: Uint8Array,
    contentType: string | undefined,
    at: number,
    begun: number,
    signal: AbortSignal,
  ): Promise<PageCounts & { readonly fault: string | undefined }> {
    const page = new PageInProgress(at, this.#store.batch())
    this.#begin()
    const fault = await this.#read(body, contentType, page, signal)
    if (signal.aborted) return { ...page.counts, fault }
    if (fault === undefined) this.#cache.end()
    else {
      this.#cache.abandon()
      this.#begin()
    }
    this.#finish(fault === undefined ? page : undefined, at, { ...page.counts, up: fault === undefined, begun })
    return { ...page.counts, fault }
  }

  /** There was no page: the target's series end. */
  miss(at: number, begun: number): void {
    this.#begin()
    this.#finish(undefined, at, { scraped: 0, kept: 0, added: 0, up: false, begun })
  }

  /** The target is gone, with its series. */
  end(at: number): void {
    const batch = this.#store.batch()
    for (const { ref } of this.#tracked) batch.addStale(ref, at)
    this.#tracked = []
    batch.commit()
    this.#group.end(at)
  }

  #begin(): void {
    this.#cache.begin()
    this.#columns.clear()
    // Before the page's, so that they keep their places; the values come last.
    const refs = this.#reports.flatMap((labels) => this.#store.series(labels) ?? [])
    this.#reported = refs.length === this.#reports.length
    if (this.#reported) for (const ref of refs) this.#columns.add(ref, Number.NaN, 0)
    else this.#stats.refused += this.#reports.length
  }

  async #read(
    body: Uint8Array,
    contentType: string | undefined,
    page: PageInProgress,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { fallbackProtocol, classicHistograms, nativeHistograms } = this.#config
    const options = {
      classicHistograms: classicHistograms || nativeHistograms === false,
      ...(fallbackProtocol === undefined ? {} : { fallbackFormat: fallbackProtocol }),
    }
    const turns = new Turns(this.#now)
    try {
      for (const entry of readPage(body, contentType, options)) {
        const fault = this.#take(entry, page)
        if (fault !== undefined) return fault
        if (turns.over) await turns.next()
        if (signal.aborted) return 'given up'
      }
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
    return page.limitFault
  }

  #take(entry: PageEntry, page: PageInProgress): string | undefined {
    if (entry.kind === 'metadata') return this.#describe(entry)
    const isHistogram = typeof entry.value !== 'number'
    if (isHistogram && this.#config.nativeHistograms === false) return undefined
    page.counts.scraped++
    const { scrape } = this.#cache
    const { samples: limit } = this.#config.limits
    const full = limit > 0 && page.counts.kept >= limit
    const labels = (): SampleLabels => sampleLabels(entry.labels(), entry.key, this.#labels, this.#config)
    const found = this.#cache.find(entry.key, labels, full)
    if (found.kind === 'refused') return found.reason
    if (found.kind === 'no-room') {
      page.counts.kept++
      if (full) page.limitFault ??= SAMPLE_LIMIT
      else this.#stats.refused++
      return undefined
    }
    found.entry.seen = scrape
    const { series } = found.entry
    if (series === undefined) return undefined
    page.counts.kept++
    if (full) page.limitFault ??= SAMPLE_LIMIT
    const at = this.#config.honorTimestamps ? entry.at : undefined
    if (series.seen === scrape && at === undefined) {
      this.#stats.duplicates++
      return undefined
    }
    this.#put(entry, at, series, page)
    if (found.kind === 'new' && page.limitFault === undefined) page.counts.added++
    return undefined
  }

  #put(entry: PageSample, at: number | undefined, series: CachedSeries, page: PageInProgress): void {
    const { value, startTime } = entry
    series.seen = this.#cache.scrape
    if (typeof value === 'number' && at === undefined) this.#columns.add(series.ref, value, startTime)
    else {
      if (typeof value === 'number') page.batch.add(series.ref, at ?? page.at, value, startTime)
      else this.#putHistogram(series.ref, value, at ?? page.at, startTime, page)
      if ((at === undefined || this.#config.trackTimestampsStaleness) && series.tracked !== series.seen) {
        series.tracked = series.seen
        page.tracked.push(series)
      }
    }
    for (const exemplar of entry.exemplars) {
      const { labels } = exemplar
      page.exemplars.push({ ref: series.ref, exemplar: { labels, value: exemplar.value, at: exemplar.at ?? page.at } })
    }
  }

  #putHistogram(ref: number, value: HistogramValue, at: number, startTime: number, page: PageInProgress): void {
    const { histogramBuckets, histogramMinFactor } = this.#config
    const limited = limitHistogram(value, histogramBuckets, histogramMinFactor)
    if (limited === undefined) page.limitFault ??= 'histogram bucket limit exceeded'
    else page.batch.addHistogram(ref, at, limited, startTime)
  }

  #describe({ name, type, help, unit }: PageMetadata): undefined {
    const known = this.#metadata.get(name) ?? NOTHING_KNOWN
    const told = { type: type ?? known.type, help: help ?? known.help, unit: unit ?? known.unit }
    if (told.type === known.type && told.help === known.help && told.unit === known.unit) return
    if (this.#metadata.size >= MAX_METADATA) this.#metadata.clear()
    this.#metadata.set(name, told)
    this.#store.setMetadata(name, told)
  }

  #finish(
    page: PageInProgress | undefined,
    at: number,
    report: PageCounts & { readonly up: boolean; readonly begun: number },
  ): void {
    const { scrape } = this.#cache
    const batch = page?.batch ?? this.#store.batch()
    for (const { ref, seen } of this.#tracked) if (seen !== scrape) batch.addStale(ref, at)
    this.#tracked = page?.tracked ?? []
    for (const { ref, exemplar } of page?.exemplars ?? []) batch.addExemplar(ref, exemplar)
    this.#count(batch.commit())
    const { values } = this.#columns
    const seconds = (this.#now() - report.begun) / 1000
    if (this.#reported) values.set([Number(report.up), seconds, report.scraped, report.kept, report.added])
    this.#count(this.#group.append(at, this.#columns.refs, values, this.#columns.starts))
  }

  #count({ refused }: AppendResult): void {
    for (const count of Object.values(refused)) this.#stats.refused += count
    if (refused['unknown-series'] !== undefined) this.#cache.clear()
  }
}

/** What was read of a page so far. */
class PageInProgress {
  readonly at: number
  readonly batch: Batch
  readonly counts: PageCounts = { scraped: 0, kept: 0, added: 0 }
  readonly tracked: CachedSeries[] = []
  readonly exemplars: { readonly ref: number; readonly exemplar: Exemplar }[] = []
  /** Told when the page is at its end, so that it is counted whole. */
  limitFault: string | undefined

  constructor(at: number, batch: Batch) {
    this.at = at
    this.batch = batch
  }
}
