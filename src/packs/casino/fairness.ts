import type { Counter, Registry } from '../../metrics/index.ts'
import { OptionalGauge } from '../optional-gauge.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'
import { type ChiSquareTest, chiSquareTest } from './chi-square.ts'

const LOWEST = 2
/** Of two fair dice, for the totals 2 to 12. */
const PROBABILITIES = [1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1].map((ways) => ways / 36)

/** Below 180 rolls a total of 2 or 12 is expected fewer than five times, and the test's p-value means little. */
export const MIN_ROLLS = 180

/** Whether the dice are two fair dice, judged by the totals of all rolls since the start. */
export class FairnessMetrics {
  readonly #totals: number[] = PROBABILITIES.map(() => 0)
  readonly #counters: readonly Counter[]
  readonly #statistic: OptionalGauge
  readonly #pValue: OptionalGauge
  #rolls = 0

  constructor(registry: Registry, options: PackOptions = {}) {
    const prefix = `${resolvePrefix(options)}_dice`
    const rolls = registry.counter({ name: `${prefix}_rolls_total`, help: 'Rolls by total.', labelNames: ['total'] })
    this.#counters = PROBABILITIES.map((_, i) => rolls.labels({ total: LOWEST + i }))
    this.#statistic = new OptionalGauge(
      registry,
      `${prefix}_chi_square`,
      `Chi-square statistic of the totals against two fair dice; absent below ${MIN_ROLLS} rolls.`,
    )
    this.#pValue = new OptionalGauge(
      registry,
      `${prefix}_fairness_p_value`,
      `How likely two fair dice stray at least this far; absent below ${MIN_ROLLS} rolls.`,
    )
  }

  get rolls(): number {
    return this.#rolls
  }

  /** @throws RangeError for a die outside 1 to 6. */
  roll(die1: number, die2: number): void {
    for (const die of [die1, die2]) {
      if (!(Number.isInteger(die) && die >= 1 && die <= 6)) throw new RangeError(`roll: die ${die} must be 1 to 6`)
    }
    const i = die1 + die2 - LOWEST
    this.#totals[i] = (this.#totals[i] ?? 0) + 1
    this.#rolls++
    this.#counters[i]?.inc()
    const test = this.test()
    this.#statistic.set(test?.statistic)
    this.#pValue.set(test?.pValue)
  }

  /** Ten degrees of freedom; undefined below {@link MIN_ROLLS} rolls. */
  test(): ChiSquareTest | undefined {
    return this.#rolls < MIN_ROLLS ? undefined : chiSquareTest(this.#totals, PROBABILITIES)
  }

  /**
   * False when fair dice would stray this far with a probability below `alpha`; undefined below {@link MIN_ROLLS} rolls.
   * `alpha` is the share of fair dice that fail one asking: ask at set times, not after each roll.
   */
  isFair(alpha: number): boolean | undefined {
    if (!(alpha > 0 && alpha < 1)) throw new RangeError(`isFair: alpha ${alpha} must lie between 0 and 1`)
    const test = this.test()
    return test === undefined ? undefined : test.pValue >= alpha
  }
}
