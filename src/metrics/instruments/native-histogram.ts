import type { ExemplarInput, Histogram } from '../instrument.ts'
import type { NativeHistogram } from '../native/native-histogram.ts'
import type { NativeSnapshot } from '../native/native-snapshot.ts'
import type { Child, Home } from '../series/series.ts'
import { type BucketSearch, record, refuseObservation } from './histogram.ts'
import { startStopwatch } from './stopwatch.ts'

/** Counts natively, and into the classic buckets that there are besides: none, or as many as a classic histogram has. */
export class NativeHistogramChild implements Histogram, Child {
  readonly #home: Home
  readonly #search: BucketSearch
  readonly #native: NativeHistogram
  #began: number
  #slot: number
  #page: Float64Array
  #at: number

  constructor(home: Home, slot: number, search: BucketSearch, native: NativeHistogram) {
    this.#home = home
    this.#slot = slot
    this.#search = search
    this.#native = native
    this.#began = native.createdAt
    this.#page = home.page(slot)
    this.#at = home.offset(slot)
  }

  observe(value: number, exemplar?: ExemplarInput): void {
    if (!Number.isFinite(value)) refuseObservation(this.#home.name, value)
    this.#native.observe(value)
    this.#follow()
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

  native(): NativeSnapshot {
    return this.#native.snapshot()
  }

  tick(at: number): void {
    this.#native.tick(at)
    this.#follow()
  }

  restart(at: number): void {
    this.#native.reset(at)
    this.#began = at
  }

  detach(): void {
    this.#slot = -1
    this.#page = this.#home.scratch
    this.#at = 0
  }

  /** The classic buckets start anew when the native ones have: both share one count, and one beginning. */
  #follow(): void {
    const { createdAt } = this.#native
    if (createdAt === this.#began) return
    this.#began = createdAt
    if (this.#slot >= 0) this.#home.startAnew(this.#slot, createdAt)
  }
}
