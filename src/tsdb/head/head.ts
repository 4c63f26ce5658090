import type { HistogramValue, LabelSet, MetricMetadata } from '../../series/index.ts'
import { bucketsOf } from '../chunk/histograms.ts'
import { LabelIndex } from '../label-index.ts'
import { sortInTurns } from '../merge-runs.ts'
import { nextTurn, type Pace } from '../pace.ts'
import type { Counts, Refusal, Tally } from '../refusal.ts'
import { noRefusals } from '../refusal.ts'
import { type Exemplar, ExemplarRing } from './exemplars.ts'
import { Group, type GroupHost } from './group.ts'
import { HeadSeries } from './head-series.ts'
import { CHUNK_SAMPLES } from './open-floats.ts'
import { OwnSamples } from './own-samples.ts'

/** Farthest moment that a Date can hold. */
const MAX_TIME = 8.64e15
/** How far a sample may lie ahead of the time that the store was told. */
const AHEAD_MS = 3_600_000
/** Of the limit of bytes: from here on the oldest goes, so that what comes need not wait for it; and this much stays. */
const RELIEF_SHARE = 0.95
const KEEP_SHARE = 0.9
/** Microseconds: of a series looked at, of one in a group's row, and of one with samples of its own. */
const SERIES_COST = 0.2
const SLOT_COST = 0.1
const OWN_COST = 1
const MAX_BUCKETS = 10_000
/** Names with metadata. */
const MAX_METADATA = 10_000
/** Series that began together close their first chunks in so many rounds, and all others too. */
const CHUNK_STAGGER = 60

export interface HeadOptions {
  readonly windowMs: number
  readonly maxSeries: number
  readonly maxBytes: number
  readonly outOfOrderMs: number
  readonly maxExemplars: number
  /** What happens short of `maxBytes`: the oldest goes; or nothing, since it is not yet written elsewhere. At it the newest is refused. */
  readonly atLimit: 'drop-oldest' | 'refuse-newest'
}

export interface HeadStats {
  series: number
  groups: number
  /** Samples taken since the start. */
  appended: number
  refused: Counts
  /** Series forgotten since the start. */
  forgotten: number
  /** Roughly what the samples and the index take of the memory. */
  bytes: number
  /** Samples let go of, by reason. */
  dropped: { retention: number; bytes: number }
}

/** The newest samples of all series, in memory, and who is who. */
export class Head implements GroupHost {
  readonly windowMs: number
  readonly #options: HeadOptions
  readonly #byRef = new Map<number, HeadSeries>()
  readonly #byKey = new Map<string, HeadSeries>()
  readonly #index = new LabelIndex()
  readonly #groups = new Map<number, Group>()
  readonly #metadata = new Map<string, MetricMetadata>()
  readonly exemplars: ExemplarRing
  readonly stats: HeadStats = {
    series: 0,
    groups: 0,
    appended: 0,
    refused: noRefusals(),
    forgotten: 0,
    bytes: 0,
    dropped: { retention: 0, bytes: 0 },
  }
  #nextRef = 1
  #nextGroup = 1
  #floor = -Infinity
  #told: number | undefined

  constructor(options: HeadOptions) {
    this.#options = options
    this.windowMs = options.windowMs
    this.exemplars = new ExemplarRing(options.maxExemplars)
  }

  get index(): LabelIndex {
    return this.#index
  }

  get groups(): Iterable<Group> {
    return this.#groups.values()
  }

  get allSeries(): Iterable<HeadSeries> {
    return this.#byRef.values()
  }

  /** Nothing below is taken. */
  get floor(): number {
    return this.#floor
  }

  raiseFloor(floor: number): void {
    this.#floor = Math.max(this.#floor, floor)
  }

  /** The time now, by which samples from the future are known. */
  tell(at: number): void {
    this.#told = at
  }

  byRef(ref: number): HeadSeries | undefined {
    return this.#byRef.get(ref)
  }

