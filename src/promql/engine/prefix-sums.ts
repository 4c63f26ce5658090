/** Twice the digits of a double, less what the last steps lose. */
const DIGITS = 105
/** What a sum may be wrong by, as a part of its smallest term: less than a double shows. */
const TOLERATED = 2 ** -54

/**
 * Sums of the first 0, 1, 2... of some values, each as two doubles that do not overlap (Dekker 1971; Knuth's two-sum): the sum
 * of a run is the difference of two of them, whatever its length, and as exact as if it were summed by itself.
 */
export class PrefixSums {
  readonly #high: Float64Array
  readonly #low: Float64Array

  private constructor(high: Float64Array, low: Float64Array) {
    this.#high = high
    this.#low = low
  }

  /** Undefined when values differ so much in size, or are so many, that a run of small ones would lose digits. */
  static of(values: Float64Array): PrefixSums | undefined {
    if (!isEven(values)) return undefined
    const high = new Float64Array(values.length + 1)
    const low = new Float64Array(values.length + 1)
    let [sum, rest] = [0, 0]
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? NaN
      const total = sum + value
      const taken = total - sum
      rest += sum - (total - taken) + (value - taken)
      sum = total + rest
      rest -= sum - total
      high[i + 1] = sum
      low[i + 1] = rest
    }
    return new PrefixSums(high, low)
  }

  /** From `from` to before `to`. */
  sum(from: number, to: number): number {
    const high = this.#high
    const low = this.#low
    const a = high[to] ?? NaN
    const b = high[from] ?? NaN
    const difference = a - b
    const taken = difference - a
    return difference + (a - (difference - taken) - (b + taken) + ((low[to] ?? NaN) - (low[from] ?? NaN)))
  }
}

function isEven(values: Float64Array): boolean {
  let least = Infinity
  let most = 0
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] ?? NaN)
    if (!(size < Infinity)) return false
    if (size > most) most = size
    if (size < least && size > 0) least = size
  }
  return most === 0 || (most / least) * values.length ** 2 * 2 ** -DIGITS <= TOLERATED
}
