/** What node's histogram of delays tells, in nanoseconds. */
export interface Delays {
  readonly count: number
  readonly mean: number
  readonly max: number
  percentile(percent: number): number
}

/** One piece of a window: its quantiles stand for what was in it. */
export interface Slice {
  readonly count: number
  readonly meanMs: number
  readonly maxMs: number
  /** In order; each stands for as many delays as any other. */
  readonly pointsMs: readonly number[]
}

const NS_PER_MS = 1e6
const POINTS = 100

/** Node records from one look to the next, so the time that it means to wait is not lag. */
export function readSlice(delays: Delays, resolutionMs: number): Slice {
  const lag = (ns: number): number => Math.max(0, ns / NS_PER_MS - resolutionMs)
  const pointsMs = Array.from({ length: POINTS }, (_, i) => lag(delays.percentile(((i + 0.5) * 100) / POINTS)))
  return { count: delays.count, meanMs: lag(delays.mean), maxMs: lag(delays.max), pointsMs }
}

/**
 * Of each share `qs`, such as 0.99, the delay that so many do not exceed; off by no more than a hundredth in rank. Empty when there
 * is nothing.
 */
export function quantiles(slices: readonly Slice[], qs: readonly number[]): readonly (number | undefined)[] {
  const points = slices.flatMap(({ count, pointsMs }) => pointsMs.map((ms) => ({ ms, weight: count / POINTS })))
  points.sort((a, b) => a.ms - b.ms)
  const total = slices.reduce((sum, { count }) => sum + count, 0)
  return qs.map((q) => {
    let before = 0
    return points.find(({ weight }) => (before += weight) >= q * total)?.ms ?? points.at(-1)?.ms
  })
}
