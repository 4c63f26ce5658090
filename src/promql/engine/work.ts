import { failExecution, QueryFault } from './fault.ts'

/** A few milliseconds of work, also before the code is warm. */
const SLICE = 30_000

export interface WorkOptions {
  readonly samples: number
  readonly pause: () => Promise<void>
  readonly signal: AbortSignal | undefined
}

/** What a query has cost so far: it is done in slices, with a pause after each, and ends at its limit of samples. */
export class Work {
  readonly #limit: number
  readonly #pause: () => Promise<void>
  readonly #signal: AbortSignal | undefined
  #slice = 0
  #samples = 0

  constructor({ samples, pause, signal }: WorkOptions) {
    this.#limit = samples
    this.#pause = pause
    this.#signal = signal
  }

  get samples(): number {
    return this.#samples
  }

  /** Counts work; true when it is time to {@link rest}. */
  spend(units: number): boolean {
    this.#slice += units
    return this.#slice >= SLICE
  }

  /** Counts samples that are held, and so are work as well. */
  hold(samples: number): boolean {
    this.#samples += samples
    if (this.#samples > this.#limit) {
      failExecution('query processing would load too many samples into memory in query execution')
    }
    return this.spend(samples)
  }

  async rest(): Promise<void> {
    this.#slice = 0
    await this.#pause()
    this.check()
  }

  check(): void {
    if (this.#signal?.aborted !== true) return
    const reason: unknown = this.#signal.reason
    const late = reason instanceof Error && reason.name === 'TimeoutError'
    throw late
      ? new QueryFault('timeout', 'query timed out in expression evaluation')
      : new QueryFault('canceled', 'query was canceled in expression evaluation')
  }
}
