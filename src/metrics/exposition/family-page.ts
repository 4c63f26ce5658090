import type { MetricReader } from '../reader.ts'
import { Chunk } from './chunk.ts'
import type { Ledger } from './ledger.ts'
import type { SeriesWriter } from './series-writer.ts'

/** What one chunk is cut for: 0.1 ms of work. */
const CHUNK_LINES = 1024
const CHUNK_BYTES = 64 * 1024
/** A line's bytes besides the values of its labels, roughly. */
const LINE_BYTES = 60

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

  constructor(metric: MetricReader, writer: SeriesWriter, ledger: Ledger) {
    this.writer = writer
    this.#metric = metric
    this.#ledger = ledger
  }

  plan(): Plan {
    const { version } = this.#metric
    if (this.#plan?.version !== version) this.#plan = this.#capture(version, this.#plan?.chunks ?? [])
    return this.#plan
  }

  /** A chunk's bytes as of now, without the series that have gone since the plan was made. See {@link Chunk.render}. */
  render(chunk: Chunk, plan: Plan, transient: boolean): { readonly bytes: Uint8Array; readonly wrote: boolean } {
    if (this.#metric.version !== plan.version) return { bytes: chunk.renderRest(), wrote: true }
    const answer = chunk.render(transient)
    if (answer.wrote) this.#account(chunk)
    return answer
  }

  close(): void {
    for (const chunk of this.#plan?.chunks ?? []) this.#retire(chunk)
    this.#plan = undefined
  }

  /**
   * The series in the order in which they were made. Chunks that have lost none keep their bytes; small neighbours are put
   * together when one of them has to be made anew.
   */
  #capture(version: number, before: readonly Chunk[]): Plan {
    const chunks: Chunk[] = []
    const known = new Uint8Array(this.#metric.slots)
    let loose: number[] = []
    for (const chunk of before) {
      const survivors = chunk.survivors()
      for (const slot of survivors ?? chunk.slots) known[slot] = 1
      if (survivors === undefined && (loose.length === 0 || !this.#isSmall(chunk))) {
        this.#cut(loose, chunks)
        loose = []
        chunks.push(chunk)
      } else {
        this.#retire(chunk)
        loose.push(...(survivors ?? chunk.slots))
      }
    }
    const newcomers = this.#newcomers(known)
    const last = loose.length === 0 && newcomers.length > 0 ? chunks.at(-1) : undefined
    if (last !== undefined && this.#isSmall(last)) {
      chunks.pop()
      this.#retire(last)
      loose.push(...last.slots)
    }
    this.#cut([...loose, ...newcomers], chunks)
    return { version, chunks, series: chunks.reduce((sum, { series }) => sum + series, 0) }
  }

  #newcomers(known: Uint8Array): number[] {
    const metric = this.#metric
    const slots: number[] = []
    for (let slot = 0; slot < known.length; slot++) if (known[slot] === 0 && metric.epoch(slot) !== 0) slots.push(slot)
    return slots.sort((a, b) => metric.epoch(a) - metric.epoch(b))
  }

  #isSmall(chunk: Chunk): boolean {
    return chunk.series * this.writer.lines < CHUNK_LINES / 2
  }

  #cut(slots: readonly number[], chunks: Chunk[]): void {
    const metric = this.#metric
    const { lines } = this.writer
    let start = 0
    let bytes = 0
    for (const [i, slot] of slots.entries()) {
      bytes += lines * LINE_BYTES
      for (let label = 0; label < metric.labelNames.length; label++) {
        bytes += lines * (metric.label(slot, label)?.length ?? 0)
      }
      if ((i + 1 - start) * lines >= CHUNK_LINES || bytes >= CHUNK_BYTES) {
        chunks.push(new Chunk(metric, this.writer, slots.slice(start, i + 1)))
        start = i + 1
        bytes = 0
      }
    }
    if (start < slots.length) chunks.push(new Chunk(metric, this.writer, slots.slice(start)))
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
