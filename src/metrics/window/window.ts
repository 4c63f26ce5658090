import { SlidingSketch } from './sliding-sketch.ts'
import { SlidingSum } from './sliding-sum.ts'

export interface WindowOptions {
  /** Stands in the errors. */
  readonly name?: string
  /** Default 300 000: five minutes. */
  readonly windowMs?: number
  /** A value leaves the window when its slice does, up to windowMs / slices early. Default 5. */
  readonly slices?: number
  /** The least duration told from others; shorter ones but zero count as this long. Default 0.001 ms. */
  readonly min?: number
  /** The greatest duration; longer ones count as this long in quantiles. Default 3 600 000 ms. */
  readonly max?: number
}

/** What the window holds at one moment; undefined for what nothing was recorded for. Durations in the unit of the records. */
export interface WindowSnapshot {
  readonly count: number
  /** 0..1 */
  readonly errorRate: number | undefined
  readonly average: number | undefined
  readonly p50: number | undefined
  readonly p90: number | undefined
  readonly p95: number | undefined
  readonly p99: number | undefined
}

/**
 * Count, error rate, average and quantiles of the last `windowMs`, in bounded memory. Nothing is sampled: count, error rate
 * and average are exact for the slices in the window, a quantile is within 1 % of the exact value of its rank
 * (0.9902 %, see QUANTILE_RELATIVE_ERROR), for durations from `min` to `max`.
 *
 * It reads no clock: {@link tick} tells it the time, once a second or at each reading, best from a clock that is never set.
 * What is recorded counts as of the last tick, so a value also leaves late by as much as ticks are apart.
 *
 * Memory grows with the spread of the durations, to slices * 35 * log2(max / min) * 4 bytes: 22 KiB as by default.
 */
export class Window {
  readonly #name: string
  readonly #sketch: SlidingSketch
  readonly #failures: SlidingSum

  constructor(options: WindowOptions = {}) {
    const { name = 'window', windowMs = 300_000, slices = 5, min = 0.001, max = 3_600_000 } = options
    this.#name = name
    this.#sketch = new SlidingSketch({ name, windowMs, slices, min, max })
    this.#failures = new SlidingSum(slices)
  }

  /** @throws RangeError unless `value` is finite and >= 0. */
  record(value: number, failed = false): void {
    if (!(value >= 0 && value < Infinity)) {
      throw new RangeError(`${this.#name}: record(${value}) must be a finite number >= 0`)
    }
    this.#sketch.add(value)
    if (failed) this.#failures.add(1)
  }

  /** Tells the time in ms. After a pause longer than the window, nothing is left in it. */
  tick(at: number): void {
    this.#failures.advance(this.#sketch.tick(at))
  }

  get count(): number {
    return this.#sketch.count
  }

  get errorRate(): number | undefined {
    return this.count === 0 ? undefined : this.#failures.total / this.count
  }

  get average(): number | undefined {
    return this.count === 0 ? undefined : this.#sketch.sum / this.count
  }

  /**
   * The ceil(q * count)-th smallest duration (nearest rank), within 1 %; undefined when there is none.
   * @throws RangeError unless 0 <= q <= 1.
   */
  quantile(q: number): number | undefined {
    return this.#sketch.quantile(q)
  }

  snapshot(): WindowSnapshot {
    return {
      count: this.count,
      errorRate: this.errorRate,
      average: this.average,
      p50: this.quantile(0.5),
      p90: this.quantile(0.9),
      p95: this.quantile(0.95),
      p99: this.quantile(0.99),
    }
  }

  /** What its counts and sums occupy; the objects themselves, about 1 KiB, are not in it. */
  get bytes(): number {
    return this.#sketch.bytes + this.#failures.bytes
  }
}
