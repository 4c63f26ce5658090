import type { Outgoing } from './outgoing.ts'
import { PositionFile } from './position-file.ts'

const SAVE_EVERY_MS = 1000
/** How far behind the file stays at most, when samples come late. */
const MAX_SLACK_MS = 600_000

/** Up to when everything is acknowledged, here and in the file. */
export class Position {
  readonly #file: PositionFile | undefined
  readonly #failed: (error: unknown) => void
  /** Oldest time under way, or Infinity. */
  #underWay = Infinity
  #newest = -Infinity
  #acknowledged = -Infinity
  /** What the file says. */
  #saved = Infinity
  #savedAt = -Infinity
  /** Samples come so much later than others that were acknowledged: the file stays behind, that it need not be written for each. */
  #slack = 0

  constructor(folder: string | undefined, name: string, failed: (error: unknown) => void) {
    this.#file = folder === undefined ? undefined : new PositionFile(folder, name)
    this.#failed = failed
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Where to begin: where the file says, or now when there is none. -Infinity: it cannot be read. */
  open(now: number): number {
    const begun = this.#file?.read() ?? now
    this.#acknowledged = begun
    if (begun > -Infinity) this.#save(begun, now)
    return begun
  }

  underWay(minTime: number): void {
    this.#underWay = minTime
  }

  delivered({ maxTime }: Outgoing): void {
    this.#newest = Math.max(this.#newest, maxTime)
    this.#underWay = Infinity
  }

  /** @param pendingFrom oldest time of what is not sent yet, or Infinity. @param force whether to write at once. */
  settle(pendingFrom: number, now: number, force: boolean): void {
    const pending = Math.min(pendingFrom, this.#underWay)
    const next = pending < Infinity ? pending : this.#newest + 1
    if (next > -Infinity) this.#acknowledged = next
    const goal = this.#acknowledged - this.#slack
    if (goal > this.#saved && (force || now >= this.#savedAt + SAVE_EVERY_MS)) this.#save(goal, now)
  }

  /** A sample was taken at `at`: the file must not say that it is acknowledged. */
  lateArrival(at: number): void {
    this.#acknowledged = Math.min(this.#acknowledged, at)
    if (at >= this.#saved || this.#file === undefined) return
    this.#slack = Math.min(MAX_SLACK_MS, Math.max(this.#slack, 2 * (this.#saved - at)))
    this.#save(at - this.#slack, this.#savedAt)
  }

  #save(position: number, now: number): void {
    this.#saved = position
    this.#savedAt = now
    try {
      this.#file?.write(position)
    } catch (error) {
      this.#failed(error)
    }
  }
}
