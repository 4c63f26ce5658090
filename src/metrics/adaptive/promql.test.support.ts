export interface Point {
  /** Seconds. */
  readonly at: number
  readonly value: number
}

/** Prometheus's rate(): extrapolatedRate() in promql/functions.go, for the range (end - range, end]; all in seconds. */
export function rate(points: readonly Point[], end: number, range: number): number | undefined {
  const start = end - range
  const inside = points.filter(({ at }) => at > start && at <= end)
  const [first] = inside
  const last = inside.at(-1)
  if (first === undefined || last === undefined || inside.length < 2) return undefined
  let increase = last.value - first.value
  let before = first.value
  for (const { value } of inside) {
    if (value < before) increase += before
    before = value
  }
  let toStart = first.at - start
  let toEnd = end - last.at
  const sampled = last.at - first.at
  const between = sampled / (inside.length - 1)
  if (toStart >= between * 1.1) toStart = between / 2
  if (increase > 0 && first.value >= 0) toStart = Math.min(toStart, sampled * (first.value / increase))
  if (toEnd >= between * 1.1) toEnd = between / 2
  return (increase * (sampled + toStart + toEnd)) / sampled / range
}

/** Prometheus's histogram_quantile(): bucketQuantile() in promql/quantile.go, with its ensureMonotonic. */
export function histogramQuantile(
  q: number,
  buckets: readonly { readonly le: number; readonly count: number }[],
): number {
  const sorted = buckets.toSorted((a, b) => a.le - b.le)
  if (sorted.at(-1)?.le !== Infinity || sorted.length < 2) return NaN
  let most = -Infinity
  const counts = sorted.map(({ count }) => (most = Math.max(most, count)))
  const total = counts.at(-1) ?? 0
  if (total === 0) return NaN
  let rank = q * total
  const found = counts.slice(0, -1).findIndex((count) => count >= rank)
  if (found < 0) return sorted.at(-2)?.le ?? NaN
  const end = sorted[found]?.le ?? NaN
  if (found === 0 && end <= 0) return end
  const start = sorted[found - 1]?.le ?? 0
  const below = counts[found - 1] ?? 0
  rank -= below
  return start + (end - start) * (rank / ((counts[found] ?? 0) - below))
}
