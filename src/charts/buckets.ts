import type { Frame } from './series.ts'

/** How many there were in each bucket at each moment. */
export interface Buckets {
  /** Seconds since the epoch. */
  readonly times: readonly number[]
  /** Upper bounds, rising; the last may be Infinity. */
  readonly bounds: readonly number[]
  /** By bucket, then by moment. */
  readonly counts: readonly (readonly number[])[]
}

export const NO_BUCKETS: Buckets = { times: [], bounds: [], counts: [] }

/** From classic histograms: each series of `le` counts all that are smaller too. */
export function bucketsOf({ times, lines }: Frame): Buckets {
  const sorted = lines
    .map(({ labels, values }) => ({ bound: labels['le'] === '+Inf' ? Infinity : Number(labels['le'] ?? NaN), values }))
    .filter(({ bound }) => !Number.isNaN(bound))
    .sort((a, b) => a.bound - b.bound)
  const counts = sorted.map(({ values }, i) =>
    times.map((_, moment) => {
      const upTo = values[moment]
      if (upTo === null || upTo === undefined) return 0
      // A bound that a native histogram did not have at that moment.
      let below = i - 1
      while (below >= 0 && typeof sorted[below]?.values[moment] !== 'number') below--
      return Math.max(0, upTo - (sorted[below]?.values[moment] ?? 0))
    }),
  )
  return trimmed({ times, bounds: sorted.map(({ bound }) => bound), counts })
}

/** Without the buckets at either end that hold nothing. */
function trimmed({ times, bounds, counts }: Buckets): Buckets {
  const isUsed = counts.map((row) => row.some((count) => count > 0))
  const first = isUsed.indexOf(true)
  if (first < 0) return { times, bounds: [], counts: [] }
  const end = isUsed.lastIndexOf(true) + 1
  return { times, bounds: bounds.slice(first, end), counts: counts.slice(first, end) }
}

const SHADES = 8

/** How dark a cell is, from 0 to 7: the steps are those of a logarithm. @param most of all cells */
export function shadeOf(count: number, most: number): number {
  return Math.min(SHADES - 1, Math.floor((Math.log1p((count / most) * 63) / Math.log(64)) * SHADES))
}
