import { keyOf, type Labels, type Line } from './series.ts'

/** Of a native histogram. */
export interface NativeBucket {
  readonly from: number
  readonly to: number
  readonly count: number
}

/**
 * A native histogram over time as the lines of a classic one: each bound that it ever had is a line of `le`, which counts all that
 * is smaller. @param moments the index among the times, and the buckets there from the lowest value to the highest
 */
export function bucketLines(
  metric: Labels,
  moments: readonly (readonly [index: number, buckets: readonly NativeBucket[]])[],
  count: number,
): Line[] {
  const bounds = [...new Set(moments.flatMap(([, buckets]) => buckets.flatMap(({ from, to }) => [from, to])))]
    .filter((bound) => bound !== -Infinity)
    .sort((a, b) => a - b)
  const lines = bounds.map((bound) => lineOf(metric, bound, count))
  for (const [index, buckets] of moments) {
    let [sum, next] = [0, 0]
    lines.forEach(({ values, bound }) => {
      for (let bucket = buckets[next]; bucket !== undefined && bucket.to <= bound; bucket = buckets[++next]) {
        sum += bucket.count
      }
      values[index] = sum
    })
  }
  return lines
}

function lineOf(metric: Labels, bound: number, count: number): Line & { values: (number | null)[]; bound: number } {
  const le = bound === Infinity ? '+Inf' : String(bound)
  const labels = { ...metric, le }
  const values = Array.from({ length: count }, () => null)
  return { key: keyOf(labels), name: le, labels, values, bound }
}
