import type { Home } from '../series/series.ts'

/** @returns what tells the time since, in the metric's unit. */
export function startStopwatch(home: Home): () => number {
  const perUnit = /(?:^|_)(?:ms|milliseconds)$/.test(home.name) ? 1 : 1000
  const start = home.monotonicMs()
  return () => (home.monotonicMs() - start) / perUnit
}
