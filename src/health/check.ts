import type { CheckFinding, CheckOptions, CheckOutcome, CheckResult, CheckStatus, HealthStats } from './options.ts'

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
  /** Starts a run where it is to run. */
  readonly around: (work: () => void) => void
  readonly onRun: (name: string, durationMs: number) => void
  readonly onChange: (result: CheckResult, before: CheckOutcome) => void
}

/** One check: its last result, and never more than one run at a time. */
export class Check {
  readonly name: string
  readonly #options: Required<CheckOptions>
  readonly #host: CheckHost
  #result: CheckResult
  /** No run has ended yet. */
  #fresh = true
  #flight: Promise<void> | undefined
  /** A run outlived its time-out and has not settled yet. */
  #hanging = false
  /** In a row, of runs that did not agree with the outcome. */
  #disagreeing = 0

  constructor(options: Required<CheckOptions>, host: CheckHost) {
    const { name, critical, timeoutMs, cacheMs, failureThreshold, successThreshold } = options
    if (!NAME.test(name)) {
      throw new RangeError(`health check ${JSON.stringify(name)}: a name has 1 to 64 letters, digits and _ . : / -`)
    }
    if (!(timeoutMs > 0 && timeoutMs <= MAX_TIMER_MS)) {
      throw new RangeError(`health check ${name}: timeoutMs ${timeoutMs} must be above 0 and at most ${MAX_TIMER_MS}`)
    }
    if (!(cacheMs >= 0)) throw new RangeError(`health check ${name}: cacheMs ${cacheMs} must be 0 or more`)
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

  /** Starts a run where the result is stale and none is under way. Returns at once. */
  refresh(): void {
    if (this.#flight !== undefined) return
    const age = this.#host.now() - this.#result.at
    // A clock set back makes the age negative: the result is then of unknown age, hence stale.
    if (!this.#fresh && age >= 0 && age < this.#options.cacheMs) return
    if (this.#hanging) return this.#fail('the earlier run timed out and still hangs', undefined)
    this.#host.around(() => {
      this.#flight = this.#execute().finally(() => {
        this.#flight = undefined
      })
    })
  }

  #execute(): Promise<void> {
    const { now, stats, monotonicNow, onRun } = this.#host
    const { timeoutMs } = this.#options
    stats.runs++
    const startedAt = monotonicNow()
    const abort = new AbortController()
    return new Promise((resolve) => {
      let over = false
      const end = (conclude: (durationMs: number) => void): void => {
        if (over) return
        over = true
        clearTimeout(timer)
        const durationMs = Math.max(0, monotonicNow() - startedAt)
        onRun(this.name, durationMs)
        conclude(durationMs)
        resolve()
      }
      const late = (): void => {
        if (over) return
        this.#hanging = true
        stats.timeouts++
        end((durationMs) => this.#fail(`timed out after ${timeoutMs} ms`, durationMs))
        abort.abort(new Error(`health check ${this.name} timed out after ${timeoutMs} ms`))
      }
      // What came in while the event loop was held up is looked at first: it may be the answer, in time.
      const timer = setTimeout(() => setImmediate(late), timeoutMs)
      // A check must not keep a process alive that has nothing else to do.
      timer.unref()
      this.#start(abort.signal).then(
        (found) => {
          this.#hanging = false
          end((durationMs) => this.#conclude(findingOf(found), durationMs, now()))
        },
        (error: unknown) => {
          this.#hanging = false
          end((durationMs) => this.#fail(describe(error), durationMs))
        },
      )
    })
  }

  /** Not before whoever adds the check has come to an end. */
  async #start(signal: AbortSignal): Promise<void | string | CheckFinding> {
    await Promise.resolve()
    return this.#options.run(signal)
  }

  #fail(output: string, durationMs: number | undefined): void {
    this.#conclude({ status: 'fail', output }, durationMs, this.#host.now())
  }

  #conclude(finding: CheckFinding, durationMs: number | undefined, at: number): void {
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
    const said = finding.output === undefined ? undefined : tidy(finding.output)
    const output = turns
      ? said
      : `${found === 'fail' ? `failed: ${said ?? ''}` : 'passed'} (${this.#disagreeing} of ${needed})`
    const status = statusOf(outcome, critical)
    this.#fresh = false
    this.#result = { name, critical, status, outcome, at, output, durationMs, observedValue, observedUnit }
    if (outcome !== before) this.#host.onChange(this.#result, before)
  }
}

/** What a check's outcome is to the service. */
function statusOf(outcome: CheckOutcome, critical: boolean): CheckStatus {
  if (outcome === 'pass' || outcome === 'warn') return outcome
  return critical ? 'fail' : 'warn'
}

function findingOf(found: void | string | CheckFinding): CheckFinding {
  if (typeof found === 'string') return { output: found }
  return typeof found === 'object' && found !== null ? found : {}
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `failed: ${String(error)}`
  // A refused connection to a name with several addresses is an AggregateError without a message.
  if (error.message !== '') return error.message
  return 'code' in error ? String(error.code) : error.name
}

/** One line, and no credentials: drivers like to quote the connection string they failed with. */
function tidy(text: string): string {
  return text
    .replace(/\/\/[^/@\s]*@/g, '//***@')
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .slice(0, MAX_OUTPUT)
}
