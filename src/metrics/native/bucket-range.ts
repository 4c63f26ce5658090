/** A populated bucket's place on the number line. */
export interface BucketRange {
  readonly lower: number
  readonly upper: number
  readonly count: number
}

/** The value at `rank` (0 to all of them) in ascending ranges; undefined when there are none. */
export function valueAt(ranges: Iterable<BucketRange>, rank: number): number | undefined {
  let left = rank
  let value: number | undefined
  for (const { lower, upper, count } of ranges) {
    const share = Math.min(1, left / count)
    const within = holdsZero(lower, upper) ? lower + (upper - lower) * share : lower * (upper / lower) ** share
    value = Math.min(upper, Math.max(lower, within))
    left -= count
    if (left <= 0) break
  }
  return value
}

/** How many lie at or below `bound`, to the nearest whole number: the inverse of {@link valueAt}. */
export function countUpTo(ranges: Iterable<BucketRange>, bound: number): number {
  let total = 0
  for (const { lower, upper, count } of ranges) {
    if (upper <= bound) {
      total += count
    } else if (lower < bound) {
      const share = holdsZero(lower, upper)
        ? (bound - lower) / (upper - lower)
        : Math.log(bound / lower) / Math.log(upper / lower)
      total += count * share
    }
  }
  return Math.round(total)
}

/** Values are taken to be spread evenly in the zero bucket, and evenly on a logarithmic scale in the others. */
function holdsZero(lower: number, upper: number): boolean {
  return lower <= 0 && upper >= 0
}
