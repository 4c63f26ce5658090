import type { Work } from './work.ts'

/** What is sorted in one go. */
const RUN = 64
/** Units that a comparison costs. */
const PER_COMPARISON = 8

/** Stable, as Array's own sort; runs are sorted one by one, then merged with rests in between. */
export async function sortInSlices<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  work: Work,
): Promise<readonly T[]> {
  let runs: (readonly T[])[] = []
  for (let from = 0; from < items.length; from += RUN) {
    runs.push(items.slice(from, from + RUN).sort(compare))
    if (work.spend(RUN * 6 * PER_COMPARISON)) await work.rest()
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = []
    for (let i = 0; i < runs.length; i += 2) merged.push(await merge(runs[i] ?? [], runs[i + 1] ?? [], compare, work))
    runs = merged
  }
  return runs[0] ?? []
}

async function merge<T>(
  a: readonly T[],
  b: readonly T[],
  compare: (a: T, b: T) => number,
  work: Work,
): Promise<readonly T[]> {
  const merged: T[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [x, y] = [a[i], b[j]]
    const takesFirst = y === undefined || (x !== undefined && compare(x, y) <= 0)
    const next = takesFirst ? x : y
    if (next === undefined) throw new Error('BUG: nothing is to be sorted')
    merged.push(next)
    if (takesFirst) i++
    else j++
    if (work.spend(PER_COMPARISON)) await work.rest()
  }
  return merged
}
