import type { Verdict } from './sampler/decide.ts'

/**
 * The last traces that were kept and whose ids are known to others, for parts of them that come later. A trace is known by
 * its randomness, and has one place: another that falls on it takes it, which is quicker than to keep them in order.
 */
export class DecisionRing {
  readonly #size: number
  readonly #traces: Float64Array
  readonly #verdicts: (Verdict | undefined)[]

  constructor(size: number) {
    this.#size = size
    this.#traces = new Float64Array(size).fill(-1)
    this.#verdicts = Array.from({ length: size }, () => undefined)
  }

  add(randomness: number, verdict: Verdict): void {
    const at = randomness % this.#size
    this.#traces[at] = randomness
    this.#verdicts[at] = verdict
  }

  get(randomness: number): Verdict | undefined {
    const at = randomness % this.#size
    return this.#traces[at] === randomness ? this.#verdicts[at] : undefined
  }
}
