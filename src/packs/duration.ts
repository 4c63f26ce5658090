import type { Histogram } from '../metrics/index.ts'

/** False for NaN, infinities and what a clock that was set back makes negative. */
export function isDuration(ms: number): boolean {
  return ms >= 0 && ms < Infinity
}

/** How the durations of requests are cut. */
export interface BucketOptions {
  /** Upper bounds, ascending, in ms whatever the unit of the histogram. */
  readonly bucketsMs?: readonly number[] | undefined
}

/** Bounds in seconds: what is asked for, or else these. */
export function secondsOf({ bucketsMs }: BucketOptions, seconds: readonly number[]): readonly number[] {
  return bucketsMs === undefined ? seconds : bucketsMs.map((ms) => ms / 1000)
}

/** Observes milliseconds in a histogram of seconds; what is no duration is counted in `stats` alone. */
export function observeMs(histogram: Histogram, ms: number, stats: { badDurations: number }): void {
  if (isDuration(ms)) histogram.observe(ms / 1000)
  else stats.badDurations++
}
