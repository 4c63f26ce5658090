import type { Logger } from '../../logging/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'

const WARN_EVERY_MS = 60_000

/** Says in the log what the store's disk suffers: at most once a minute. */
export class StoreLog {
  readonly #store: Tsdb
  readonly #log: Logger
  #failures = 0
  #warnedAt = -Infinity

  constructor(store: Tsdb, log: Logger) {
    this.#store = store
    this.#log = log
    const { disk } = store.stats
    if (disk === undefined || disk.setAside.length === 0) return
    log.warn({ setAside: disk.setAside }, 'The store opened without what was damaged in its folder')
  }

  step(at: number): void {
    const { disk } = this.#store.stats
    if (disk === undefined || disk.failures === this.#failures) return
    if (at >= this.#warnedAt && at - this.#warnedAt < WARN_EVERY_MS) return
    const failures = disk.failures - this.#failures
    this.#failures = disk.failures
    this.#warnedAt = at
    this.#log.warn({ failures, reason: disk.lastFailure }, 'The disk of the store fails; the history goes on in memory')
  }
}
