import { nextTurn, type Pace } from './pace.ts'

/** Elements sorted at once; longer runs are merged. */
const RUN = 256
/** Of one element compared and moved, microseconds. */
const STEP_COST = 0.05

/** One ascending list of ascending lists, made in turns. */
export async function mergeRuns<T>(
  runs: readonly (readonly T[])[],
  compare: (a: T, b: T) => number,
  pace: Pace,
): Promise<readonly T[]> {
  let left = runs
  while (left.length > 1) {
    const merged: (readonly T[])[] = []
    for (let i = 0; i < left.length; i += 2) {
      const [a = [], b = []] = [left[i], left[i + 1]]
      merged.push(b.length === 0 ? a : await merge(a, b, compare, pace))
    }
    left = merged
  }
  return left[0] ?? []
}

/** A sorted copy, made in turns. */
export async function sortInTurns<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  pace: Pace,
): Promise<readonly T[]> {
  const runs: T[][] = []
  for (let from = 0; from < items.length; from += RUN) {
    runs.push(items.slice(from, from + RUN).sort(compare))
    if (pace.spent(RUN * Math.log2(RUN) * STEP_COST)) await nextTurn()
  }
  return mergeRuns(runs, compare, pace)
}

async function merge<T>(
  a: readonly T[],
  b: readonly T[],
  compare: (a: T, b: T) => number,
  pace: Pace,
): Promise<readonly T[]> {
  const merged: T[] = []
  let [i, k] = [0, 0]
  while (i < a.length && k < b.length) {
    const end = Math.min(merged.length + RUN, a.length + b.length)
    while (merged.length < end && i < a.length && k < b.length) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both are within their lists; T may be undefined itself
      const [x, y] = [a[i] as T, b[k] as T]
      if (compare(x, y) <= 0) {
        merged.push(x)
        i++
      } else {
        merged.push(y)
        k++
      }
    }
    if (pace.spent(RUN * STEP_COST)) await nextTurn()
  }
  return merged.concat(a.slice(i), b.slice(k))
}
