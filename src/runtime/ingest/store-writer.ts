import { type LabelSet, METRIC_NAME_LABEL } from '../../series/index.ts'
import type { Batch, Tsdb } from '../../tsdb/index.ts'
import {
  type RemoteWriteVersion,
  SeriesRefs,
  type SeriesToWrite,
  SymbolIds,
  type WriteRequest,
  type WrittenHistogram,
} from '../../wire/index.ts'
import { Outcome } from './outcome.ts'

/** No turn of the event loop is held longer, but for what one commit takes. */
const TURN_MS = 4
/** Between two looks at the clock. */
const LOOKUPS = 128

export type Store = Pick<Tsdb, 'series' | 'batch' | 'setMetadata' | 'stats'>

export interface StoreWriterOptions {
  readonly store: Store
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Samples that are logged and taken together; few, so that others have their turn. */
  readonly commitSamples: number
}

/** Puts what came over the wire into the store, in pieces small enough for others to have their turn. */
export class StoreWriter {
  /** For the requests that are to be written. */
  readonly symbols: SymbolIds = new SymbolIds()
  readonly #refs: Readonly<Record<RemoteWriteVersion, SeriesRefs>> = {
    '1.0': new SeriesRefs(),
    '2.0': new SeriesRefs(),
  }
  readonly #options: StoreWriterOptions
  #forgotten = 0
  #turnEnds = 0

  constructor(options: StoreWriterOptions) {
    this.#options = options
  }

  /** Rejects with a ProtobufError, and nothing is written, when labels are not such. */
  async write(request: WriteRequest): Promise<Outcome> {
    const { store } = this.#options
    const outcome = new Outcome()
    const unlogged = store.stats.disk?.unlogged ?? 0
    this.#begin()
    const ids = await this.#identify(request, outcome)
    await this.#samples(request, ids, outcome)
    this.#exemplars(request, ids, outcome)
    for (const { name, metadata } of request.metadata) store.setMetadata(name, metadata)
    outcome.lose('bad-histogram', request.leftOut.histograms, request.faults[0])
    outcome.lose('not-logged', (store.stats.disk?.unlogged ?? 0) - unlogged)
    return outcome
  }

  async writeSeries(all: Iterable<SeriesToWrite>, metadata: WriteRequest['metadata']): Promise<Outcome> {
    const { store, commitSamples } = this.#options
    const outcome = new Outcome()
    const unlogged = store.stats.disk?.unlogged ?? 0
    this.#begin()
    const batch = store.batch()
    const known: (readonly [ref: number, series: SeriesToWrite])[] = []
    for (const series of all) {
      const ref = store.series(series.labels)
      if (ref === undefined) outcome.lose('series-limit', series.times.length + (series.histograms?.length ?? 0))
      else known.push([ref, series])
    }
    for (const [ref, { times, values, starts }] of known) {
      times.forEach((at, i) => batch.addFrom(ref, at, values, i, starts?.[i] ?? 0))
      if (batch.size >= commitSamples) await this.#commit(batch, 'samples', outcome)
    }
    await this.#commit(batch, 'samples', outcome)
    for (const [ref, { histograms = [] }] of known) {
      for (const { at, value, start } of histograms) batch.addHistogram(ref, at, value, start)
      if (batch.size >= commitSamples) await this.#commit(batch, 'histograms', outcome)
    }
    await this.#commit(batch, 'histograms', outcome)
    for (const [ref, { exemplars = [] }] of known) for (const each of exemplars) batch.addExemplar(ref, each)
    this.#commitExemplars(batch, outcome)
    for (const { name, metadata: about } of metadata) store.setMetadata(name, about)
    outcome.lose('not-logged', (store.stats.disk?.unlogged ?? 0) - unlogged)
    return outcome
  }

  #begin(): void {
    const { store, now } = this.#options
    this.#turnEnds = now() + TURN_MS
    const { forgotten } = store.stats
    if (forgotten === this.#forgotten) return
    this.#forgotten = forgotten
    for (const refs of Object.values(this.#refs)) refs.clear()
  }

  /** The reference of each series; 0 of those that may not be. */
  async #identify(request: WriteRequest, outcome: Outcome): Promise<Float64Array> {
    const { store } = this.#options
    const refs = this.#refs[request.version]
    const ids = new Float64Array(request.series)
    const histograms = countBySeries(request)
    // All labels are looked at before any series is made: a message that breaks off makes none.
    const fresh: (readonly [place: number, labels: LabelSet])[] = []
    for (let i = 0; i < request.series; i++) {
      const ref = refs.get(request.spelling(i))
      ids[i] = ref
      if (ref === 0) {
        const labels = labelsOf(request, i)
        if (typeof labels === 'string')
          outcome.lose('bad-labels', samplesOf(request, i) + (histograms.get(i) ?? 0), labels)
        else fresh.push([i, labels])
      }
      if (i % LOOKUPS === LOOKUPS - 1) await this.#turn()
    }
    for (const [i, labels] of fresh) {
      const ref = store.series(labels)
      if (ref === undefined) outcome.lose('series-limit', samplesOf(request, i) + (histograms.get(i) ?? 0))
      else {
        ids[i] = ref
        refs.set(request.spelling(i), ref)
      }
      if (i % LOOKUPS === LOOKUPS - 1) await this.#turn()
    }
    return ids
  }

  /** Series by series, a commit being of samples or of histograms, in order of time where one series has both. */
  async #samples(request: WriteRequest, ids: Float64Array, outcome: Outcome): Promise<void> {
    const { times, values, starts, sampleEnds, histograms } = request
    const { commitSamples } = this.#options
    const batch = this.#options.store.batch()
    let kind: 'samples' | 'histograms' = 'samples'
    let next = 0
    let s = 0
    for (let i = 0; i < request.series; i++) {
      const ref = ids[i] ?? 0
      const end = sampleEnds[i] ?? s
      for (let histogram = histograms[next]; s < end || histogram?.series === i; histogram = histograms[next]) {
        const isHistogram = histogram?.series === i && !(s < end && (times[s] ?? 0) <= histogram.at)
        const wanted = isHistogram ? 'histograms' : 'samples'
        if (wanted !== kind) {
          await this.#commit(batch, kind, outcome)
          kind = wanted
        }
        if (histogram !== undefined && isHistogram) {
          if (ref !== 0) addHistogram(batch, ref, histogram)
          next++
        } else {
          if (ref !== 0) batch.addFrom(ref, times[s] ?? Number.NaN, values, s, starts[s])
          s++
        }
      }
      if (batch.size >= commitSamples) await this.#commit(batch, kind, outcome)
    }
    await this.#commit(batch, kind, outcome)
  }

  #exemplars({ exemplars }: WriteRequest, ids: Float64Array, outcome: Outcome): void {
    const batch = this.#options.store.batch()
    for (const { series, labels, value, at } of exemplars) {
      const ref = ids[series] ?? 0
      if (ref !== 0) batch.addExemplar(ref, { labels, value, at })
    }
    this.#commitExemplars(batch, outcome)
  }

  /** Old ones are no fault of the sender's, who repeats the last one with every sample. */
  #commitExemplars(batch: Batch, outcome: Outcome): void {
    const count = batch.exemplars.length
    if (count === 0) return
    const { refused } = batch.commit()
    outcome.exemplars += Object.values(refused).reduce((left, each) => left - each, count)
  }

  async #commit(batch: Batch, kind: 'samples' | 'histograms', outcome: Outcome): Promise<void> {
    if (batch.size === 0) return
    outcome.took(kind, batch.commit())
    await this.#turn()
  }

  async #turn(): Promise<void> {
    const { now } = this.#options
    if (now() < this.#turnEnds) return
    await new Promise(setImmediate)
    this.#turnEnds = now() + TURN_MS
  }
}

function addHistogram(batch: Batch, ref: number, { at, value, start }: WrittenHistogram): void {
  if (value === undefined) batch.addStale(ref, at)
  else batch.addHistogram(ref, at, value, start)
}

/** The labels, or what is wrong with them. */
function labelsOf(request: WriteRequest, i: number): LabelSet | string {
  try {
    const labels = request.labels(i)
    return labels.has(METRIC_NAME_LABEL) ? labels : `no ${METRIC_NAME_LABEL} in ${String(labels)}`
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}

function samplesOf({ sampleEnds }: WriteRequest, i: number): number {
  return (sampleEnds[i] ?? 0) - (i === 0 ? 0 : (sampleEnds[i - 1] ?? 0))
}

function countBySeries({ histograms }: WriteRequest): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const { series } of histograms) counts.set(series, (counts.get(series) ?? 0) + 1)
  return counts
}
