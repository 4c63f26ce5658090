/** Neumaier's compensated sum: as exact as if it were done with twice the digits. */
export class CompensatedSum {
  sum: number
  /** What rounding has taken from the sum so far. */
  rest: number

  constructor(sum = 0, rest = 0) {
    this.sum = sum
    this.rest = rest
  }

  get value(): number {
    return this.sum + this.rest
  }

  add(value: number): void {
    const { sum } = this
    const total = sum + value
    if (total === Infinity || total === -Infinity) this.rest = 0
    else if (Math.abs(sum) >= Math.abs(value)) this.rest += sum - total + value
    else this.rest += value - total + sum
    this.sum = total
  }

  /** As `add` of each from `from` to before `to`. */
  addAll(values: Float64Array, from: number, to: number): void {
    let { sum, rest } = this
    for (let i = from; i < to; i++) {
      const value = values[i] ?? NaN
      const total = sum + value
      if (total === Infinity || total === -Infinity) rest = 0
      else if (Math.abs(sum) >= Math.abs(value)) rest += sum - total + value
      else rest += value - total + sum
      sum = total
    }
    this.sum = sum
    this.rest = rest
  }
}

/** A mean that is a compensated sum over a count, until the sum would overflow; from there on it is updated in place. */
export class CompensatedMean {
  readonly #state = new CompensatedSum()
  #count = 0
  #inPlace = false

  add(value: number): void {
    const state = this.#state
    this.#count++
    if (this.#count === 1) {
      state.sum = value
      return
    }
    if (!this.#inPlace) {
      const { sum, rest } = state
      state.add(value)
      if (state.sum !== Infinity && state.sum !== -Infinity) return
      this.#inPlace = true
      state.sum = sum / (this.#count - 1)
      state.rest = rest / (this.#count - 1)
    }
    const kept = (this.#count - 1) / this.#count
    state.sum *= kept
    state.rest *= kept
    state.add(value / this.#count)
  }

  get value(): number {
    const { sum, rest } = this.#state
    return this.#inPlace ? sum + rest : sum / this.#count + rest / this.#count
  }
}
