import { type Exemplar, type MetricReader, storedNames } from '../../../metrics/index.ts'
import { LabelSet } from '../../../series/index.ts'
import type { Batch } from '../../../tsdb/index.ts'
import type { Turns } from '../turns.ts'
import { withTargetLabels } from '../target-labels.ts'
import { type Line, linesOf, readLines } from './lines.ts'
import { histogramValue } from './native.ts'
import type { SeriesRefs } from './series-refs.ts'

/** Lines a piece: what is done in one go, also when all of them are new. */
const PIECE_LINES = 128
/** Native histograms that the store takes in one go: at times it packs the last hundred of each. */
const NATIVES_A_BATCH = 8

export type Pairs = readonly (readonly [name: string, value: string])[]

export interface Labelling {
  /** On every series of the page. */
  readonly constant: Pairs
  readonly target: Pairs
}

/** A slot's series in the store. */
interface Held {
  readonly slot: number
  readonly epoch: number
  /** Of its native histogram; undefined until it has one. */
  native: number | undefined
}

/** Some slots of one metric, and the references of what they are stored as. Text is looked at only when a series is new. */
export class Piece {
  readonly metric: MetricReader
  /** Of the held series, line by line. */
  refs: Uint32Array = new Uint32Array(0)
  readonly #lines: readonly Line[]
  readonly #name: string
  readonly #labelling: Labelling
  readonly #store: SeriesRefs
  readonly #from: number
  readonly #slots: number
  #held: Held[] = []
  /** By slot: which series of it is held; 0: none. */
  readonly #epochs: Float64Array
  #version: number | undefined
  /** Series that the store has no room for, or that another has. */
  #missing = 0
  /** The newest exemplars, by reference. */
  readonly #exemplars = new Map<number, Exemplar>()

  /** @param from the metric's first slot that this is for. */
  constructor(metric: MetricReader, from: number, labelling: Labelling, store: SeriesRefs) {
    const names = storedNames(metric)
    this.metric = metric
    this.#name = names.sample
    this.#lines = linesOf(metric, names)
    this.#labelling = labelling
    this.#store = store
    this.#from = from
    this.#slots = Piece.slotsOf(metric)
    this.#epochs = new Float64Array(this.#slots)
  }

  static slotsOf({ width }: MetricReader): number {
    return Math.max(1, Math.floor(PIECE_LINES / width))
  }

  get width(): number {
    return this.refs.length
  }

