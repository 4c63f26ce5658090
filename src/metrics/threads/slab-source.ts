import type { Mergeable } from '../merge/aggregate.ts'
import type { Source, SourceStats } from '../merge/source.ts'
import { CELL, checkSlab, inCells, LIVE, METRIC, METRIC_BYTES, SLAB, SLAB_BYTES, slabHead } from './slab.ts'
import { SlabMetric } from './slab-metric.ts'
import { readOutline, type Outline } from '../merge/outline.ts'

const decoder = new TextDecoder()

/** Reads what a thread counts, without its help. Whatever stands in the slab, this neither throws nor goes in circles. */
export class SlabSource implements Source {
  readonly #slab: SharedArrayBuffer
  readonly #head: Int32Array
  readonly #stats: SourceStats
  readonly #metrics: { readonly words: Int32Array; readonly metric: SlabMetric }[] = []
  /** The last metric that is known, or the head, and where it tells the next one. */
  #link: { readonly words: Int32Array; readonly at: number; readonly cell: number }
  #broken = false

  /** @throws TypeError when it is no slab. */
  constructor(slab: SharedArrayBuffer, stats: SourceStats) {
    this.#slab = checkSlab(slab)
    this.#head = slabHead(slab)
    this.#stats = stats
    this.#link = { words: this.#head, at: SLAB.FIRST, cell: inCells(SLAB_BYTES) - 1 }
  }

  refresh(): void {
    this.#discover()
    for (const { words, metric } of this.#metrics) if (Atomics.load(words, METRIC.STATE) === LIVE) metric.refresh()
    this.#stats.unplaced = Atomics.load(this.#head, SLAB.UNPLACED)
  }

  end(): void {
    this.refresh()
  }

  metrics(): Iterable<Mergeable> {
    return this.#metrics
      .filter(({ words }) => Atomics.load(words, METRIC.STATE) === LIVE)
      .map(({ metric }) => metric.remote)
  }

  close(): void {
    this.#metrics.length = 0
  }

  #discover(): void {
    while (!this.#broken) {
      const { words, at, cell } = this.#link
      const next = Atomics.load(words, at)
      if (next === 0) return
      // Each stands further on than the one before: there is an end.
      const start = next * CELL
      if (next <= cell || start + METRIC_BYTES > this.#slab.byteLength) {
        this.#broken = true
        this.#stats.refused++
        return
      }
      const block = new Int32Array(this.#slab, start, METRIC_BYTES / 4)
      this.#link = { words: block, at: METRIC.NEXT, cell: next }
      const metric = this.#read(block, start)
      if (metric === undefined) this.#stats.refused++
      else this.#metrics.push({ words: block, metric })
    }
  }

  #read(words: Int32Array, start: number): SlabMetric | undefined {
    const tableLength = words[METRIC.TABLE_LENGTH] ?? 0
    const textBytes = words[METRIC.TEXT_BYTES] ?? 0
    const tableStart = start + METRIC_BYTES
    const textStart = tableStart + inCells(tableLength * 4) * CELL
    if (!(tableLength > 0 && textBytes > 0 && textStart + textBytes <= this.#slab.byteLength)) return undefined
    const outline = parse(decoder.decode(new Uint8Array(this.#slab, textStart, textBytes).slice()))
    const table = new Int32Array(this.#slab, tableStart, tableLength)
    return outline && new SlabMetric(this.#slab, words, table, outline, this.#stats)
  }
}

function parse(text: string): Outline | undefined {
  try {
    return readOutline(JSON.parse(text))
  } catch {
    return undefined
  }
}
