import type { LabelSet, Matcher, MetricMetadata, Queryable, SelectedSeries } from '../series/index.ts'
import { compareText } from '../series/index.ts'
import { Batch } from './batch.ts'
import type { Disk, DiskStats } from './disk/disk.ts'
import type { Exemplar } from './head/exemplars.ts'
import type { Head } from './head/head.ts'
import type { HeadSeries } from './head/head-series.ts'
import type { Limits } from './options.ts'
import { assemble, SharedTimes } from './read/assemble.ts'
import type { Sources } from './read/source.ts'
import { type AppendListener, Listeners } from './listeners.ts'
import { type AppendResult, type Counts, Tally } from './refusal.ts'
import { ScrapeGroup } from './scrape-group.ts'
import { soundPart, takeBatch } from './take-batch.ts'

/** Names with metadata. */
const MAX_METADATA = 10_000
/** Retention is applied when it has moved on by this part of itself. */
const SWEEPS = 100

export interface TsdbStats {
  readonly series: number
  /** Roughly what samples and index take of the memory. */
  readonly bytes: number
  readonly appended: number
  readonly refused: Readonly<Counts>
  /** Series forgotten since the start: their references are void. */
  readonly forgotten: number
  /** Samples let go of, by the limit that they went over. */
  readonly dropped: { readonly retention: number; readonly bytes: number }
  readonly exemplarsDropped: number
  /** Undefined: there is no folder. */
  readonly disk: DiskStats | undefined
}

export interface ExemplarSeries {
  readonly labels: LabelSet
  /** Oldest first. */
  readonly exemplars: readonly Exemplar[]
}

/** The embedded time-series store. Made by `openTsdb`. */
export class Tsdb implements Queryable {
  readonly #limits: Limits
  readonly #head: Head
  readonly #disk: Disk | undefined
  readonly #metadata = new Map<string, MetricMetadata>()
  readonly #listeners = new Listeners()
  #sweptTo = -Infinity

  constructor(limits: Limits, head: Head, disk: Disk | undefined) {
    this.#limits = limits
    this.#head = head
    this.#disk = disk
  }

  get stats(): TsdbStats {
    const { series, bytes, appended, refused, forgotten, dropped } = this.#head.stats
    return {
      series,
      bytes,
      appended,
      refused: { ...refused },
      forgotten,
      dropped: { ...dropped },
      exemplarsDropped: this.#head.exemplars.dropped,
      disk: this.#disk?.stats,
    }
  }

  /**
   * The reference by which to append to the series with these labels; it is made if need be. Undefined: there are `maxSeries`
   * already. A series whose samples are all past retention is forgotten, and its reference answered with `unknown-series`.
   */
  series(labels: LabelSet): number | undefined {
    return this.#head.series(labels)?.ref
  }

  /** Undefined: no such series, or no more. */
  labelsOf(ref: number): LabelSet | undefined {
    return this.#head.byRef(ref)?.labels
  }

  /** Tells the listener of all that is taken from now on, once it is; returns how to end that. */
  observe(listener: AppendListener): () => void {
    return this.#listeners.add(listener)
  }

