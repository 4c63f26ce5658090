import { Check, type CheckHost, checkTimes, withoutCredentials } from './check.ts'
import type { CheckOptions, CheckOutcome, CheckResult, CheckStatus, HealthStats } from './options.ts'

export interface HealthReport {
  readonly status: CheckStatus
  /** When the report was made, in the unit of `now`. */
  readonly at: number
  readonly checks: readonly CheckResult[]
  /** Why, where no check says it. */
  readonly output: string | undefined
}

export interface HealthOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds that never go back, for how long runs take; default `now`. */
  readonly monotonicNow?: () => number
  /** Of checks that state none. Default 1000. */
  readonly timeoutMs?: number
  /** Of checks that state none. Default 5000. */
  readonly cacheMs?: number
  /** Takes secrets out of what checks say. Default: credentials of URLs. */
  readonly redact?: (text: string) => string
  /** Starts each run, such as outside of the request that asked for it; default: as it is. */
  readonly around?: (work: () => void) => void
  /** Told of the end of every run. */
  readonly onRun?: (name: string, durationMs: number) => void
  /** Told of every change of an outcome. */
  readonly onChange?: (result: CheckResult, before: CheckOutcome) => void
}

/** Beside the checks at `/health/NAME`. */
const RESERVED = 'extended'
const MAX_CHECKS = 100
const MAX_BLOCKS = 100

/** The service's health: alive, started, and ready for traffic or not. A question is answered from what is known, at once. */
export class Health {
  readonly stats: HealthStats = { runs: 0, failures: 0, timeouts: 0 }
  readonly #now: () => number
  readonly #host: CheckHost
  readonly #checks = new Map<string, Check>()
  /** What start-up waits for; where it failed, why. */
  readonly #blocks = new Map<string, string | undefined>()
  #draining = false
  #deadlock: string | undefined

  constructor(options: HealthOptions) {
    const { now, monotonicNow = now, timeoutMs = 1000, cacheMs = 5000 } = options
    const {
      redact = withoutCredentials,
      around = (work) => work(),
      onRun = () => undefined,
      onChange = () => undefined,
    } = options
    this.#now = now
    this.#host = {
      now,
      monotonicNow,
      stats: this.stats,
      redact,
      around,
      onRun,
      onChange,
      defaults: { timeoutMs, cacheMs },
    }
  }

  /** Of checks that state none, from their next run on. */
  setDefaults({ timeoutMs, cacheMs }: { readonly timeoutMs: number; readonly cacheMs: number }): void {
    checkTimes('defaults', { timeoutMs, cacheMs })
    this.#host.defaults = { timeoutMs, cacheMs }
  }

  /** Adds a check, whose first run starts as soon as the caller has ended; the returned function removes it. */
  check(options: CheckOptions): () => void {
    const { name } = options
    if (name === RESERVED) {
      throw new RangeError(
        `health check ${name}: the name is taken, /health/${name} is the snapshot of all; use another`,
      )
    }
    if (this.#checks.has(name)) throw new RangeError(`health check ${name}: there is one of that name already`)
    if (this.#checks.size >= MAX_CHECKS) throw new RangeError(`health check ${name}: at most ${MAX_CHECKS} checks`)
    const { critical = false, timeoutMs, cacheMs, run } = options
    const { failureThreshold = 1, successThreshold = 1 } = options
    const whole = { name, critical, timeoutMs, cacheMs, failureThreshold, successThreshold, run }
    const check = new Check(whole, this.#host)
    this.#checks.set(name, check)
    check.refresh()
    return () => {
      if (this.#checks.get(name) === check) this.#checks.delete(name)
    }
  }

  /**
   * Not started, and not ready, until the returned function is called, or `until` has resolved. One that rejects blocks on, and
   * start-up says why.
   */
  blockStartup(name: string, until?: Promise<unknown>): () => void {
    if (this.#blocks.has(name)) throw new RangeError(`start-up task ${name}: there is one of that name already`)
    if (this.#blocks.size >= MAX_BLOCKS) throw new RangeError(`start-up task ${name}: at most ${MAX_BLOCKS} tasks`)
    this.#blocks.set(name, undefined)
    let blocks = true
    const release = (): void => {
      if (blocks) this.#blocks.delete(name)
      blocks = false
    }
    until?.then(
      () => release(),
      (error: unknown) => {
        if (blocks) this.#blocks.set(name, error instanceof Error ? error.message : String(error))
      },
    )
    return release
  }

  /** From now on not ready; there is no way back. */
  setDraining(): void {
    this.#draining = true
  }

  /** From now on not alive: the process can do no more work, and is to be started anew. Never for a dependency's sake. */
  setDeadlocked(reason: string): void {
    this.#deadlock ??= reason
  }

  /** Passes whenever it can be asked: a dependency's failure or a drain is no reason to kill the process. */
  liveness(): HealthReport {
    const deadlock = this.#deadlock
    return this.#report(deadlock === undefined ? undefined : `deadlocked: ${deadlock}`, [])
  }

  /** Fails while a start-up task is not done. */
  startup(): HealthReport {
    return this.#report(this.#starting(), [])
  }

  /**
   * By the last result of each check; the stale ones are run again, and those that answer with a promise are not waited for.
   * `exclude` names checks that do not count.
   */
  readiness({ exclude = new Set() }: { readonly exclude?: ReadonlySet<string> } = {}): HealthReport {
    if (this.#draining) return this.#report('draining: the service is shutting down', [])
    this.refresh()
    const checks = this.results().filter(({ name }) => !exclude.has(name))
    return this.#report(this.#starting(), checks)
  }

  /** One check's last result; it is run again meanwhile where that is stale. */
  result(name: string): CheckResult | undefined {
    const check = this.#checks.get(name)
    check?.refresh()
    return check?.result
  }

  /** All last results; starts nothing. */
  results(): readonly CheckResult[] {
    return Array.from(this.#checks.values(), ({ result }) => result)
  }

  /** Runs every check whose result is stale, and waits for none: to be called in the background, every second or so. */
  refresh(): void {
    for (const check of this.#checks.values()) check.refresh()
  }

  /** When the runs under way are over. No later than the longest time-out; never rejects. */
  async settled(): Promise<void> {
    await Promise.all([...this.#checks.values()].flatMap(({ flight }) => flight ?? []))
  }

  #starting(): string | undefined {
    if (this.#blocks.size === 0) return undefined
    const waits = Array.from(this.#blocks, ([name, why]) => (why === undefined ? name : `${name} (failed: ${why})`))
    return `starting: waits for ${waits.join(', ')}`
  }

  #report(problem: string | undefined, checks: readonly CheckResult[]): HealthReport {
    const status = problem === undefined ? worst(checks) : 'fail'
    return { status, at: this.#now(), checks, output: problem }
  }
}

function worst(checks: readonly CheckResult[]): CheckStatus {
  if (checks.some((check) => check.status === 'fail')) return 'fail'
  return checks.some((check) => check.status === 'warn') ? 'warn' : 'pass'
}
