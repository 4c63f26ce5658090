export interface DepartureOptions {
  /** Sends what waits; has a deadline of its own. */
  readonly flush: () => Promise<void>
  /** Writes what waits to where it outlives the process. */
  readonly flushSync: () => void
  /** Opens files anew. */
  readonly reopen: () => void
  /** Whether SIGHUP is for that. */
  readonly onHangup: boolean
}

/**
 * Flushes when the process is about to end. Its fate stays what it was: nobody else listening to a signal, it ends by that
 * signal, only later; a second one ends it at once.
 */
export class Departure {
  readonly #options: DepartureOptions
  readonly #endings = new Map<NodeJS.Signals, () => void>()
  #flushed = false

  readonly #beforeExit = (): void => {
    // Asked again after what this does, and then it is done.
    if (this.#flushed) return
    this.#flushed = true
    void this.#options.flush()
  }

  constructor(options: DepartureOptions) {
    this.#options = options
  }

  start(): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const listener = (): void => this.#end(signal, listener)
      this.#endings.set(signal, listener)
      process.on(signal, listener)
    }
    process.on('beforeExit', this.#beforeExit)
    process.on('exit', this.#options.flushSync)
    if (this.#options.onHangup) process.on('SIGHUP', this.#options.reopen)
  }

  stop(): void {
    for (const [signal, listener] of this.#endings) process.off(signal, listener)
    this.#endings.clear()
    process.off('beforeExit', this.#beforeExit)
    process.off('exit', this.#options.flushSync)
    process.off('SIGHUP', this.#options.reopen)
  }

  #end(signal: NodeJS.Signals, listener: () => void): void {
    // Who listens too decides what becomes of the process.
    const alone = process.listenerCount(signal) === 1
    process.off(signal, listener)
    this.#endings.delete(signal)
    void this.#options.flush().finally(() => {
      if (alone) process.kill(process.pid, signal)
    })
  }
}
