import { gammaQ } from './gamma.ts'

export interface ChiSquareTest {
  readonly statistic: number
  readonly degreesOfFreedom: number
  /** How likely chance alone makes a statistic at least this large. */
  readonly pValue: number
}

/** Pearson's test of `observed` counts against `probabilities` that add up to 1; undefined while nothing is observed. */
export function chiSquareTest(
  observed: readonly number[],
  probabilities: readonly number[],
): ChiSquareTest | undefined {
  const total = observed.reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  const statistic = probabilities.reduce((sum, probability, i) => {
    const expected = total * probability
    return sum + ((observed[i] ?? 0) - expected) ** 2 / expected
  }, 0)
  const degreesOfFreedom = probabilities.length - 1
  return { statistic, degreesOfFreedom, pValue: gammaQ(degreesOfFreedom / 2, statistic / 2) }
}
