/** The quantiles whose buckets are to be narrow. */
const QUANTILES = [0.5, 0.9, 0.95, 0.99]
/** A bucket of so many of the grid's steps is narrow enough to be left alone; one that is not gets its single step. */
const TOLERATED_STEPS = 2

/** A point of the grid that is a bound at present. */
export interface Shown {
  readonly index: number
  /** Since when, in ms since the epoch; Infinity: it never goes. */
  readonly since: number
}

export interface Fit {
  /** How much was observed below each point of the grid and above the one before it; the last: above all. */
  readonly weights: Float64Array
  readonly maxBounds: number
  readonly at: number
  /** A bound stays at least so long. */
  readonly keepMs: number
}

/**
 * The bounds as they should be from now on; the same array when there is nothing to mend. Where one of the quantiles lies
 * in too wide a bucket, the ends of its step of the grid become bounds; and, as far as there is room, of the steps beside
 * it, for it will not stand still. Only when the ends are too many, others go: those that no quantile stands on, and of these
 * the ones around which least was observed.
 */
export function refit(shown: readonly Shown[], { weights, maxBounds, at, keepMs }: Fit): readonly Shown[] {
  const needed = new Set<number>()
  const missing = new Set<number>()
  const guards = new Set<number>()
  const held = new Set(shown.map(({ index }) => index))
  const isNew = (index: number): boolean => index >= 0 && index < weights.length - 1 && !held.has(index)
  for (const q of QUANTILES) {
    const step = stepOf(weights, q)
    const below = shown.findLast(({ index }) => index < step)?.index ?? -1
    const above = shown.find(({ index }) => index >= step)?.index ?? weights.length - 1
    const ends = above - below > TOLERATED_STEPS ? [step - 1, step] : [below, above]
    for (const index of ends) {
      needed.add(index)
      if (isNew(index)) missing.add(index)
    }
    for (const index of [step + 1, step - 2]) if (isNew(index)) guards.add(index)
  }
  if (missing.size === 0) return shown
  let kept = [...shown]
  while (kept.length + missing.size > maxBounds) {
    const least = leastUseful(kept, weights, (bound) => !needed.has(bound.index) && at - bound.since >= keepMs)
    if (least === undefined) break
    kept = kept.filter((bound) => bound !== least)
  }
  const added = [...new Set([...missing, ...guards])].slice(0, Math.max(0, maxBounds - kept.length))
  if (added.length === 0) return shown
  return [...kept, ...added.map((index) => ({ index, since: at }))].sort((a, b) => a.index - b.index)
}

/** The step of the grid that holds the quantile. */
function stepOf(weights: Float64Array, q: number): number {
  let left = q * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [step, weight] of weights.entries()) if ((left -= weight) <= 0 && weight > 0) return step
  return weights.length - 1
}

function leastUseful(
  shown: readonly Shown[],
  weights: Float64Array,
  mayGo: (bound: Shown) => boolean,
): Shown | undefined {
  let least: Shown | undefined
  let leastWeight = Infinity
  for (const [i, bound] of shown.entries()) {
    const from = (shown[i - 1]?.index ?? -1) + 1
    const to = shown[i + 1]?.index ?? weights.length - 1
    const weight = weights.subarray(from, to + 1).reduce((sum, each) => sum + each, 0)
    if (weight >= leastWeight || !mayGo(bound)) continue
    least = bound
    leastWeight = weight
  }
  return least
}
