import type { LabelSet, Matcher, MetricMetadata, Queryable, SelectedSeries, SeriesColumns } from '../series/index.ts'
import { compareText } from '../series/index.ts'
import { Batch } from './batch.ts'
import type { Disk, DiskStats } from './disk/disk.ts'
import type { Exemplar } from './head/exemplars.ts'
import type { Head } from './head/head.ts'
import type { HeadSeries } from './head/head-series.ts'
import { sortInTurns } from './merge-runs.ts'
import type { Limits } from './options.ts'
import { nextTurn, Pace } from './pace.ts'
import { assemble, Shared } from './read/assemble.ts'
import type { Sources } from './read/source.ts'
import { type AppendListener, Listeners } from './listeners.ts'
import { type AppendResult, type Counts, Tally } from './refusal.ts'
import { ScrapeGroup } from './scrape-group.ts'
import { soundPart, takeBatch } from './take-batch.ts'

/** Retention is applied when it has moved on by this part of itself. */
const SWEEPS = 100
/** Microseconds that it takes to show one series. */
const VISIT_COST = 1

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
  readonly #listeners = new Listeners()
  #sweptTo = -Infinity
  #stepping: Promise<void> | undefined

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
    const before = this.#head.stats.series
    const ref = this.#head.series(labels)?.ref
    if (ref !== undefined && this.#head.stats.series > before) this.#disk?.announce(ref)
    return ref
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

  /** Kept for up to 10 000 names. */
  setMetadata(name: string, metadata: MetricMetadata): void {
    if (this.#head.setMetadata(name, metadata)) this.#disk?.logMetadata(name, metadata)
  }

  metadata(): Promise<ReadonlyMap<string, MetricMetadata>> {
    return Promise.resolve(this.#head.metadata)
  }

  async select(matchers: readonly Matcher[], from: number, to: number): Promise<readonly SelectedSeries[]> {
    const shared = new Shared()
    const selected: SelectedSeries[] = []
    await this.#visit(matchers, from, to, (series) => {
      const columns = (passing = false): SeriesColumns => {
        const sources: Sources = { floats: [], histograms: [] }
        this.#disk?.collect(series.ref, sources, from, to)
        series.collect(sources, from, to)
        return assemble(sources, from, to, shared, passing)
      }
      selected.push({ labels: series.labels, columns })
    })
    return selected
  }

  async labelNames(matchers: readonly Matcher[], from: number, to: number): Promise<readonly string[]> {
    const names = new Set<string>()
    await this.#visit(matchers, from, to, ({ labels }) => {
      for (const [name] of labels) names.add(name)
    })
    return sortInTurns([...names], compareText, new Pace())
  }

  async labelValues(name: string, matchers: readonly Matcher[], from: number, to: number): Promise<readonly string[]> {
    const values = new Set<string>()
    await this.#visit(matchers, from, to, ({ labels }) => values.add(labels.get(name)))
    values.delete('')
    return sortInTurns([...values], compareText, new Pace())
  }

  /** Exemplars of the series that match, by series. */
  exemplars(matchers: readonly Matcher[], from: number, to: number): readonly ExemplarSeries[] {
    const isWanted = (ref: number): boolean => {
      const labels = this.#head.byRef(ref)?.labels
      return labels !== undefined && matchers.every((matcher) => matcher.matchesSet(labels))
    }
    return Array.from(this.#head.exemplars.find(isWanted, from, to)).flatMap(([ref, exemplars]) => {
      const series = this.#head.byRef(ref)
      return series === undefined ? [] : [{ labels: series.labels, exemplars }]
    })
  }

  /**
   * Tells the store the time, ms since the epoch, and lets it apply its limits, in turns. To be called every second or so; while
   * what a call before has begun goes on, it waits for that alone.
   */
  async step(at: number): Promise<void> {
    this.#head.tell(at)
    this.#stepping ??= this.#maintain(at).finally(() => {
      this.#stepping = undefined
    })
    return this.#stepping
  }

  /** Writes what is to be written and gives the folder free. What is in memory alone is gone. */
  async close(): Promise<void> {
    await this.#stepping
    await this.#disk?.close()
  }

  async #maintain(at: number): Promise<void> {
    const pace = new Pace()
    const floor = at - this.#limits.retentionMs
    await this.#head.seal(pace)
    if (floor >= this.#sweptTo + this.#limits.retentionMs / SWEEPS) {
      this.#sweptTo = floor
      await this.#head.dropBefore(floor, 'retention', pace)
      await this.#head.forgetBefore(at - this.#limits.seriesRetentionMs, pace)
    }
    await this.#head.relieve(pace)
    await this.#disk?.step(at, pace)
  }

  /** Shows `visit` the series that match and have samples in the range, in turns. */
  async #visit(
    matchers: readonly Matcher[],
    from: number,
    to: number,
    visit: (series: HeadSeries) => void,
  ): Promise<void> {
    const pace = new Pace()
    for (const ref of await this.#head.index.find(matchers, pace)) {
      const series = this.#head.byRef(ref)
      if (series === undefined || series.firstTime === Infinity) continue
      if (series.firstTime <= to && series.lastTime >= from) visit(series)
      if (pace.spent(VISIT_COST)) await nextTurn()
    }
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
