import { type MetricReader, type RegistryReader, storedNames } from '../../../metrics/index.ts'
import type { MetricMetadata } from '../../../series/index.ts'
import type { AppendResult, Tsdb } from '../../../tsdb/index.ts'
import { type TurnOptions, Turns } from '../turns.ts'
import { type Labelling, Piece } from './piece.ts'
import { type Facts, Report } from './report.ts'
import { SeriesRefs } from './series-refs.ts'
import { Shelves } from './shelves.ts'

export interface OwnScrapeOptions extends TurnOptions {
  readonly registry: RegistryReader
  readonly store: Tsdb
  /** As a scraper's target has them: `job` and `instance`. */
  readonly target: Readonly<Record<string, string>>
}

/** How the last scrape went. */
export interface LastScrape {
  /** Ms since the epoch. */
  readonly at: number
  readonly tookMs: number
  /** '' when it went well. */
  readonly error: string
}

/**
 * Stores what the registry's cells hold as the series that Prometheus would store after scraping its page, of all formats together:
 * classic histograms as the text has them, native ones as protobuf has them. Samples of one scrape share one time.
 */
export class OwnScrape {
  readonly #options: OwnScrapeOptions
  readonly #labelling: Labelling
  #refs: SeriesRefs
  #shelves: Shelves
  #report: Report
  #pieces = new Map<MetricReader, Piece[]>()
  #isForgotten = false
  #isOver = false
  #last: LastScrape | undefined

  constructor(options: OwnScrapeOptions) {
    const { registry, store, target } = options
    this.#options = options
    this.#labelling = { constant: Object.entries(registry.constantLabels), target: Object.entries(target) }
    this.#refs = new SeriesRefs(store)
    this.#shelves = new Shelves(() => store.scrapeGroup())
    this.#report = new Report(store, this.#labelling.target)
  }

  get last(): LastScrape | undefined {
    return this.#last
  }

  /** One scrape, at `at` ms since the epoch: not to be called again before it is over. */
  async run(at: number): Promise<void> {
    const { registry, now } = this.#options
    const begun = now()
    if (this.#isForgotten) this.#startAnew()
    const facts = (scraped: number, up: Facts['up']): Facts => ({
      up,
      scrape_duration_seconds: (now() - begun) / 1000,
      scrape_samples_scraped: scraped,
      scrape_samples_post_metric_relabeling: scraped,
      scrape_series_added: this.#refs.takeAdded(),
    })
    try {
      await registry.refresh()
      if (this.#isOver) return
      const scraped = await this.#store(at)
      this.#heed(this.#report.append(at, facts(scraped, 1)))
      this.#last = { at, tookMs: now() - begun, error: '' }
    } catch (error) {
      this.#endSeries(at)
      this.#heed(this.#report.append(at, facts(0, 0)))
      this.#last = { at, tookMs: now() - begun, error: error instanceof Error ? error.message : String(error) }
      throw error
    }
  }

  /** There will be no further scrape: every series ends here. */
  end(at: number): void {
    this.#isOver = true
    this.#endSeries(at)
    this.#report.end(at)
  }

  async #store(at: number): Promise<number> {
    const { store } = this.#options
    const turns = new Turns(this.#options)
    const batch = store.batch()
    const commit = (): void => {
      if (batch.size + batch.exemplars.length > 0) this.#heed(batch.commit())
    }
    const ended = new Set(await this.#follow(turns))
    const retry = this.#refs.isWorthRetrying()
    let scraped = 0
    for (const shelf of this.#shelves.newestFirst) {
      shelf.clear()
      for (const piece of shelf.pieces) {
        for (const ref of piece.leave()) ended.add(ref)
        piece.join(retry)
        shelf.read(piece)
        scraped += piece.scraped
        piece.readExemplars(batch, at)
        commit()
        if (turns.isOver) await turns.breathe()
        if (piece.metric.kind === 'histogram') scraped += await piece.readNatives(batch, at, turns, commit)
      }
    }
    commit()
    for (const shelf of this.#shelves.newestFirst) {
      await turns.breathe()
      this.#heed(shelf.append(at))
    }
    this.#shelves.tidy()
    for (const ref of ended) if (!this.#refs.has(ref)) batch.addStale(ref, at)
    commit()
    return scraped
  }

  /** Goes after the registry's metrics. @returns references of native histograms that have ended. */
  async #follow(turns: Turns): Promise<readonly number[]> {
    const ended: number[] = []
    // At once: some metrics are brought up to date as they are listed.
    const metrics = [...this.#options.registry.metrics()]
    const present = new Set(metrics)
    const gone = new Set<Piece>()
    for (const [metric, pieces] of this.#pieces) {
      for (const piece of pieces) {
        if (present.has(metric)) {
          ended.push(...piece.leave())
        } else {
          ended.push(...piece.end())
          gone.add(piece)
        }
        if (turns.isOver) await turns.breathe()
      }
      if (!present.has(metric)) this.#pieces.delete(metric)
    }
    if (gone.size > 0) this.#shelves.remove(gone)
    this.#shelves.spread()
    for (const metric of metrics) this.#reach(metric)
    return ended
  }

  /** Makes the pieces that the metric's slots take. */
  #reach(metric: MetricReader): void {
    let pieces = this.#pieces.get(metric)
    if (pieces === undefined) {
      pieces = []
      this.#pieces.set(metric, pieces)
      this.#options.store.setMetadata(storedNames(metric).sample, metadataOf(metric))
    }
    const slots = Piece.slotsOf(metric)
    while (pieces.length * slots < metric.slots) {
      const piece = new Piece(metric, pieces.length * slots, this.#labelling, this.#refs)
      pieces.push(piece)
      this.#shelves.add(piece)
    }
  }

  #endSeries(at: number): void {
    const batch = this.#options.store.batch()
    for (const shelf of this.#shelves.newestFirst) shelf.end(at)
    for (const pieces of this.#pieces.values()) {
      for (const piece of pieces) for (const ref of piece.end()) batch.addStale(ref, at)
    }
    batch.commit()
  }

  /** A store that was told nothing for long, since the machine slept, has forgotten the series that it knew. */
  #heed({ refused }: AppendResult): void {
    if ((refused['unknown-series'] ?? 0) > 0) this.#isForgotten = true
  }

  #startAnew(): void {
    const { store } = this.#options
    this.#isForgotten = false
    this.#pieces = new Map()
    this.#refs = new SeriesRefs(store)
    this.#shelves = new Shelves(() => store.scrapeGroup())
    this.#report = new Report(store, this.#labelling.target)
  }
}

function metadataOf(metric: MetricReader): MetricMetadata {
  return { type: metric.kind, help: metric.help, unit: storedNames(metric).unit }
}
