import type { Verdict } from './sampler/decide.ts'

/** The last decisions on traces whose ids are known to others, for parts of them that come later. */
export class DecisionRing {
  readonly #ids: (string | undefined)[]
  #next = 0
  readonly #verdicts = new Map<string, Verdict>()

  constructor(size: number) {
    this.#ids = Array.from({ length: size }, () => undefined)
  }

  add(traceId: string, verdict: Verdict): void {
    const before = this.#verdicts.get(traceId)
    if (before !== undefined) {
      if (!before.keep) this.#verdicts.set(traceId, verdict)
      return
    }
    const oldest = this.#ids[this.#next]
    if (oldest !== undefined) this.#verdicts.delete(oldest)
    this.#ids[this.#next] = traceId
    this.#next = (this.#next + 1) % this.#ids.length
    this.#verdicts.set(traceId, verdict)
  }

  get(traceId: string): Verdict | undefined {
    return this.#verdicts.get(traceId)
  }
}
