/** Seconds that are looked back on. */
const SECONDS = 10
const LEAST = 50
/** Shares of errors: above the one an incident begins, below the other for ten seconds it ends. */
const ENTER = 0.05
const LEAVE = 0.025

export type Turn = 'entered' | 'left'

/** Requests and errors of the last ten seconds, and whether they make an incident. */
export class ErrorWindow {
  readonly #leastErrors: number
  readonly #requests = new Float64Array(SECONDS)
  readonly #errors = new Float64Array(SECONDS)
  #second = 0
  #calmSince: number | undefined
  incident = false

  /** @param leastErrors that make an incident: where there are many windows, three errors come together by chance. */
  constructor(leastErrors: number) {
    this.#leastErrors = leastErrors
  }

  record(failed: boolean): void {
    this.#requests[this.#second] = (this.#requests[this.#second] ?? 0) + 1
    if (failed) this.#errors[this.#second] = (this.#errors[this.#second] ?? 0) + 1
  }

  /** From 0 to 1. */
  get errorShare(): number {
    const requests = sum(this.#requests)
    return requests === 0 ? 0 : sum(this.#errors) / requests
  }

  /** Ends a second, or several in which nothing came. */
  step(at: number, seconds: number): Turn | undefined {
    const turn = this.#turn(at)
    for (let i = 0; i < Math.min(seconds, SECONDS); i++) {
      this.#second = (this.#second + 1) % SECONDS
      this.#requests[this.#second] = 0
      this.#errors[this.#second] = 0
    }
    return turn
  }

  #turn(at: number): Turn | undefined {
    const share = this.errorShare
    if (!this.incident) {
      if (share <= ENTER || sum(this.#requests) < LEAST || sum(this.#errors) < this.#leastErrors) return undefined
      this.incident = true
      this.#calmSince = undefined
      return 'entered'
    }
    if (share >= LEAVE) {
      this.#calmSince = undefined
      return undefined
    }
    this.#calmSince ??= at
    if (at - this.#calmSince < SECONDS * 1000) return undefined
    this.incident = false
    return 'left'
  }
}

function sum(values: Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}
