export interface EngineLimits {
  /** How far back a selector looks for a sample, ms. */
  readonly lookbackMs: number
  /** Step of subqueries that name none, ms. */
  readonly subqueryStepMs: number
  /** How many samples a query may hold at once, decoded and calculated: some 10 to 20 bytes each. */
  readonly samples: number
  /** How many points a series of a range query may have. */
  readonly points: number
  /** How many points of each series a subquery may calculate. */
  readonly subqueryPoints: number
  /** How long a query may be, in characters: reading it is not done in slices. */
  readonly characters: number
}

export const DEFAULT_LIMITS: EngineLimits = Object.freeze({
  lookbackMs: 300_000,
  subqueryStepMs: 60_000,
  samples: 50_000_000,
  points: 11_000,
  subqueryPoints: 1_000_000,
  characters: 50_000,
})

/** Parsing takes no more. */
const MAX_CHARACTERS = 1_000_000

/** @throws RangeError for a limit that is no positive number, or more characters than can be read. */
export function completeLimits(given: Partial<EngineLimits>): EngineLimits {
  const limits = { ...DEFAULT_LIMITS, ...given }
  for (const [name, value] of Object.entries(limits)) {
    if (!(value > 0)) throw new RangeError(`limit ${name}: ${value} must be a number above 0`)
  }
  if (limits.characters > MAX_CHARACTERS) {
    throw new RangeError(`limit characters: ${limits.characters} must be ${MAX_CHARACTERS} at most`)
  }
  return Object.freeze(limits)
}
