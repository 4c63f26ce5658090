import type { HistogramValue, LabelSet } from '../../series/index.ts'
import { Outgoing } from './outgoing.ts'
import type { SourceExemplar } from './send-source.ts'

/** Samples that wait to be sent, in batches, never more than `capacity`. */
export class SendQueue {
  readonly #batches: Outgoing[] = []
  readonly #capacity: number
  readonly #batchSamples: number
  #size = 0

  constructor(capacity: number, batchSamples: number) {
    this.#capacity = capacity
    this.#batchSamples = batchSamples
  }

  get size(): number {
    return this.#size
  }

  get hasFullBatch(): boolean {
    return this.#batches[0]?.full === true
  }

  /** Infinity when it is empty. */
  get minTime(): number {
    return this.#batches.reduce((min, { minTime }) => Math.min(min, minTime), Infinity)
  }

  /** A histogram, or the value `from[i]`. False: it is full. */
  push(
    labels: LabelSet,
    at: number,
    value: { readonly from: Float64Array; readonly i: number; readonly histogram: HistogramValue | undefined },
    start: number,
  ): boolean {
    if (this.#size >= this.#capacity) return false
    const batch = this.#open()
    if (value.histogram === undefined) batch.add(labels, at, value.from, value.i, start)
    else batch.addHistogram(labels, at, value.histogram, start)
    this.#size++
    return true
  }

  /** As many as samples may wait beside them; further ones go, as they do at their source. */
  pushExemplar(labels: LabelSet, exemplar: SourceExemplar): boolean {
    const batch = this.#batches.at(-1) ?? this.#open()
    if (batch.exemplars.length >= this.#batchSamples) return false
    batch.exemplars.push({ labels, exemplar })
    return true
  }

  /** The oldest batch; with `partial`, even if it is not full. */
  take(partial: boolean): Outgoing | undefined {
    const [first] = this.#batches
    if (first === undefined || !(partial || first.full)) return undefined
    this.#batches.shift()
    this.#size -= first.size
    return first
  }

  #open(): Outgoing {
    const last = this.#batches.at(-1)
    if (last !== undefined && !last.full) return last
    const batch = new Outgoing(this.#batchSamples)
    this.#batches.push(batch)
    return batch
  }
}
