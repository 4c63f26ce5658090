import { failExecution, QueryFault } from './fault.ts'

/** How long a query holds the event loop at a time. */
const SLICE_MS = 4
/** Units between two looks at the clock: some tens of microseconds, ten times that before the code is warm. */
const LOOK_UNITS = 4000
/** A slice where there is no clock. */
const SLICE_UNITS = 30_000

export interface WorkOptions {
  /** How many may be held at once. */
  readonly samples: number
  readonly pause: () => Promise<void>
  readonly signal: AbortSignal | undefined
  /** Milliseconds of a clock that does not go back. */
  readonly now: (() => number) | undefined
}

/**
 * What a query costs: it is done in slices, with a pause after each, and may hold so many samples at a time. A unit of work
 * is what is done to one sample or at one step.
 */
export class Work {
  readonly #limit: number
  readonly #pause: () => Promise<void>
  readonly #signal: AbortSignal | undefined
  readonly #now: (() => number) | undefined
  #since: number
  #units = 0
  #due: number
  #held = 0
  #peak = 0
  #total = 0

  constructor({ samples, pause, signal, now }: WorkOptions) {
    this.#limit = samples
    this.#pause = pause
    this.#signal = signal
    this.#now = now
    this.#since = now?.() ?? 0
    this.#due = now === undefined ? SLICE_UNITS : LOOK_UNITS
  }

  /** Samples decoded and calculated so far. */
  get samples(): number {
    return this.#total
  }

  /** Most samples that were held at once. */
  get peakSamples(): number {
    return this.#peak
  }

  get held(): number {
    return this.#held
  }

  /** Counts work; true when it is time to {@link rest}. */
  spend(units: number): boolean {
    this.#units += units
    return this.#units >= this.#due && this.#isOver()
  }

  /** Counts samples that are held from now on, and so are work as well. */
  hold(samples: number): boolean {
    this.#total += samples
    this.#held += samples
    if (this.#held > this.#peak) this.#peak = this.#held
    if (this.#held > this.#limit) {
      failExecution('query processing would load too many samples into memory in query execution')
    }
    return this.spend(samples)
  }

  release(samples: number): void {
    this.#held -= samples
  }

  /** Of the samples held so many are left. */
  keep(samples: number): void {
    this.#held = samples
  }

  async rest(): Promise<void> {
    await this.#pause()
    this.#units = 0
    if (this.#now !== undefined) {
      this.#since = this.#now()
      this.#due = LOOK_UNITS
    }
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

  #isOver(): boolean {
    if (this.#now === undefined || this.#now() - this.#since >= SLICE_MS) return true
    this.#due = this.#units + LOOK_UNITS
    return false
  }
}
