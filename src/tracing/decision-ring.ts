import type { Verdict } from './sampler/decide.ts'

/** The last decisions on traces whose ids are known to others, for parts of them that come later. */
export class DecisionRing {
  readonly #size: number
  readonly #verdicts = new Map<string, Verdict>()

  constructor(size: number) {
    this.#size = size
  }

  add(traceId: string, verdict: Verdict): void {
    if (this.#verdicts.get(traceId)?.keep === true) return
    this.#verdicts.delete(traceId)
    this.#verdicts.set(traceId, verdict)
    if (this.#verdicts.size <= this.#size) return
    for (const oldest of this.#verdicts.keys()) {
      this.#verdicts.delete(oldest)
      return
    }
  }

  get(traceId: string): Verdict | undefined {
    return this.#verdicts.get(traceId)
  }
}
