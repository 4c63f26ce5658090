export type CheckStatus = 'pass' | 'warn' | 'fail'

/** What a check has come to, thresholds heeded; `pending` until it has. */
export type CheckOutcome = CheckStatus | 'pending'

/** What a run found, where there is more to say than that it passed. */
export interface CheckFinding {
  /** Default `pass`. */
  readonly status?: CheckStatus | undefined
  readonly output?: string | undefined
  readonly observedValue?: number | undefined
  /** Such as `bytes` or `ms`. */
  readonly observedUnit?: string | undefined
}

export interface CheckOptions {
  /** Letters, digits and `_ . : / -`, at most 64; one check a name. */
  readonly name: string
  /**
   * A critical check that fails makes the service not ready; any other only degrades it. Default false: what all instances share,
   * such as a database, would take all of them out of traffic at once.
   */
  readonly critical?: boolean
  /** Default 1000. A run that has not settled by then counts as failed. */
  readonly timeoutMs?: number
  /** How old a result may be before the next run, which goes on in the background. Default 5000; 0 runs at every question. */
  readonly cacheMs?: number
  /** Failed runs in a row that it takes to fail. Default 1. */
  readonly failureThreshold?: number
  /** Other runs in a row that it takes to recover. Default 1. */
  readonly successThreshold?: number
  /** Throws or rejects = fails; a returned text is shown as detail. The signal aborts at the time-out. */
  readonly run: (signal: AbortSignal) => Promise<void | string | CheckFinding> | void | string | CheckFinding
}

export interface CheckResult {
  readonly name: string
  readonly critical: boolean
  /** What it means for the service: a failed check is `fail` when critical, else `warn`; so is one that is pending. */
  readonly status: CheckStatus
  readonly outcome: CheckOutcome
  /** When the result was known, in the unit of `now`; of a pending one: when the check was added. */
  readonly at: number
  /** How long the run took. */
  readonly durationMs: number | undefined
  readonly output: string | undefined
  readonly observedValue: number | undefined
  readonly observedUnit: string | undefined
}

export interface HealthStats {
  runs: number
  failures: number
  /** Of the failures: runs that had not settled by their time-out. */
  timeouts: number
}
