import { SlidingSketch } from '../window/sliding-sketch.ts'

/** As prom-client's. */
export const DEFAULT_PERCENTILES: readonly number[] = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999]

export interface SlidingSummaryOptions {
  /** Stands in the errors. */
  readonly name?: string
  /** The quantiles of a snapshot, 0..1. Default {@link DEFAULT_PERCENTILES}. */
  readonly percentiles?: readonly number[]
  /** How long an observation counts in the quantiles. Default 600; Infinity for ever. */
  readonly maxAgeSeconds?: number
  /** Parts of that time that leave one by one; 1 empties the window at a stroke. Default 5. */
  readonly ageBuckets?: number
  /** The least magnitude told from others; smaller ones but zero count as this one. Default 1e-9. */
  readonly min?: number
  /** The greatest magnitude; greater ones count as this one in quantiles. Default 1e21. */
  readonly max?: number
}

export interface SummarySnapshot {
  /** Of all observations ever. */
  readonly count: number
  /** Of all observations ever. */
  readonly sum: number
  /** Of the window, in the order of the options; undefined when it is empty. */
  readonly quantiles: readonly { readonly quantile: number; readonly value: number | undefined }[]
}

/**
 * Quantiles of what was observed in the last `maxAgeSeconds`, of numbers of either sign, within 1 % of the exact value of
 * their rank (0.9902 %, see QUANTILE_RELATIVE_ERROR) for magnitudes from `min` to `max`; and the count and sum of everything.
 * Negative numbers have buckets of their own, the mirror of the others, made when the first one comes.
 *
 * It reads no clock: {@link tick} tells it the time, once a second or at each collection.
 *
 * Memory grows with the spread of the magnitudes, ageBuckets * 140 bytes a doubling and sign: 7 KiB over three decades as by
 * default, 70 KiB a sign at the most.
 */
export class SlidingSummary {
  readonly #name: string
  readonly #percentiles: readonly number[]
  readonly #make: () => SlidingSketch
  #sketch: SlidingSketch
  #count = 0
  #sum = 0

  constructor(options: SlidingSummaryOptions = {}) {
    const { name = 'summary', percentiles = DEFAULT_PERCENTILES, maxAgeSeconds = 600, ageBuckets = 5 } = options
    const { min = 1e-9, max = 1e21 } = options
    for (const q of percentiles) {
      if (!(q >= 0 && q <= 1)) throw new RangeError(`${name}: percentile ${q} must be from 0 to 1`)
    }
    this.#name = name
    this.#percentiles = [...percentiles]
    // What never leaves needs no slices to leave in.
    const slices = maxAgeSeconds === Infinity ? 1 : ageBuckets
    this.#make = () => new SlidingSketch({ name, windowMs: maxAgeSeconds * 1000, slices, min, max })
    this.#sketch = this.#make()
  }

  /** @throws RangeError unless `value` is finite. */
  observe(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`${this.#name}: observe(${value}) must be a finite number`)
    this.#count++
    this.#sum += value
    this.#sketch.add(value)
  }

  /** Tells the time in ms. */
  tick(at: number): void {
    this.#sketch.tick(at)
  }

  /** Forgets everything, count and sum included. */
  reset(): void {
    this.#sketch = this.#make()
    this.#count = this.#sum = 0
  }

  /**
   * The ceil(q * n)-th smallest of the n observations in the window (nearest rank), within 1 %; undefined when it is empty.
   * @throws RangeError unless 0 <= q <= 1.
   */
  quantile(q: number): number | undefined {
    return this.#sketch.quantile(q)
  }

  snapshot(): SummarySnapshot {
    const quantiles = this.#percentiles.map((quantile) => ({ quantile, value: this.quantile(quantile) }))
    return { count: this.#count, sum: this.#sum, quantiles }
  }

  /** What its counts and sums occupy; the objects themselves, about 1 KiB, are not in it. */
  get bytes(): number {
    return this.#sketch.bytes
  }
}
