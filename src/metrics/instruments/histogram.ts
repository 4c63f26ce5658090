import type { ExemplarInput, Histogram, LabelledHistogram, LabelValues } from '../instrument.ts'
import type { Child, Home, Series } from '../series/series.ts'
import { Labels } from './labels.ts'
import { startStopwatch } from './stopwatch.ts'

/** Finds a value's bucket without a branch: bounds are padded with Infinity to a power of two, mostly 16. */
export class BucketSearch {
  readonly #padded: Float64Array
  /** Counts, of which the last is of what lies above all bounds. The sum stands after them. */
  readonly counts: number

  constructor(bounds: readonly number[]) {
    this.counts = bounds.length + 1
    const size = 1 << (32 - Math.clz32(bounds.length))
    this.#padded = new Float64Array(size).fill(Infinity)
    this.#padded.set(bounds)
  }

  /** How many bounds lie below the value. */
  find(value: number): number {
    const padded = this.#padded
    if (padded.length === 16) {
      let below = Number(value > (padded[7] ?? 0)) << 3
      below |= Number(value > (padded[below + 3] ?? 0)) << 2
      below |= Number(value > (padded[below + 1] ?? 0)) << 1
      return below | Number(value > (padded[below] ?? 0))
    }
    let below = 0
    for (let step = padded.length >> 1; step > 0; step >>= 1) {
      below += Number(value > (padded[below + step - 1] ?? 0)) * step
    }
    return below
  }
}

export class HistogramChild implements Histogram, Child {
  readonly #home: Home
  readonly #search: BucketSearch
  #slot: number
  #page: Float64Array
  #at: number

  constructor(home: Home, slot: number, search: BucketSearch) {
    this.#home = home
    this.#slot = slot
    this.#search = search
    this.#page = home.page(slot)
    this.#at = home.offset(slot)
  }

  observe(value: number, exemplar?: ExemplarInput): void {
    if (!Number.isFinite(value)) refuseObservation(this.#home.name, value)
    const bucket = record(this.#page, this.#at, this.#search, value)
    if (exemplar !== undefined) this.#home.mark(this.#slot, bucket, exemplar, value)
  }

  startTimer(): (exemplar?: ExemplarInput) => number {
    const elapsed = startStopwatch(this.#home)
    return (exemplar) => {
      const value = elapsed()
      this.observe(value, exemplar)
      return value
    }
  }

  detach(): void {
    this.#slot = -1
    this.#page = this.#home.scratch
    this.#at = 0
  }
}

export class HistogramLabels<L extends string> extends Labels<L, HistogramChild> implements LabelledHistogram<L> {
  readonly #search: BucketSearch

  constructor(series: Series<HistogramChild>, search: BucketSearch) {
    super(series)
    this.#search = search
  }

  observe(values: LabelValues<L>, value: number, exemplar?: ExemplarInput): void {
    const { series } = this
    if (!Number.isFinite(value)) refuseObservation(series.name, value)
    // The bucket first: finding it and finding the series then overlap in the processor.
    const bucket = this.#search.find(value)
    const slot = series.find(values)
    count(series.page(slot), series.offset(slot), bucket, this.#search.counts, value)
    if (exemplar !== undefined) series.mark(slot, bucket, exemplar, value)
  }

  startTimer(): (values: LabelValues<L>, exemplar?: ExemplarInput) => number {
    const elapsed = startStopwatch(this.series)
    return (values, exemplar) => {
      const value = elapsed()
      this.observe(values, value, exemplar)
      return value
    }
  }
}

/** @returns the value's bucket. */
export function record(page: Float64Array, at: number, search: BucketSearch, value: number): number {
  const bucket = search.find(value)
  count(page, at, bucket, search.counts, value)
  return bucket
}

function count(page: Float64Array, at: number, bucket: number, counts: number, value: number): void {
  const sum = at + counts
  page[at + bucket] = (page[at + bucket] ?? 0) + 1
  page[sum] = (page[sum] ?? 0) + value
}

export function refuseObservation(name: string, value: unknown): never {
  throw new RangeError(`${name}: observe(${String(value)}) must be a finite number`)
}

/** Finite upper bounds, ascending. A final Infinity is dropped: every histogram has that bucket. */
export function checkBounds(name: string, buckets: readonly number[]): readonly number[] {
  const bounds = buckets.at(-1) === Infinity ? buckets.slice(0, -1) : [...buckets]
  const ascending = bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > (bounds[i - 1] ?? bound)))
  if (bounds.length === 0 || !ascending) {
    throw new RangeError(`${name}: buckets [${buckets.join(', ')}] must be finite, ascending and at least one`)
  }
  return bounds
}
