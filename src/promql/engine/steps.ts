import { type Grid, timeAt } from './grid.ts'

/**
 * Which samples each step sees. Series that were scraped together share their array of times: then it is found out once for
 * all of them.
 */
export class StepIndex {
  readonly #reference: Grid
  readonly #lookbackMs: number
  readonly #last: Int32Array
  #times: Float64Array | undefined

  constructor(reference: Grid, lookbackMs: number) {
    this.#reference = reference
    this.#lookbackMs = lookbackMs
    this.#last = new Int32Array(reference.count)
  }

  /** By step: place of the last sample that is not older than the lookback, or -1. Holds until the next call. */
  lastOf(times: Float64Array): Int32Array {
    if (times === this.#times) return this.#last
    let next = 0
    for (let step = 0; step < this.#last.length; step++) {
      const end = timeAt(this.#reference, step)
      while (next < times.length && (times[next] ?? 0) <= end) next++
      this.#last[step] = next > 0 && (times[next - 1] ?? 0) > end - this.#lookbackMs ? next - 1 : -1
    }
    this.#times = times
    return this.#last
  }
}

export interface Spans {
  /** By step: place of the first sample in the range, and of the first one behind it. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** What rates have found out of them, for as many steps as `ready` says. */
  readonly rates: RateSteps
}

/** What rates of all series with the same times have in common, by step. */
export class RateSteps {
  ready = 0
  /** From the first sample to the last, seconds. */
  counted: Float64Array = NOTHING
  /** From the range's start, or from where the series is taken to begin, to the first sample, seconds. */
  toStart: Float64Array = NOTHING
  /** By what an increase is to be multiplied, when nothing bounds `toStart`. */
  factors: Float64Array = NOTHING

  make(steps: number): void {
    this.counted = new Float64Array(steps)
    this.toStart = new Float64Array(steps)
    this.factors = new Float64Array(steps)
  }
}

const NOTHING = new Float64Array(0)

/** As {@link StepIndex}, of ranges: (end - rangeMs, end]. */
export class SpanIndex {
  readonly #reference: Grid
  readonly #rangeMs: number
  readonly #spans: Spans
  #times: Float64Array | undefined

  constructor(reference: Grid, rangeMs: number) {
    const { count } = reference
    this.#reference = reference
    this.#rangeMs = rangeMs
    this.#spans = { from: new Int32Array(count), to: new Int32Array(count), rates: new RateSteps() }
  }

  /** Holds until the next call. */
  of(times: Float64Array): Spans {
    if (times === this.#times) return this.#spans
    const { from, to, rates } = this.#spans
    rates.ready = 0
    let first = 0
    let end = 0
    for (let step = 0; step < from.length; step++) {
      const moment = timeAt(this.#reference, step)
      while (first < times.length && (times[first] ?? 0) <= moment - this.#rangeMs) first++
      while (end < times.length && (times[end] ?? 0) <= moment) end++
      from[step] = first
      to[step] = end
    }
    this.#times = times
    return this.#spans
  }
}
