import { Check, type CheckOptions, type CheckResult, type CheckStatus, type HealthStats } from './check.ts'

export interface HealthReport {
  readonly status: CheckStatus
  /** When the report was made, in the unit of `now`. */
  readonly at: number
  readonly checks: readonly CheckResult[]
  /** Why, where no check says it. */
  readonly output: string | undefined
}

const MAX_CHECKS = 100

/** The service's health: alive, and ready for traffic or not. */
export class Health {
  readonly stats: HealthStats = { runs: 0, failures: 0, timeouts: 0 }
  readonly #now: () => number
  readonly #timeoutMs: number
  readonly #cacheMs: number
  readonly #checks = new Map<string, Check>()
  #draining = false

  /** `now` is in milliseconds since the epoch; `timeoutMs` and `cacheMs` are for checks that state none. */
  constructor(options: { now: () => number; timeoutMs?: number; cacheMs?: number }) {
    this.#now = options.now
    this.#timeoutMs = options.timeoutMs ?? 1000
    this.#cacheMs = options.cacheMs ?? 5000
  }

  /** Adds a check; the returned function removes it. */
  check(options: CheckOptions): () => void {
    const { name } = options
    if (this.#checks.has(name)) throw new RangeError(`health check ${name}: there is one of that name already`)
    if (this.#checks.size >= MAX_CHECKS) throw new RangeError(`health check ${name}: at most ${MAX_CHECKS} checks`)
    const { critical = false, timeoutMs = this.#timeoutMs, cacheMs = this.#cacheMs, run } = options
    const check = new Check({ name, critical, timeoutMs, cacheMs, run }, this.#now, this.stats)
    this.#checks.set(name, check)
    return () => {
      if (this.#checks.get(name) === check) this.#checks.delete(name)
    }
  }

  /** From now on not ready; there is no way back. */
  setDraining(): void {
    this.#draining = true
  }

  /** Passes whenever it can be asked: a dependency's failure or a drain is no reason to kill the process. */
  liveness(): HealthReport {
    return { status: 'pass', at: this.#now(), checks: [], output: undefined }
  }

  /** Asks all checks, unless draining. Never rejects, and takes no longer than the longest time-out. */
  async readiness(): Promise<HealthReport> {
    const checks = this.#draining ? [] : await Promise.all([...this.#checks.values()].map((check) => check.read()))
    const at = this.#now()
    if (this.#draining) return { status: 'fail', at, checks, output: 'draining: the service is shutting down' }
    return { status: worst(checks), at, checks, output: undefined }
  }
}

function worst(checks: readonly CheckResult[]): CheckStatus {
  if (checks.some((check) => check.status === 'fail')) return 'fail'
  return checks.some((check) => check.status === 'warn') ? 'warn' : 'pass'
}
