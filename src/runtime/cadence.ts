/** No timer is faster than this. */
const LEAST_MS = 100

/** The beat of one timer that serves several periods, and how many beats each of them takes. */
export interface Cadence<Name extends string> {
  readonly intervalMs: number
  readonly rounds: Readonly<Record<Name, number>>
}

/** Periods that have no common beat of 100 ms or more are rounded to 100 ms. @param periods whole ms, 100 at least. */
export function cadenceOf<Name extends string>(periods: Readonly<Record<Name, number>>): Cadence<Name> {
  const all: readonly (readonly [string, number])[] = Object.entries<number>(periods)
  const intervalMs = Math.max(LEAST_MS, all.map(([, period]) => period).reduce(greatestCommonDivisor))
  const rounds = Object.fromEntries(all.map(([name, period]) => [name, Math.round(period / intervalMs)]))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a number by each name
  return { intervalMs, rounds: rounds as Record<Name, number> }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
