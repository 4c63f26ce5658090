import { type Bucket, bucketsFraction } from '../histogram/index.ts'

const ROUNDING = 1e-12

/**
 * The buckets of a classic histogram, the count of each including those below. One object serves all steps: buckets are added
 * by ascending bound, those with the same bound become one.
 */
export class BucketCounts {
  readonly #uppers: Float64Array
  readonly #counts: Float64Array
  #size = 0
  /** Counts sank from a bucket to the next by more than rounding explains. */
  forced = false

  constructor(capacity: number) {
    this.#uppers = new Float64Array(capacity)
    this.#counts = new Float64Array(capacity)
  }

  get size(): number {
    return this.#size
  }

  clear(): void {
    this.#size = 0
    this.forced = false
  }

  add(upper: number, count: number): void {
    const last = this.#size - 1
    if (last >= 0 && this.#uppers[last] === upper) {
      this.#counts[last] = (this.#counts[last] ?? 0) + count
      return
    }
    this.#uppers[this.#size] = upper
    this.#counts[this.#size++] = count
  }

  upper(i: number): number {
    return this.#uppers[i] ?? NaN
  }

  count(i: number): number {
    return this.#counts[i] ?? NaN
  }

  /** Raises counts that are below the one before. */
  raise(): void {
    let previous = this.count(0)
    for (let i = 1; i < this.#size; i++) {
      const count = this.count(i)
      if (count === previous) continue
      const close = Math.abs(count - previous) <= ROUNDING * Math.max(Math.abs(count), Math.abs(previous))
      if (close || count < previous) {
        if (!close) this.forced = true
        this.#counts[i] = previous
      } else previous = count
    }
  }
}

export function classicQuantile(q: number, buckets: BucketCounts): number {
  if (Number.isNaN(q)) return NaN
  if (q < 0) return -Infinity
  if (q > 1) return Infinity
  const last = buckets.size - 1
  if (buckets.upper(last) !== Infinity) return NaN
  buckets.raise()
  const observations = buckets.count(last)
  if (last < 1 || observations === 0 || Number.isNaN(observations)) return NaN
  const rank = q * observations
  let found = 0
  while (found < last && !(buckets.count(found) >= rank)) found++
  if (found === last) return buckets.upper(last - 1)
  const upper = buckets.upper(found)
  if (found === 0 && upper <= 0) return upper
  const lower = found > 0 ? buckets.upper(found - 1) : 0
  const below = found > 0 ? buckets.count(found - 1) : 0
  return lower + (upper - lower) * ((rank - below) / (buckets.count(found) - below))
}

export function classicFraction(lower: number, upper: number, buckets: BucketCounts): number {
  const last = buckets.size - 1
  if (buckets.upper(last) !== Infinity) return NaN
  buckets.raise()
  if (last < 1) return NaN
  const single = Array.from({ length: buckets.size }, (_, i): Bucket => {
    const end = buckets.upper(i)
    const start = i > 0 ? buckets.upper(i - 1) : end > 0 ? 0 : -Infinity
    return { lower: start, upper: end, count: buckets.count(i) - (i > 0 ? buckets.count(i - 1) : 0), side: 'custom' }
  })
  return bucketsFraction(lower, upper, single, buckets.count(last))
}
