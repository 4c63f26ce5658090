import type { AdaptiveOptions } from '../options.ts'

/** Ten steps to a decade, each about a quarter more than the last: the preferred numbers R10 of ISO 3. */
const STEPS = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8]
/** More decades than that would make every series' row long. */
const MAX_DECADES = 30
/** Two bounds for each quantile that the choice goes by. */
const LEAST_FREE = 8

/** Where bounds of an adaptive histogram can be, and which of them always are. */
export interface Grid {
  /** Ascending. */
  readonly points: readonly number[]
  /** Indices of the points that are bounds for good. */
  readonly fixed: readonly number[]
  readonly maxBounds: number
  readonly intervalMs: number
}

/** @param given the bounds that are to stay; undefined for one a decade. @throws RangeError naming the option. */
export function gridOf(name: string, options: AdaptiveOptions, given: readonly number[] | undefined): Grid {
  const isBytes = name.endsWith('_bytes')
  const { min = isBytes ? 1 : 1e-4, max = isBytes ? 1e9 : 1e5, maxBounds = 26, intervalMs = 600_000 } = options
  if (!(min > 0 && max > min && max <= min * 10 ** MAX_DECADES)) {
    throw new RangeError(
      `${name}: adaptive range ${min} to ${max} must be ascending from above 0, over 30 decades at most`,
    )
  }
  if (!(intervalMs > 0)) throw new RangeError(`${name}: intervalMs ${intervalMs} must be > 0`)
  const steps: number[] = []
  const decades: number[] = []
  const last = Math.ceil(Math.log10(max))
  for (let decade = Math.floor(Math.log10(min)); decade <= last; decade++) {
    const within = STEPS.map((step) => Number(`${step}e${decade}`)).filter((point) => point >= min && point <= max)
    steps.push(...within)
    decades.push(...within.filter((point) => point === Number(`1e${decade}`)))
  }
  const fixed = given ?? decades
  if (!(Number.isInteger(maxBounds) && maxBounds >= fixed.length + LEAST_FREE)) {
    throw new RangeError(
      `${name}: maxBounds ${maxBounds} must be a whole number >= ${fixed.length + LEAST_FREE}: ` +
        `${fixed.length} always stand, and ${LEAST_FREE} are to choose`,
    )
  }
  const points = [...new Set([...steps, ...fixed])].sort((a, b) => a - b)
  return { points, fixed: fixed.map((bound) => points.indexOf(bound)), maxBounds, intervalMs }
}
