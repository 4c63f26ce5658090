import { labelHash, LabelSet } from '../series/index.ts'

/** When a group is evaluated: every interval, moved by a hash of its name, so that groups do not all come at once. */
export class Schedule {
  readonly intervalMs: number
  readonly #offsetMs: number

  constructor(file: string, name: string, intervalMs: number) {
    this.intervalMs = intervalMs
    const intervalNs = BigInt(intervalMs) * 1_000_000n
    this.#offsetMs = Number((labelHash(LabelSet.of({ file, name })) % intervalNs) / 1_000_000n)
  }

  /** The last time that is due at `at` or before; ms since the epoch. */
  dueAt(at: number): number {
    return Math.floor((at - this.#offsetMs) / this.intervalMs) * this.intervalMs + this.#offsetMs
  }
}
