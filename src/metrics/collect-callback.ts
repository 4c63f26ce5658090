import type { RegistryStats } from './definition.ts'

/** A metric's `collect` callback: time-boxed, fails alone, and is never called while an earlier call is at work. */
export class CollectCallback {
  readonly #run: () => void | Promise<void>
  readonly #timeoutMs: number
  readonly #stats: RegistryStats
  #pending = false

  constructor(run: () => void | Promise<void>, timeoutMs: number, stats: RegistryStats) {
    this.#run = run
    this.#timeoutMs = timeoutMs
    this.#stats = stats
  }

  async run(): Promise<void> {
    if (this.#pending) {
      this.#stats.collectFailures++
      return
    }
    this.#pending = true
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#timeoutMs)
    })
    const done = (async (): Promise<'done'> => {
      await this.#run()
      return 'done'
    })().finally(() => {
      this.#pending = false
    })
    try {
      if ((await Promise.race([done, late])) === 'late') {
        this.#stats.collectFailures++
        done.catch(() => undefined) // counted once, as late
      }
    } catch {
      this.#stats.collectFailures++
    } finally {
      clearTimeout(timer)
    }
  }
}
