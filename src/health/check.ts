import type { CheckFinding, CheckOptions, CheckOutcome, CheckResult, CheckStatus, HealthStats } from './options.ts'

type Found = void | string | CheckFinding

const NAME = /^[\w.:/-]{1,64}$/
const MAX_TIMER_MS = 2 ** 31 - 1
const MAX_THRESHOLD = 100
const MAX_OUTPUT = 300

/** What a check is told of, and asks, beyond its own run. */
export interface CheckHost {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds that never go back. */
  readonly monotonicNow: () => number
  readonly stats: HealthStats
  /** Takes secrets out of what a run said. */
  readonly redact: (text: string) => string
  /** Starts a run where it is to run. */
  readonly around: (work: () => void) => void
  readonly onRun: (name: string, durationMs: number) => void
  readonly onChange: (result: CheckResult, before: CheckOutcome) => void
  /** Of checks that state none. */
  defaults: CheckTimes
}

export interface CheckTimes {
  readonly timeoutMs: number
  readonly cacheMs: number
}

/** What a check states; times it does not are the host's. */
export type CheckSettings = Required<Omit<CheckOptions, keyof CheckTimes>> & {
  readonly [Name in keyof CheckTimes]: CheckTimes[Name] | undefined
}

/** One check: its last result, and never more than one run at a time. */
export class Check {
  readonly name: string
  readonly #options: CheckSettings
  readonly #host: CheckHost
  #result: CheckResult
  /** No run has ended yet. */
  #fresh = true
  #flight: Promise<void> | undefined
  /** A run has not come back yet: it may ask for the service's health itself. */
  #starting = false
  /** A run outlived its time-out and has not settled yet. */
  #hanging = false
  /** In a row, of runs that did not agree with the outcome. */
  #disagreeing = 0

  constructor(options: CheckSettings, host: CheckHost) {
    const { name, critical, timeoutMs, cacheMs, failureThreshold, successThreshold } = options
    if (!NAME.test(name)) {
      throw new RangeError(`health check ${JSON.stringify(name)}: a name has 1 to 64 letters, digits and _ . : / -`)
    }
    const { defaults } = host
    checkTimes(name, { timeoutMs: timeoutMs ?? defaults.timeoutMs, cacheMs: cacheMs ?? defaults.cacheMs })
    for (const [key, threshold] of Object.entries({ failureThreshold, successThreshold })) {
      if (Number.isInteger(threshold) && threshold > 0 && threshold <= MAX_THRESHOLD) continue
      throw new RangeError(
        `health check ${name}: ${key} ${threshold} must be a whole number from 1 to ${MAX_THRESHOLD}`,
      )
    }
    this.name = name
    this.#options = options
    this.#host = host
    const found = { observedValue: undefined, observedUnit: undefined, durationMs: undefined }
    const status = statusOf('pending', critical)
    this.#result = { name, critical, status, outcome: 'pending', at: host.now(), output: 'not checked yet', ...found }
  }

  get result(): CheckResult {
    return this.#result
  }

  /** The run under way, if any; it never rejects. */
  get flight(): Promise<void> | undefined {
    return this.#flight
  }

  /** Starts a run where the result is stale and none is under way. Returns at once; what answers without a promise is known then. */
  refresh(): void {
    if (this.#flight !== undefined || this.#starting) return
    const age = this.#host.now() - this.#result.at
    // A clock set back makes the age negative: the result is then of unknown age, hence stale.
    if (!this.#fresh && age >= 0 && age < (this.#options.cacheMs ?? this.#host.defaults.cacheMs)) return
    if (this.#hanging) return this.#fail('the earlier run timed out and still hangs', undefined)
    this.#starting = true
    this.#host.around(() => this.#execute())
    this.#starting = false
  }

  #execute(): void {
    const { stats, monotonicNow, onRun } = this.#host
    stats.runs++
    const startedAt = monotonicNow()
    const abort = new AbortController()
    const took = (): number => {
      const durationMs = Math.max(0, monotonicNow() - startedAt)
      onRun(this.name, durationMs)
      return durationMs
    }
    try {
      const found = this.#start(abort.signal)
      if (isPromise(found)) this.#flight = this.#await(Promise.resolve(found), abort, took)
      else this.#conclude(findingOf(found), took())
    } catch (error) {
      this.#fail(describe(error), took())
    }
  }

  /** The first time not before whoever adds the check has come to an end. */
  #start(signal: AbortSignal): ReturnType<CheckOptions['run']> {
    const { run } = this.#options
    return this.#fresh ? Promise.resolve().then(() => run(signal)) : run(signal)
  }

  async #await(found: Promise<Found>, abort: AbortController, took: () => number): Promise<void> {
    const timeoutMs = this.#options.timeoutMs ?? this.#host.defaults.timeoutMs
    const late = Symbol('late')
    let timer: NodeJS.Timeout | undefined
    const lateness = new Promise<typeof late>((resolve) => {
      // What came in while the event loop was held up is looked at first: it may be the answer, in time.
      timer = setTimeout(() => setImmediate(() => resolve(late)), timeoutMs)
      // A check must not keep a process alive that has nothing else to do.
      timer.unref()
    })
    try {
      const first = await Promise.race([found, lateness])
      if (first !== late) this.#conclude(findingOf(first), took())
      else this.#late(found, abort, timeoutMs, took())
    } catch (error) {
      this.#fail(describe(error), took())
    }
    clearTimeout(timer)
    this.#flight = undefined
  }

