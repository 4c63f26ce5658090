import type { HistogramValue } from '../../series/index.ts'
import { ByteWriter } from '../chunk/byte-writer.ts'
import { encodeHistograms, type HistogramSamples, sameHistogram, sameLayout } from '../chunk/histograms.ts'
import type { HistogramSource } from '../read/source.ts'
import { CHUNK_SAMPLES, type OwnChunk } from './open-floats.ts'

/** Roughly what a histogram costs beside its counts. */
const OVERHEAD = 400

const out = new ByteWriter(4096)

/** Histograms of one layout that are still open, in order of time. */
export class OpenHistograms {
  #times: number[] = []
  #values: HistogramValue[] = []
  #starts: number[] = []
  #bytes = 0
  #limit: number

  /** The first chunk is of `first` samples. */
  constructor(first: number = CHUNK_SAMPLES) {
    this.#limit = first
  }

  get count(): number {
    return this.#times.length
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Infinity when there is none. */
  get minTime(): number {
    return this.#times[0] ?? Infinity
  }

  /** -Infinity when there is none. */
  get maxTime(): number {
    return this.#times.at(-1) ?? -Infinity
  }

  /** Whether the value may stand with the others. */
  suits(value: HistogramValue): boolean {
    const [first] = this.#values
    return first === undefined || (this.count < this.#limit && sameLayout(first, value))
  }

  /** Puts the value, which must suit, where its time belongs; false: another is at that time. */
  put(at: number, value: HistogramValue, start: number): boolean {
    let place = this.count
    while (place > 0 && (this.#times[place - 1] ?? 0) > at) place--
    const there = this.#values[place - 1]
    if (there !== undefined && this.#times[place - 1] === at) return sameHistogram(there, value)
    this.#times.splice(place, 0, at)
    this.#values.splice(place, 0, value)
    this.#starts.splice(place, 0, start)
    this.#bytes += OVERHEAD + (value.positive.counts.length + value.negative.counts.length) * 8
    return true
  }

  /** Whether the newest is this very histogram. */
  repeats(value: HistogramValue): boolean {
    const newest = this.#values.at(-1)
    return newest !== undefined && sameHistogram(newest, value)
  }

  /** Empties into a chunk. */
  close(): OwnChunk {
    const samples = this.#samples()
    out.truncate()
    encodeHistograms(out, samples)
    const { minTime, maxTime, count } = this
    this.#times = []
    this.#values = []
    this.#starts = []
    this.#bytes = 0
    this.#limit = CHUNK_SAMPLES
    const hasStarts = samples.startTimes !== undefined
    return { kind: 'histograms', minTime, maxTime, count, hasStarts, bytes: out.copy() }
  }

  source(): HistogramSource {
    return { minTime: this.minTime, maxTime: this.maxTime, read: () => this.#samples() }
  }

  #samples(): HistogramSamples {
    const known = this.#starts.some((start) => start !== 0)
    return {
      times: Float64Array.from(this.#times),
      values: this.#values,
      startTimes: known ? Float64Array.from(this.#starts) : undefined,
    }
  }
}
