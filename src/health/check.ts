export type CheckStatus = 'pass' | 'warn' | 'fail'

export interface CheckOptions {
  /** Letters, digits and `_ . : / -`, at most 64; one check a name. */
  readonly name: string
  /** A critical check that fails makes the service not ready; any other only degrades it. Default false. */
  readonly critical?: boolean
  /** Default 1000. A run that has not settled by then counts as failed. */
  readonly timeoutMs?: number
  /** How long a result, good or bad, is answered again without a run. Default 5000; 0 runs at every question. */
  readonly cacheMs?: number
  /** Throws or rejects = fails; a returned text is shown as detail. The signal aborts at the time-out. */
  readonly run: (signal: AbortSignal) => Promise<void | string> | void | string
}

export interface CheckResult {
  readonly name: string
  readonly critical: boolean
  /** A failed check is `fail` when critical, else `warn`. */
  readonly status: CheckStatus
  /** When the result was known, in the unit of `now`. */
  readonly at: number
  readonly output: string | undefined
}

export interface HealthStats {
  runs: number
  failures: number
  /** Of the failures: runs that had not settled by their time-out. */
  timeouts: number
}

const NAME = /^[\w.:/-]{1,64}$/
const MAX_TIMER_MS = 2 ** 31 - 1
const MAX_OUTPUT = 300

/** One check: its last result, and never more than one run at a time. */
export class Check {
  readonly name: string
  readonly #critical: boolean
  readonly #timeoutMs: number
  readonly #cacheMs: number
  readonly #run: CheckOptions['run']
  readonly #now: () => number
  readonly #stats: HealthStats
  #last: CheckResult | undefined
  #flight: Promise<CheckResult> | undefined
  /** A run outlived its time-out and has not settled yet. */
  #hanging = false

  constructor(options: Required<CheckOptions>, now: () => number, stats: HealthStats) {
    const { name, timeoutMs, cacheMs } = options
    if (!NAME.test(name)) {
      throw new RangeError(`health check ${JSON.stringify(name)}: a name has 1 to 64 letters, digits and _ . : / -`)
    }
    if (!(timeoutMs > 0 && timeoutMs <= MAX_TIMER_MS)) {
      throw new RangeError(`health check ${name}: timeoutMs ${timeoutMs} must be above 0 and at most ${MAX_TIMER_MS}`)
    }
    if (!(cacheMs >= 0)) throw new RangeError(`health check ${name}: cacheMs ${cacheMs} must be 0 or more`)
    this.name = name
    this.#critical = options.critical
    this.#timeoutMs = timeoutMs
    this.#cacheMs = cacheMs
    this.#run = options.run
    this.#now = now
    this.#stats = stats
  }

  /** The cached result while it is fresh, else the result of the one run in flight. Never rejects. */
  read(): Promise<CheckResult> {
    if (this.#flight !== undefined) return this.#flight
    const age = this.#last === undefined ? -1 : this.#now() - this.#last.at
    // A clock set back makes the age negative: the result is then of unknown age, hence stale.
    if (this.#last !== undefined && age >= 0 && age < this.#cacheMs) return Promise.resolve(this.#last)
    if (this.#hanging) return Promise.resolve(this.#failed('the earlier run timed out and still hangs'))
    this.#flight = this.#execute().then((result) => {
      this.#flight = undefined
      return result
    })
    return this.#flight
  }

  #execute(): Promise<CheckResult> {
    this.#stats.runs++
    const abort = new AbortController()
    return new Promise((resolve) => {
      let timedOut = false
      const timer = setTimeout(() => {
        timedOut = true
        this.#hanging = true
        this.#stats.timeouts++
        resolve(this.#failed(`timed out after ${this.#timeoutMs} ms`))
        abort.abort(new Error(`health check ${this.name} timed out after ${this.#timeoutMs} ms`))
      }, this.#timeoutMs)
      // A check must not keep a process alive that has nothing else to do.
      timer.unref()
      const settle = (result: () => CheckResult): void => {
        this.#hanging = false
        if (timedOut) return
        clearTimeout(timer)
        resolve(result())
      }
      this.#start(abort.signal).then(
        (detail) => settle(() => this.#keep('pass', typeof detail === 'string' ? detail : undefined)),
        (error: unknown) => settle(() => this.#failed(describe(error))),
      )
    })
  }

  async #start(signal: AbortSignal): Promise<void | string> {
    return this.#run(signal)
  }

  #failed(output: string): CheckResult {
    this.#stats.failures++
    return this.#keep(this.#critical ? 'fail' : 'warn', output)
  }

  #keep(status: CheckStatus, detail: string | undefined): CheckResult {
    const output = detail === undefined ? undefined : withoutCredentials(detail).slice(0, MAX_OUTPUT)
    this.#last = { name: this.name, critical: this.#critical, status, at: this.#now(), output }
    return this.#last
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `failed: ${String(error)}`
  // A refused connection to a name with several addresses is an AggregateError without a message.
  if (error.message !== '') return error.message
  return 'code' in error ? String(error.code) : error.name
}

/** Drivers like to quote the connection string they failed with. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, '//***@')
}