  #late(found: Promise<Found>, abort: AbortController, timeoutMs: number, durationMs: number): void {
    this.#host.stats.timeouts++
    this.#fail(`timed out after ${timeoutMs} ms`, durationMs)
    this.#hanging = true
    const settled = (): void => {
      this.#hanging = false
    }
    found.then(settled, settled)
    abort.abort(new Error(`health check ${this.name} timed out after ${timeoutMs} ms`))
  }

  #fail(output: string, durationMs: number | undefined): void {
    this.#conclude({ status: 'fail', output }, durationMs)
  }

  #conclude(finding: CheckFinding, durationMs: number | undefined): void {
    const { name, critical, failureThreshold, successThreshold } = this.#options
    const { outcome: before } = this.#result
    const { status: found = 'pass', observedValue, observedUnit } = finding
    if (found === 'fail') this.#host.stats.failures++
    const wasFailing = before === 'fail'
    const agrees = before !== 'pending' && wasFailing === (found === 'fail')
    this.#disagreeing = agrees ? 0 : this.#disagreeing + 1
    const needed = found === 'fail' ? failureThreshold : before === 'pending' ? 1 : successThreshold
    const turns = agrees || this.#disagreeing >= needed
    if (turns) this.#disagreeing = 0
    const outcome: CheckOutcome = turns ? found : before
    const said = finding.output === undefined ? undefined : tidy(this.#host.redact(finding.output))
    const output = turns
      ? said
      : `${found === 'fail' ? `failed: ${said ?? ''}` : 'passed'} (${this.#disagreeing} of ${needed})`
    const status = statusOf(outcome, critical)
    this.#fresh = false
    const at = this.#host.now()
    this.#result = { name, critical, status, outcome, at, output, durationMs, observedValue, observedUnit }
    if (outcome !== before) this.#host.onChange(this.#result, before)
  }
}

/** @throws RangeError for a time that is none. */
export function checkTimes(name: string, { timeoutMs, cacheMs }: CheckTimes): void {
  if (!(timeoutMs > 0 && timeoutMs <= MAX_TIMER_MS)) {
    throw new RangeError(`health check ${name}: timeoutMs ${timeoutMs} must be above 0 and at most ${MAX_TIMER_MS}`)
  }
  if (!(cacheMs >= 0)) throw new RangeError(`health check ${name}: cacheMs ${cacheMs} must be 0 or more`)
}

/** What a check's outcome is to the service. */
function statusOf(outcome: CheckOutcome, critical: boolean): CheckStatus {
  if (outcome === 'pass' || outcome === 'warn') return outcome
  return critical ? 'fail' : 'warn'
}

/** Some drivers give what can only be waited for. */
function isPromise(found: Found | Promise<Found>): found is Promise<Found> {
  return typeof found === 'object' && found !== null && 'then' in found
}

function findingOf(found: Found): CheckFinding {
  if (typeof found === 'string') return { output: found }
  return typeof found === 'object' && found !== null ? found : {}
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `failed: ${String(error)}`
  // A refused connection to a name with several addresses is an AggregateError without a message.
  if (error.message !== '') return error.message
  return 'code' in error ? String(error.code) : error.name
}

/** Drivers like to quote the connection string they failed with. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, '//***@')
}

/** One line, and short. */
function tidy(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').slice(0, MAX_OUTPUT)
}