  scrapeGroup(): ScrapeGroup {
    const group = this.#head.group()
    return new ScrapeGroup((scrape) => {
      // What has no chance is not logged either.
      if (this.#head.admit(scrape.at) !== undefined) return this.#settle(group.append(scrape))
      const complete = group.complete(scrape)
      if (this.#disk?.logScrape(group.id, complete) === false) return this.#settle(refusedAll(complete.refs.length))
      const result = this.#settle(group.append(complete))
      if (result.appended > 0) this.#listeners.tellScrape(complete)
      return result
    })
  }

  batch(): Batch {
    return new Batch((batch) => this.#take(batch))
  }

  /** One sample; for many use a batch, for a page a scrape group. */
  append(labels: LabelSet, at: number, value: number, startTime = 0): AppendResult {
    const ref = this.series(labels)
    if (ref === undefined) return { appended: 0, refused: { 'series-limit': 1 } }
    return this.batch().add(ref, at, value, startTime).commit()
  }

  /** Held in memory, for up to 10 000 names. */
  setMetadata(name: string, metadata: MetricMetadata): void {
    if (this.#metadata.size < MAX_METADATA || this.#metadata.has(name)) this.#metadata.set(name, metadata)
  }

  metadata(): Promise<ReadonlyMap<string, MetricMetadata>> {
    return Promise.resolve(this.#metadata)
  }

  select(matchers: readonly Matcher[], from: number, to: number): Promise<readonly SelectedSeries[]> {
    const shared = new SharedTimes()
    const selected = this.#find(matchers, from, to).map((series) => ({
      labels: series.labels,
      columns: () => {
        const sources: Sources = { floats: [], histograms: [] }
        this.#disk?.collect(series.ref, sources, from, to)
        series.collect(sources, from, to)
        return assemble(sources, from, to, shared)
      },
    }))
    return Promise.resolve(selected)
  }

  labelNames(matchers: readonly Matcher[], from: number, to: number): Promise<readonly string[]> {
    const names = new Set<string>()
    for (const { labels } of this.#find(matchers, from, to)) for (const [name] of labels) names.add(name)
    return Promise.resolve([...names].sort(compareText))
  }

  labelValues(name: string, matchers: readonly Matcher[], from: number, to: number): Promise<readonly string[]> {
    const values = new Set(this.#find(matchers, from, to).map(({ labels }) => labels.get(name)))
    values.delete('')
    return Promise.resolve([...values].sort(compareText))
  }

  /** Exemplars of the series that match, by series. */
  exemplars(matchers: readonly Matcher[], from: number, to: number): readonly ExemplarSeries[] {
    const refs = new Set(this.#head.index.find(matchers))
    return Array.from(this.#head.exemplars.find(refs, from, to)).flatMap(([ref, exemplars]) => {
      const series = this.#head.byRef(ref)
      return series === undefined ? [] : [{ labels: series.labels, exemplars }]
    })
  }

  /** Tells the store the time, ms since the epoch, and lets it apply its limits. To be called every second or so. */
  async step(at: number): Promise<void> {
    this.#head.tell(at)
    const floor = at - this.#limits.retentionMs
    if (floor >= this.#sweptTo + this.#limits.retentionMs / SWEEPS) {
      this.#sweptTo = floor
      this.#head.dropBefore(floor, 'retention')
      this.#head.forgetBefore(floor)
    }
    await this.#disk?.step(at, floor)
  }

  /** Writes what is to be written and gives the folder free. What is in memory alone is gone. */
  async close(): Promise<void> {
    await this.#disk?.close()
  }

  #find(matchers: readonly Matcher[], from: number, to: number): HeadSeries[] {
    return this.#head.index.find(matchers).flatMap((ref) => {
      const series = this.#head.byRef(ref)
      return series !== undefined && series.firstTime < Infinity && series.firstTime <= to && series.lastTime >= from
        ? [series]
        : []
    })
  }

  #take(batch: Batch): AppendResult {
    const tally = new Tally()
    const sound = soundPart(this.#head, batch, tally)
    if (sound.size + sound.exemplars.length > 0 && this.#disk?.logBatch(sound) === false) {
      tally.refuse('log', sound.size)
      return this.#settle(tally)
    }
    const taken = this.#listeners.size === 0 ? undefined : new Batch(() => tally)
    const result = this.#settle(takeBatch(this.#head, sound, tally, taken))
    if (taken !== undefined) this.#listeners.tellBatch(taken)
    return result
  }

  #settle(tally: Tally): AppendResult {
    this.#head.stats.appended += tally.appended
    return tally.settle(this.#head.stats.refused)
  }
}

function refusedAll(samples: number): Tally {
  const tally = new Tally()
  tally.refuse('log', samples)
  return tally
}
