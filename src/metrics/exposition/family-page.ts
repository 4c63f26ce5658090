import type { MetricReader } from '../reader.ts'
import { Chunk, type Found, type Wrote } from './chunk.ts'
import type { Ledger } from './ledger.ts'
import type { SeriesWriter } from './series-writer.ts'

/** What one chunk is cut for: 0.1 ms of work. */
const CHUNK_LINES = 768
const CHUNK_BYTES = 64 * 1024
/** A line's bytes besides the values of its labels, roughly. */
const LINE_BYTES = 60

/** Slots that are looked at in one go. */
const STEP = 1024

/** A metric's series as they were when its turn on a page came. Never changed, so that pages do not disturb each other. */
export interface Plan {
  readonly version: number
  readonly series: number
  readonly chunks: readonly Chunk[]
}

/** One metric in one format, page after page. */
export class FamilyPage {
  readonly writer: SeriesWriter
  readonly #metric: MetricReader
  readonly #ledger: Ledger
  #plan: Plan | undefined
  #isClosed = false

  constructor(metric: MetricReader, writer: SeriesWriter, ledger: Ledger) {
    this.writer = writer
    this.#metric = metric
    this.#ledger = ledger
  }

  /** As of the last {@link capture}; undefined before the first. */
  get plan(): Plan | undefined {
    return this.#plan
  }

  /** A chunk's bytes as of now, without the series that have gone since the plan was made. See {@link Chunk.render}. */
  render(chunk: Chunk, plan: Plan, transient: boolean): { readonly bytes: Uint8Array; readonly wrote: Wrote } {
    if (this.#metric.version !== plan.version) return { bytes: chunk.renderRest(), wrote: 'all' }
    const answer = chunk.render(transient)
    if (answer.wrote !== 'none') this.#account(chunk)
    return answer
  }

  close(): void {
    this.#isClosed = true
    for (const chunk of this.#plan?.chunks ?? []) this.#retire(chunk)
    this.#plan = undefined
  }

  /**
   * Brings the plan up to date, in steps of some series each: what a step yields is their number. The series are in the order in
   * which they were made. Chunks that have lost none keep their bytes; small neighbours are put together when one of them has
   * to be made anew. What comes or goes between the steps may be in the plan or not.
   */
  *capture(): Generator<number> {
    const { version } = this.#metric
    if (this.#plan?.version === version) return
    const chunks: Chunk[] = []
    const known = new Uint8Array(this.#metric.slots)
    let loose: Found[] = []
    for (const chunk of this.#plan?.chunks ?? []) {
      const survivors = chunk.survivors()
      for (const { slot } of survivors) known[slot] = 1
      if (survivors.length === chunk.series && (loose.length === 0 || !this.#isSmall(chunk))) {
        yield* this.#cut(loose, chunks)
        loose = []
        chunks.push(chunk)
      } else {
        loose = loose.concat(survivors)
      }
      yield chunk.series
    }
    const newcomers = yield* this.#newcomers(known)
    const last = loose.length === 0 && newcomers.length > 0 ? chunks.at(-1) : undefined
    if (last !== undefined && this.#isSmall(last)) {
      chunks.pop()
      loose = last.survivors()
    }
    yield* this.#cut(loose.concat(newcomers), chunks)
    this.#setPlan({ version, chunks, series: chunks.reduce((sum, { series }) => sum + series, 0) })
  }

  /** Another page may have made another plan meanwhile. */
  #setPlan(plan: Plan): void {
    const kept = new Set(plan.chunks)
    for (const chunk of this.#plan?.chunks ?? []) if (!kept.has(chunk)) this.#retire(chunk)
    for (const chunk of kept) chunk.retired = this.#isClosed
    this.#plan = plan
  }

  *#newcomers(known: Uint8Array): Generator<number, Found[]> {
    const metric = this.#metric
    const found: Found[] = []
    let latest = 0
    let inOrder = true
    for (let slot = 0; slot < known.length; slot++) {
      if (slot % STEP === STEP - 1) yield STEP
      const epoch = known[slot] === 0 ? metric.epoch(slot) : 0
      if (epoch === 0) continue
      found.push({ slot, epoch })
      inOrder &&= epoch > latest
      latest = epoch
    }
    return inOrder ? found : found.sort((a, b) => a.epoch - b.epoch)
  }

  #isSmall(chunk: Chunk): boolean {
    return chunk.series * this.writer.lines < CHUNK_LINES / 2
  }

  *#cut(found: readonly Found[], chunks: Chunk[]): Generator<number> {
    const metric = this.#metric
    const { lines } = this.writer
    let piece: Found[] = []
    let bytes = 0
    for (const one of found) {
      if (metric.epoch(one.slot) !== one.epoch) continue
      piece.push(one)
      bytes += lines * LINE_BYTES
      for (let label = 0; label < metric.labelNames.length; label++) {
        bytes += lines * (metric.label(one.slot, label)?.length ?? 0)
      }
      if (piece.length * lines >= CHUNK_LINES || bytes >= CHUNK_BYTES) {
        chunks.push(new Chunk(metric, this.writer, piece))
        yield piece.length
        piece = []
        bytes = 0
      }
    }
    if (piece.length > 0) chunks.push(new Chunk(metric, this.writer, piece))
  }

  #account(chunk: Chunk): void {
    const bytes = chunk.retired ? 0 : chunk.heldBytes
    if (bytes > 0 && this.#ledger.add(bytes - chunk.held)) chunk.held = bytes
    else this.#release(chunk)
  }

  #retire(chunk: Chunk): void {
    chunk.retired = true
    this.#release(chunk)
  }

  #release(chunk: Chunk): void {
    this.#ledger.add(-chunk.held)
    chunk.held = 0
    chunk.forget()
  }
}
