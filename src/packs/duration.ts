import type { Histogram } from '../metrics/index.ts'

/** False for NaN, infinities and what a clock that was set back makes negative. */
export function isDuration(ms: number): boolean {
  return ms >= 0 && ms < Infinity
}

/** Observes milliseconds in a histogram of seconds; what is no duration is counted in `stats` alone. */
export function observeMs(histogram: Histogram, ms: number, stats: { badDurations: number }): void {
  if (isDuration(ms)) histogram.observe(ms / 1000)
  else stats.badDurations++
}
