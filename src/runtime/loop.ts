/** One thing that the loop does, in every round or every few. */
export interface Step {
  readonly name: string
  /** `at` is in ms since the epoch. A step that throws, rejects or is late has failed; the others go on. */
  readonly run: (at: number) => void | Promise<void>
  /** Every how many rounds, from the first one on; default 1. A round that was skipped is made up for in the next. */
  readonly rounds?: number
  /** How long it may take. Default: the loop's `stepTimeoutMs`. */
  readonly timeoutMs?: number
}

export interface LoopOptions {
  readonly steps: readonly Step[]
  readonly intervalMs: number
  /** How long a step may take. Default 1000. */
  readonly stepTimeoutMs?: number
  readonly now: () => number
  /** Milliseconds that never go back: by them it is known what steps take. Default: that is not known. */
  readonly clock?: () => number
  /** Told of every failure. */
  readonly onFailure: (step: string, reason: StepFailure, detail: string) => void
  /** Told of failures too, but of each step's at most once a minute. */
  readonly warn: (step: string, reason: StepFailure, detail: string) => void
}

/** `hanging`: a round found the step still running from an earlier one, and left it alone. */
export type StepFailure = 'threw' | 'late' | 'hanging'

/** What the runs of a step took from beginning to end, what they waited for included. */
export interface StepTimes {
  seconds: number
  longestSeconds: number
}

const WARN_EVERY_MS = 60_000

/** The background loop: the only repeating timer. It never throws, and never keeps the process alive. */
export class Loop {
  /** `skipped`: ticks that came while the round before was still going on. */
  readonly stats: { rounds: number; skipped: number } = { rounds: 0, skipped: 0 }
  /** By the step's name. */
  readonly times: ReadonlyMap<string, StepTimes>
  readonly #options: LoopOptions
  readonly #hanging = new Set<Step>()
  readonly #warned = new Map<Step, number>()
  /** By step: in which of its periods it ran last. */
  readonly #periods = new Map<Step, number>()
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined
  #ticks = 0

  constructor(options: LoopOptions) {
    this.#options = options
    this.times = new Map(options.steps.map(({ name }) => [name, { seconds: 0, longestSeconds: 0 }]))
  }

  /** Runs a round at once, then one every interval. */
  start(): void {
    if (this.#timer !== undefined) return
    const { intervalMs, now } = this.#options
    this.#timer = setInterval(() => void this.step(now()), intervalMs)
    this.#timer.unref()
    void this.step(now())
  }

  /** Resolves when the round under way, if any, is over. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#round
  }

  /** One round: every step that is due, one after the other, unless a round is under way. */
  async step(at: number): Promise<void> {
    const tick = this.#ticks++
    if (this.#round !== undefined) {
      this.stats.skipped++
      return
    }
    this.stats.rounds++
    this.#round = this.#run(at, tick)
    await this.#round
    this.#round = undefined
  }

  async #run(at: number, tick: number): Promise<void> {
    for (const step of this.#options.steps) {
      const period = Math.floor(tick / (step.rounds ?? 1))
      if (this.#periods.get(step) === period) continue
      this.#periods.set(step, period)
      if (this.#hanging.has(step)) this.#fail(step, at, 'hanging', 'still running since an earlier round')
      else await this.#runStep(step, at)
    }
  }

  async #runStep(step: Step, at: number): Promise<void> {
    const { timeoutMs = this.#options.stepTimeoutMs ?? 1000 } = step
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), timeoutMs)
      timer.unref()
    })
    const done = this.#timed(step, at)
    const outcome = await Promise.race([done, late])
    clearTimeout(timer)
    if (outcome === 'done') return
    if (outcome !== 'late') {
      this.#fail(step, at, 'threw', outcome.threw)
      return
    }
    this.#hanging.add(step)
    this.#fail(step, at, 'late', `not done after ${timeoutMs} ms`)
    void done.then(() => this.#hanging.delete(step))
  }

  async #timed(step: Step, at: number): ReturnType<typeof invoke> {
    const { clock } = this.#options
    if (clock === undefined) return invoke(step, at)
    const begun = clock()
    const outcome = await invoke(step, at)
    const seconds = Math.max(0, clock() - begun) / 1000
    const times = this.times.get(step.name)
    if (times !== undefined) {
      times.seconds += seconds
      times.longestSeconds = Math.max(times.longestSeconds, seconds)
    }
    return outcome
  }

  #fail(step: Step, at: number, reason: StepFailure, detail: string): void {
    try {
      this.#options.onFailure(step.name, reason, detail)
      const last = this.#warned.get(step)
      if (last !== undefined && at >= last && at - last < WARN_EVERY_MS) return
      this.#warned.set(step, at)
      this.#options.warn(step.name, reason, detail)
    } catch {
      // Whoever is told of a failure must not add one to it.
    }
  }
}

async function invoke(step: Step, at: number): Promise<'done' | { threw: string }> {
  try {
    await step.run(at)
    return 'done'
  } catch (error) {
    return { threw: error instanceof Error ? error.message : String(error) }
  }
}
