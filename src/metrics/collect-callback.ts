import type { RegistryStats } from './definition.ts'

/**
 * A metric's `collect` callback: time-boxed, fails alone, and is never called while an earlier call is at work. Who asks meanwhile, as
 * two scrapers do, waits for that one.
 */
export class CollectCallback {
  readonly #run: () => void | Promise<void>
  readonly #timeoutMs: number
  readonly #stats: RegistryStats
  #current: Promise<void> | undefined
  /** A call that was late is still at work. */
  #hangs = false

  constructor(run: () => void | Promise<void>, timeoutMs: number, stats: RegistryStats) {
    this.#run = run
    this.#timeoutMs = timeoutMs
    this.#stats = stats
  }

  async run(): Promise<void> {
    if (this.#hangs) {
      this.#stats.collectFailures++
      return
    }
    this.#current ??= this.#call().finally(() => {
      this.#current = undefined
    })
    await this.#current
  }

  async #call(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#timeoutMs)
    })
    const done = (async (): Promise<'done'> => {
      await this.#run()
      return 'done'
    })()
    try {
      if ((await Promise.race([done, late])) === 'late') this.#leave(done)
    } catch {
      this.#stats.collectFailures++
    } finally {
      clearTimeout(timer)
    }
  }

  /** Counted once, as late, however it ends. */
  #leave(done: Promise<unknown>): void {
    this.#stats.collectFailures++
    this.#hangs = true
    const over = (): void => {
      this.#hangs = false
    }
    done.then(over, over)
  }
}
