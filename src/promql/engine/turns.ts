/**
 * Gives queries that are under way at the same time their slices one after another, a pause before each: together they hold
 * up others no longer than one alone.
 */
export class Turns {
  readonly #pause: () => Promise<void>
  readonly #waiting: (() => void)[] = []
  #running = false
  /** Queries under way. */
  #queries = 0

  constructor(pause: () => Promise<void>) {
    this.#pause = pause
  }

  /** Resolves after a pause, when it is the caller's turn. */
  next(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve)
      if (!this.#running) this.#run().catch(reject)
    })
  }

  /** Does a query; it begins at once when it is the only one. */
  async during<T>(query: () => Promise<T>): Promise<T> {
    this.#queries++
    try {
      if (this.#queries > 1) await this.next()
      return await query()
    } finally {
      this.#queries--
    }
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      while (this.#waiting.length > 0) {
        await this.#pause()
        this.#waiting.shift()?.()
      }
    } finally {
      this.#running = false
    }
  }
}
