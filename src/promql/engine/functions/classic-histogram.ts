import { type Bucket, bucketsFraction } from '../histogram/index.ts'

/** A bucket of a classic histogram: its count includes those below. */
export interface ClassicBucket {
  readonly upper: number
  readonly count: number
}

export interface ClassicQuantile {
  readonly value: number
  /** Counts sank from a bucket to the next by more than rounding explains. */
  readonly forced: boolean
}

const ROUNDING = 1e-12

export function classicQuantile(q: number, given: readonly ClassicBucket[]): ClassicQuantile {
  const plain = (value: number): ClassicQuantile => ({ value, forced: false })
  if (Number.isNaN(q)) return plain(NaN)
  if (q < 0) return plain(-Infinity)
  if (q > 1) return plain(Infinity)
  const sorted = merged(given)
  if (sorted.at(-1)?.upper !== Infinity) return plain(NaN)
  const { buckets, forced } = monotonic(sorted)
  const observations = buckets.at(-1)?.count ?? 0
  if (buckets.length < 2 || observations === 0 || Number.isNaN(observations)) return { value: NaN, forced }
  const rank = q * observations
  const found = buckets.slice(0, -1).findIndex(({ count }) => count >= rank)
  if (found < 0) return { value: buckets.at(-2)?.upper ?? NaN, forced }
  const upper = buckets[found]?.upper ?? NaN
  if (found === 0 && upper <= 0) return { value: upper, forced }
  const lower = found > 0 ? (buckets[found - 1]?.upper ?? NaN) : 0
  const below = found > 0 ? (buckets[found - 1]?.count ?? NaN) : 0
  const count = (buckets[found]?.count ?? NaN) - below
  return { value: lower + (upper - lower) * ((rank - below) / count), forced }
}

export function classicFraction(lower: number, upper: number, given: readonly ClassicBucket[]): number {
  const sorted = merged(given)
  if (sorted.at(-1)?.upper !== Infinity) return NaN
  const { buckets } = monotonic(sorted)
  if (buckets.length < 2) return NaN
  const single = buckets.map(({ upper: end, count }, i): Bucket => {
    const before = buckets[i - 1]
    const start = before?.upper ?? (end > 0 ? 0 : -Infinity)
    return { lower: start, upper: end, count: count - (before?.count ?? 0), side: 'custom' }
  })
  return bucketsFraction(lower, upper, single, buckets.at(-1)?.count ?? NaN)
}

/** By bound, those with the same bound as one. */
function merged(buckets: readonly ClassicBucket[]): readonly ClassicBucket[] {
  const counts = new Map<number, number>()
  for (const { upper, count } of buckets) counts.set(upper, (counts.get(upper) ?? 0) + count)
  return Array.from(counts, ([upper, count]) => ({ upper, count })).sort((a, b) => (a.upper < b.upper ? -1 : 1))
}

function monotonic(buckets: readonly ClassicBucket[]): {
  readonly buckets: readonly ClassicBucket[]
  readonly forced: boolean
} {
  let previous = buckets[0]?.count ?? 0
  let forced = false
  const raised = buckets.map(({ upper, count }, i) => {
    if (i === 0 || count === previous) return { upper, count }
    const close = Math.abs(count - previous) <= ROUNDING * Math.max(Math.abs(count), Math.abs(previous))
    if (close || count < previous) {
      if (!close) forced = true
      return { upper, count: previous }
    }
    previous = count
    return { upper, count }
  })
  return { buckets: raised, forced }
}
