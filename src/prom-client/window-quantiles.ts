import { SlidingSummary } from '../metrics/index.ts'

/** Observations in a window up to which its quantiles are those of the very numbers, and not within 1 %. */
const EXACT = 128

/** Quantiles of what was observed in the last `maxAgeSeconds`: exact while that is little, else of {@link SlidingSummary}. */
export class WindowQuantiles {
  readonly #sketch: SlidingSummary
  readonly #sliceMs: number
  readonly #slices: number
  /** The window's numbers, oldest first, and the slice of time of each; undefined once they were too many. */
  #values: number[] | undefined = []
  #born: number[] = []
  #slice = 0

  /** Without one of the two, nothing ever leaves. */
  constructor(maxAgeSeconds: number | undefined, ageBuckets: number | undefined) {
    const leaves = maxAgeSeconds !== undefined && ageBuckets !== undefined && maxAgeSeconds > 0 && ageBuckets > 0
    this.#slices = leaves ? ageBuckets : 1
    this.#sliceMs = leaves ? (maxAgeSeconds * 1000) / ageBuckets : Infinity
    this.#sketch = new SlidingSummary({
      percentiles: [],
      maxAgeSeconds: leaves ? maxAgeSeconds : Infinity,
      ageBuckets: this.#slices,
    })
    this.#tick()
  }

  observe(value: number): void {
    this.#tick()
    this.#sketch.observe(value)
    if (this.#values === undefined) return
    this.#values.push(value)
    this.#born.push(this.#slice)
    if (this.#values.length <= EXACT) return
    this.#values = undefined
    this.#born = []
  }

  isEmpty(): boolean {
    this.#tick()
    return this.#values === undefined ? this.#sketch.quantile(0) === undefined : this.#values.length === 0
  }

  /** @param percentiles what is beyond 0 to 1 counts as the nearer of them. @returns 0 for an empty window. */
  read(percentiles: readonly number[]): number[] {
    this.#tick()
    const wanted = percentiles.map((percentile) => Math.min(1, Math.max(0, percentile)))
    if (this.#values === undefined) return wanted.map((quantile) => this.#sketch.quantile(quantile) ?? 0)
    const sorted = Float64Array.from(this.#values).sort()
    return wanted.map((quantile) => between(sorted, quantile))
  }

  /** Lets what is too old go. */
  #tick(): void {
    if (this.#sliceMs === Infinity) return
    const at = Date.now()
    this.#sketch.tick(at)
    const slice = Math.floor(at / this.#sliceMs)
    if (slice === this.#slice) return
    this.#slice = slice
    const young = this.#born.findIndex((born) => slice - born < this.#slices)
    const old = young < 0 ? this.#born.length : young
    this.#values?.splice(0, old)
    this.#born.splice(0, old)
  }
}

/** The k-th of n numbers stands at (k - 1/2) / n; between two of them the way is straight. */
function between(sorted: Float64Array, quantile: number): number {
  const last = sorted.length - 1
  const place = Math.min(last, Math.max(0, quantile * sorted.length - 0.5))
  const below = sorted[Math.floor(place)] ?? 0
  return below + (place % 1) * ((sorted[Math.ceil(place)] ?? 0) - below)
}
