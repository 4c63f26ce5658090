import { ERROR } from './levels.ts'

/** How many lines of one message, level and module are written. */
export interface LimitOptions {
  /** Lines a second in the long run. */
  readonly perSecond: number
  /** Lines that may come at once. */
  readonly burst: number
  /** Of those over the limit every so-manieth is written; 0: none. */
  readonly oneIn: number
  /** The same for errors and fatal lines; undefined: they are all written. */
  readonly errorsPerSecond?: number | undefined
}

/** Lines that were not written, by the limit that they were over. */
export interface SuppressedStats {
  rate: number
  error_rate: number
}

/** One message at one level in one module. */
export interface Bucket {
  readonly text: string
  readonly module: string | undefined
  readonly rank: number
  tokens: number
  /** ms since the epoch. */
  at: number
  over: number
  /** Since it was last told. */
  suppressed: number
}

const MAX_BUCKETS = 64

/** The buckets of one message: mostly one. */
export class Buckets {
  readonly #text: string
  #buckets: Bucket[] = []

  constructor(text: string) {
    this.#text = text
  }

  of(module: string | undefined, rank: number, tokens: number, at: number): Bucket {
    for (const bucket of this.#buckets) if (bucket.module === module && bucket.rank === rank) return bucket
    const bucket: Bucket = { text: this.#text, module, rank, tokens, at, over: 0, suppressed: 0 }
    if (this.#buckets.length >= MAX_BUCKETS) this.#buckets = []
    this.#buckets.push(bucket)
    return bucket
  }
}

const SECOND = 1000
const TELL_AFTER_MS = 10_000

/** Keeps a message that comes in floods from hiding all others. The first ones, and then some, are always written. */
export class Limiter {
  readonly suppressed: SuppressedStats = { rate: 0, error_rate: 0 }
  readonly #options: LimitOptions
  readonly #tell: (buckets: readonly Bucket[]) => void
  #untold = new Set<Bucket>()
  #timer: NodeJS.Timeout | undefined

  /** @throws RangeError for a limit that is none. */
  constructor(options: LimitOptions, tell: (buckets: readonly Bucket[]) => void) {
    check('perSecond', options.perSecond, options.perSecond > 0)
    check('burst', options.burst, options.burst >= 1)
    check('oneIn', options.oneIn, Number.isInteger(options.oneIn) && options.oneIn >= 0)
    if (options.errorsPerSecond !== undefined) {
      check('errorsPerSecond', options.errorsPerSecond, options.errorsPerSecond > 0)
    }
    this.#options = options
    this.#tell = tell
  }

  admits(buckets: Buckets, module: string | undefined, rank: number, at: number): boolean {
    const { perSecond, burst, oneIn, errorsPerSecond } = this.#options
    const rate = rank < ERROR ? perSecond : errorsPerSecond
    if (rate === undefined) return true
    const bucket = buckets.of(module, rank, burst, at)
    // A clock that was set back does not stop lines.
    if (at > bucket.at) bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) * rate) / SECOND)
    bucket.at = at
    if (bucket.tokens >= 1) {
      bucket.tokens--
      return true
    }
    bucket.over++
    if (oneIn > 0 && bucket.over % oneIn === 0) return true
    this.suppressed[rank < ERROR ? 'rate' : 'error_rate']++
    bucket.suppressed++
    this.#untold.add(bucket)
    this.#timer ??= setTimeout(() => this.flush(), TELL_AFTER_MS).unref()
    return false
  }

  /** Tells what has been suppressed since it was last told. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#untold.size === 0) return
    const buckets = Array.from(this.#untold).toSorted((a, b) => b.suppressed - a.suppressed)
    this.#untold = new Set()
    this.#tell(buckets)
    for (const bucket of buckets) bucket.suppressed = 0
  }
}

function check(name: string, value: number, isRight: boolean): void {
  if (!isRight || !Number.isFinite(value)) throw new RangeError(`limit.${name}: ${value} is no limit`)
}
