import type { Outcome } from '../../alerting/index.ts'

/** It is turned every second. */
const TURN_MS = 15_000
/** For so long nothing may be delivered of what is tried. */
const UNDELIVERED_MS = 600_000
/** What has not been tried for so long says nothing of now. */
const TRIED_MS = 1_200_000

/** By what it is known whether alerting does its work; times are ms that never go back. */
export class Vitals {
  #turnedAt: number
  /** Since the last message that was delivered. */
  #undeliveredSince: number | undefined
  #triedAt = -Infinity

  constructor(at: number) {
    this.#turnedAt = at
  }

  turned(at: number): void {
    this.#turnedAt = at
  }

  outcome({ kind }: Outcome, at: number): void {
    this.#triedAt = at
    if (kind === 'delivered') this.#undeliveredSince = undefined
    else this.#undeliveredSince ??= at
  }

  /** What is wrong, for a person. */
  fault(at: number): string | undefined {
    if (at - this.#turnedAt > TURN_MS) {
      return `alerting has not done its work for ${Math.floor((at - this.#turnedAt) / 1000)} s`
    }
    const since = this.#undeliveredSince
    if (since === undefined || at - since <= UNDELIVERED_MS || at - this.#triedAt > TRIED_MS) return undefined
    return `no message has been delivered for ${Math.floor((at - since) / 60_000)} min, and some were tried`
  }
}