  /** Its width when all that is there now is held. */
  get expected(): number {
    const slots = Math.min(this.metric.slots - this.#from, this.#slots)
    return Math.max(1, slots) * this.#lines.length
  }

  /** What a page has of it: also lines that are not stored. */
  get scraped(): number {
    return (this.#held.length + this.#missing) * this.#lines.length
  }

  /** Lets go of series that are gone. @returns references of native histograms that have ended. */
  leave(): readonly number[] {
    if (this.#version === this.metric.version) return []
    const lines = this.#lines.length
    const ended: number[] = []
    let kept = 0
    this.#held.forEach((held, i) => {
      if (this.metric.epoch(held.slot) === held.epoch) {
        if (kept < i) this.refs.copyWithin(kept * lines, i * lines, (i + 1) * lines)
        this.#held[kept++] = held
      } else {
        ended.push(...this.#release(i, held))
      }
    })
    this.#held.length = kept
    this.refs = this.refs.subarray(0, kept * lines)
    return ended
  }

  /** Lets go of all. */
  end(): readonly number[] {
    const ended = this.#held.flatMap((held, i) => this.#release(i, held))
    this.#held = []
    this.refs = new Uint32Array(0)
    this.#version = undefined
    return ended
  }

  /** Takes up series that are new, or for which there may be room by now. To be called after {@link leave}, in the same turn. */
  join(retry: boolean): void {
    const { metric } = this
    if (this.#version === metric.version && !(retry && this.#missing > 0)) return
    this.#version = metric.version
    this.#missing = 0
    const joined: number[] = []
    const end = Math.min(metric.slots, this.#from + this.#slots)
    for (let slot = this.#from; slot < end; slot++) {
      const epoch = metric.epoch(slot)
      if (epoch === 0 || this.#epochs[slot - this.#from] === epoch) continue
      const refs = this.#resolve(slot)
      if (refs === undefined) {
        this.#missing++
        continue
      }
      joined.push(...refs)
      this.#held.push({ slot, epoch, native: undefined })
      this.#epochs[slot - this.#from] = epoch
    }
    if (joined.length === 0) return
    const refs = new Uint32Array(this.refs.length + joined.length)
    refs.set(this.refs)
    refs.set(joined, this.refs.length)
    this.refs = refs
  }

  /** Reads the numbers of `refs`. To be called after {@link join}, in the same turn. */
  read(values: Float64Array, starts: Float64Array, to: number): void {
    const { metric } = this
    const lines = this.#lines
    const counts = lines.some((line) => line.counts)
    for (const { slot } of this.#held) {
      readLines(metric, slot, values, to)
      const createdAt = counts ? metric.createdAt(slot) : NaN
      const start = Number.isFinite(createdAt) ? createdAt : 0
      for (let i = 0; i < lines.length; i++) starts[to + i] = lines[i]?.counts === true ? start : 0
      to += lines.length
    }
  }

  /** Adds exemplars that are new. */
  readExemplars(batch: Batch, at: number): void {
    const { metric } = this
    const buckets = metric.kind === 'counter' ? 1 : metric.kind === 'histogram' ? metric.bounds.length + 1 : 0
    if (buckets === 0) return
    const lines = this.#lines.length
    let first = 0
    for (const { slot, native } of this.#held) {
      let fresh: Exemplar[] | undefined
      for (let bucket = 0; bucket < buckets; bucket++) {
        const exemplar = metric.exemplar(slot, bucket)
        if (exemplar === undefined) continue
        const ref = this.refs[first + bucket] ?? 0
        if (this.#exemplars.get(ref) === exemplar) continue
        this.#exemplars.set(ref, exemplar)
        addExemplar(batch, ref, exemplar, at)
        if (native !== undefined && Number.isFinite(exemplar.at)) (fresh ??= []).push(exemplar)
      }
      first += lines
      if (native === undefined || fresh === undefined) continue
      for (const exemplar of fresh.toSorted((a, b) => a.at - b.at)) addExemplar(batch, native, exemplar, at)
    }
  }

  /** Adds the native histograms, committing now and then. @returns how many there are. */
  async readNatives(batch: Batch, at: number, turns: Turns, commit: () => void): Promise<number> {
    let found = 0
    for (const held of this.#held) {
      const native = this.metric.epoch(held.slot) === held.epoch ? this.metric.native(held.slot) : undefined
      if (native === undefined) continue
      found++
      held.native ??= this.#store.take(LabelSet.of([['__name__', this.#name], ...this.#labels(held.slot)]))
      if (held.native === undefined) continue
      batch.addHistogram(held.native, at, histogramValue(native), native.createdAt)
      if (batch.size >= NATIVES_A_BATCH) commit()
      await turns.breathe()
    }
    return found
  }

  /** The references of the slot's lines: of all, or none. */
  #resolve(slot: number): readonly number[] | undefined {
    const labels = this.#labels(slot)
    const refs: number[] = []
    for (const { name, own } of this.#lines) {
      const ref = this.#store.take(LabelSet.of([['__name__', name], ...labels, ...(own === undefined ? [] : [own])]))
      if (ref === undefined) {
        for (const taken of refs) this.#store.release(taken)
        return undefined
      }
      refs.push(ref)
    }
    return refs
  }

  #labels(slot: number): Pairs {
    const { constant, target } = this.#labelling
    const scraped = this.metric.labelNames.map((name, i) => [name, this.metric.label(slot, i) ?? ''] as const)
    return withTargetLabels([...scraped, ...constant], target)
  }

  #release(i: number, { slot, native }: Held): readonly number[] {
    const lines = this.#lines.length
    for (const ref of this.refs.subarray(i * lines, (i + 1) * lines)) {
      this.#store.release(ref)
      this.#exemplars.delete(ref)
    }
    this.#epochs[slot - this.#from] = 0
    if (native === undefined) return []
    this.#store.release(native)
    return [native]
  }
}

function addExemplar(batch: Batch, ref: number, { labels, value, at: own }: Exemplar, at: number): void {
  batch.addExemplar(ref, { labels: LabelSet.of(labels), value, at: Number.isFinite(own) ? Math.round(own) : at })
}
