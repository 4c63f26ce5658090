export interface EngineLimits {
  /** How far back a selector looks for a sample, ms. */
  readonly lookbackMs: number
  /** Step of subqueries that name none, ms. */
  readonly subqueryStepMs: number
  /** How many samples a query may decode and calculate, all its parts together. */
  readonly samples: number
  /** How many points a series of a range query may have. */
  readonly points: number
}

export const DEFAULT_LIMITS: EngineLimits = Object.freeze({
  lookbackMs: 300_000,
  subqueryStepMs: 60_000,
  samples: 50_000_000,
  points: 11_000,
})

/** @throws RangeError for a limit that is no positive number. */
export function completeLimits(given: Partial<EngineLimits>): EngineLimits {
  const limits = { ...DEFAULT_LIMITS, ...given }
  for (const [name, value] of Object.entries(limits)) {
    if (!(value > 0)) throw new RangeError(`limit ${name}: ${value} must be a number above 0`)
  }
  return Object.freeze(limits)
}
