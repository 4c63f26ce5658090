import type { Logger } from '../logging/index.ts'

const WARN_EVERY_MS = 60_000

/** Faults of the monitoring itself: counted always, logged at most once a minute. */
export class FaultLog {
  readonly stats: { faults: number } = { faults: 0 }
  readonly #log: Logger
  readonly #now: () => number
  #warnedAt: number | undefined

  constructor(log: Logger, now: () => number) {
    this.#log = log
    this.#now = now
  }

  record(error: unknown): void {
    this.stats.faults++
    const at = this.#now()
    if (this.#warnedAt !== undefined && at >= this.#warnedAt && at - this.#warnedAt < WARN_EVERY_MS) return
    this.#warnedAt = at
    this.#log.warn({ err: error }, 'A fault in the monitoring was kept from the application')
  }
}