  /** The series of these labels; made if there is none and room for one. */
  series(labels: LabelSet): HeadSeries | undefined {
    const known = this.#byKey.get(labels.key)
    if (known !== undefined) return known
    if (this.#byRef.size >= this.#options.maxSeries) {
      this.stats.refused['series-limit']++
      return undefined
    }
    const series = new HeadSeries(this.#nextRef++, labels)
    this.#byRef.set(series.ref, series)
    this.#byKey.set(labels.key, series)
    this.#index.add(series.ref, labels)
    this.stats.series = this.#byRef.size
    this.grew(series.bytes)
    return series
  }

  get metadata(): ReadonlyMap<string, MetricMetadata> {
    return this.#metadata
  }

  /** Returns whether it is news; of more names than there may be, it is not taken. */
  setMetadata(name: string, metadata: MetricMetadata): boolean {
    const known = this.#metadata.get(name)
    const same = known?.type === metadata.type && known.help === metadata.help && known.unit === metadata.unit
    if (same || (known === undefined && this.#metadata.size >= MAX_METADATA)) return false
    this.#metadata.set(name, metadata)
    return true
  }

  group(): Group {
    return new Group(this.#nextGroup++, this)
  }

  adopt(group: Group): void {
    this.#groups.set(group.id, group)
    this.stats.groups = this.#groups.size
  }

  admit(at: number): Refusal | undefined {
    if (!(Number.isInteger(at) && Math.abs(at) <= MAX_TIME)) return 'bad-time'
    if (at < this.#floor) return 'too-old'
    if (this.#told !== undefined && at > this.#told + AHEAD_MS) return 'too-new'
    return this.stats.bytes > this.#options.maxBytes ? 'bytes-limit' : undefined
  }

  appendOne(series: HeadSeries, at: number, from: Float64Array, i: number, start: number, tally: Tally): void {
    const barred = this.admit(at)
    if (barred !== undefined) return tally.refuse(barred)
    const last = series.lastTime
    if (at > last) {
      series.group?.leave(series)
      this.#ownOf(series).append(at, from, i, start)
      series.settledTime = at
    } else if (at === last) {
      // In a group's row the value is not looked up: the scrape's sample stands.
      if (series.own?.repeats(from, i) !== true) return tally.refuse('duplicate')
    } else {
      if (at < last - this.#options.outOfOrderMs) return tally.refuse('out-of-order')
      if (!this.#ownOf(series).appendLate(at, from, i, start)) return tally.refuse('duplicate')
    }
    series.firstTime = Math.min(series.firstTime, at)
    tally.appended++
  }

  appendHistogram(series: HeadSeries, at: number, value: HistogramValue, start: number, tally: Tally): void {
    const barred = this.admit(at) ?? (isWellFormed(value) ? undefined : 'bad-histogram')
    if (barred !== undefined) return tally.refuse(barred)
    const last = series.lastTime
    if (at > last) {
      series.group?.leave(series)
      this.#ownOf(series).appendHistogram(at, value, start)
      series.settledTime = at
    } else if (at === last) {
      if (series.own?.repeatsHistogram(value) !== true) return tally.refuse('duplicate')
    } else {
      if (at < last - this.#options.outOfOrderMs) return tally.refuse('out-of-order')
      if (!this.#ownOf(series).appendLateHistogram(at, value, start)) return tally.refuse('duplicate')
    }
    series.firstTime = Math.min(series.firstTime, at)
    tally.appended++
  }

  /** False: it is not newer than the series' last. */
  addExemplar(series: HeadSeries, exemplar: Exemplar): boolean {
    if (!(exemplar.at > series.lastExemplarTime)) return false
    series.lastExemplarTime = exemplar.at
    this.exemplars.add(series.ref, exemplar)
    return true
  }

  grew(bytes: number): void {
    this.stats.bytes += bytes
  }

  /** Makes chunks of the rows of pages that are full, in turns. */
  async seal(pace: Pace): Promise<void> {
    for (const group of this.#groups.values()) await group.sealAll(pace)
  }

  /** Lets go of all that lies wholly below `floor`, in turns. */
  async dropBefore(floor: number, why: 'retention' | 'bytes' | 'written', pace: Pace): Promise<void> {
    this.raiseFloor(floor)
    let dropped = 0
    for (const group of this.#groups.values()) {
      dropped += group.dropBefore(floor)
      if (group.empty) this.#groups.delete(group.id)
      if (pace.spent(group.width * SLOT_COST)) await nextTurn()
    }
    this.stats.groups = this.#groups.size
    for (const series of this.#byRef.values()) {
      const { own } = series
      if (own !== undefined) {
        dropped += own.dropBefore(floor)
        if (own.empty) series.own = undefined
      }
      if (series.homes.length > 1) series.homes = series.homes.filter((home) => !home.empty || home === series.group)
      if (pace.spent(own === undefined ? SLOT_COST : OWN_COST)) await nextTurn()
    }
    if (why !== 'written') this.stats.dropped[why] += dropped
  }

  /** Forgets series that have no sample at `since` or later, in turns. */
  async forgetBefore(since: number, pace: Pace): Promise<void> {
    const gone = new Map<number, LabelSet>()
    for (const series of this.#byRef.values()) {
      if (pace.spent(SERIES_COST)) await nextTurn()
      if (series.lastTime >= since) continue
      if (series.firstTime === Infinity && !series.spared) {
        // Just made, its first sample under way.
        series.spared = true
        continue
      }
      series.group?.leave(series)
      gone.set(series.ref, series.labels)
      this.#byRef.delete(series.ref)
      this.#byKey.delete(series.labels.key)
      this.stats.bytes -= series.bytes
      this.stats.series = this.#byRef.size
      this.stats.forgotten++
    }
    if (gone.size > 0) await this.#index.remove(gone, pace)
  }

  /** When there is little room left, lets go of the oldest if it may, in turns. */
  async relieve(pace: Pace): Promise<void> {
    const { maxBytes, atLimit } = this.#options
    if (atLimit !== 'drop-oldest' || this.stats.bytes <= maxBytes * RELIEF_SHARE) return
    const excess = this.stats.bytes - maxBytes * KEEP_SHARE
    const closed: (readonly [maxTime: number, bytes: number])[] = []
    for (const group of this.#groups.values())
      for (const { maxTime, bytes } of group.pages) closed.push([maxTime, bytes])
    for (const { own } of this.#byRef.values()) {
      if (own === undefined) continue
      for (const { maxTime, bytes } of own.chunks) closed.push([maxTime, bytes.length])
      if (pace.spent(OWN_COST)) await nextTurn()
    }
    const oldestFirst = await sortInTurns(closed, ([a], [b]) => a - b, pace)
    let freed = 0
    const last = oldestFirst.find(([, bytes]) => (freed += bytes) >= excess) ?? oldestFirst.at(-1)
    if (last === undefined) return
    await this.dropBefore(last[0] + 1, 'bytes', pace)
    await this.forgetBefore(last[0] + 1, pace)
  }

  #ownOf(series: HeadSeries): OwnSamples {
    const firstChunk = CHUNK_SAMPLES - (series.ref % CHUNK_STAGGER)
    return (series.own ??= new OwnSamples(this.windowMs, (bytes) => this.grew(bytes), firstChunk))
  }
}

/** Whether the histogram's counts belong to its spans. */
export function isWellFormed({ schema, positive, negative, customBounds }: HistogramValue): boolean {
  const sides = [positive, negative].every(({ spans, counts }) => {
    const whole = spans.every(
      ({ offset, length }) => Number.isSafeInteger(offset) && Number.isInteger(length) && length >= 0,
    )
    return whole && counts.length <= MAX_BUCKETS && bucketsOf(spans) === counts.length
  })
  return sides && Number.isInteger(schema) && Math.abs(schema) <= 128 && customBounds.length <= MAX_BUCKETS
}
