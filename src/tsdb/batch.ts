import { type HistogramValue, isStale, setStale } from '../series/index.ts'
import type { Exemplar } from './head/exemplars.ts'
import type { AppendResult } from './refusal.ts'

/** Samples that are logged and taken together, in the order in which they were added. */
export class Batch {
  readonly refs: number[] = []
  readonly times: number[] = []
  readonly starts: number[] = []
  /** By place: what is a histogram; the others are floats. */
  readonly histograms: Map<number, HistogramValue> = new Map()
  readonly exemplars: { readonly ref: number; readonly exemplar: Exemplar }[] = []
  #values = new Float64Array(16)
  readonly #commit: (batch: Batch) => AppendResult

  /** Made by `Tsdb.batch()`. */
  constructor(commit: (batch: Batch) => AppendResult) {
    this.#commit = commit
  }

  get size(): number {
    return this.refs.length
  }

  /** As long as there are samples; 0 where there is a histogram. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.size)
  }

  /** `at` and `startTime` are ms since the epoch; a start time of 0 is unknown. */
  add(ref: number, at: number, value: number, startTime = 0): this {
    this.#place(ref, at, startTime)
    this.#values[this.size - 1] = value
    return this
  }

  /** The value is `values[i]`, and stale if that is: a stale marker does not survive as a number. */
  addFrom(ref: number, at: number, values: Float64Array, i: number, startTime = 0): this {
    return isStale(values, i) ? this.addStale(ref, at) : this.add(ref, at, values[i] ?? Number.NaN, startTime)
  }

  /** The series ends at `at`. */
  addStale(ref: number, at: number): this {
    this.#place(ref, at, 0)
    setStale(this.#values, this.size - 1)
    return this
  }

  addHistogram(ref: number, at: number, value: HistogramValue, startTime = 0): this {
    this.#place(ref, at, startTime)
    this.#values[this.size - 1] = 0
    this.histograms.set(this.size - 1, value)
    return this
  }

  /** Kept if it is newer than the series' last. */
  addExemplar(ref: number, exemplar: Exemplar): this {
    this.exemplars.push({ ref, exemplar })
    return this
  }

  /** Empties the batch. */
  commit(): AppendResult {
    const result = this.#commit(this)
    this.refs.length = 0
    this.times.length = 0
    this.starts.length = 0
    this.exemplars.length = 0
    this.histograms.clear()
    return result
  }

  #place(ref: number, at: number, startTime: number): void {
    if (this.size === this.#values.length) {
      const grown = new Float64Array(this.size * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.refs.push(ref)
    this.times.push(at)
    this.starts.push(startTime)
  }
}
