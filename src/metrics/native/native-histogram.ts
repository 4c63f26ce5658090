import { Octave } from '../exponential/octave.ts'
import { countUpTo, valueAt, type BucketRange } from './bucket-range.ts'
import { BucketTable } from './bucket-table.ts'
import { encodeBuckets, NO_BUCKETS, NO_OP_BUCKETS, type NativeSnapshot } from './native-snapshot.ts'

const LEAST_SCHEMA = -4
const GREATEST_SCHEMA = 8

export interface NativeHistogramOptions {
  /** Stands in the errors. */
  readonly name?: string
  /** Now, in ms since epoch. */
  readonly createdAt: number
  /** Buckets grow by 2^(2^-schema): -4 (65 536) to 8 (1.0027). Default 3 (1.09). */
  readonly schema?: number
  /** What lies within it on either side of zero is counted as zero. Default 2^-128; 0 for zero alone. */
  readonly zeroThreshold?: number
  /** Populated buckets, of both sides together, that it may hold. Default 160. */
  readonly maxBuckets?: number
  /** A histogram that outgrows `maxBuckets` starts anew when it has counted at least this long. Default 1 h; 0 for never. */
  readonly minResetMs?: number
  /** How far the zero bucket may be widened to stay within `maxBuckets`. Default 0: never. */
  readonly maxZeroThreshold?: number
}

/**
 * A native (exponential, sparse) histogram as Prometheus defines it: bucket `i` is (base^(i-1), base^i] with
 * base = 2^(2^-schema), mirrored for negative values, and a zero bucket between.
 * https://prometheus.io/docs/specs/native_histograms/
 *
 * Over `maxBuckets` it does what client_golang does, in this order: starts anew with the latest observation if it has
 * counted for `minResetMs`; widens the zero bucket over the bucket next to it while that stays within `maxZeroThreshold`;
 * halves the resolution, merging buckets by pairs. Having done one of the latter two, it starts anew, and gets its
 * resolution back, at the first {@link tick} after `minResetMs`. At schema -4 it may hold more than `maxBuckets`: up to
 * 264, into which all doubles fit.
 */
export class NativeHistogram {
  readonly #name: string
  readonly #initialSchema: number
  readonly #initialZeroThreshold: number
  readonly #maxBuckets: number
  readonly #minResetMs: number
  readonly #maxZeroThreshold: number
  #schema = 0
  #octave = Octave.of(1)
  /** Below schema 0 a bucket is 2^shift octaves wide. */
  #shift = 0
  #zeroThreshold = 0
  #zeroCount = 0
  #count = 0
  #sum = 0
  #positive = new BucketTable()
  #negative: BucketTable | undefined
  #now: number
  #createdAt: number
  /** Coarser than it was made, until the next reset. */
  #degraded = false

  constructor(options: NativeHistogramOptions) {
    const { name = 'native histogram', createdAt, schema = 3, zeroThreshold = 2 ** -128, maxBuckets = 160 } = options
    const { minResetMs = 3_600_000, maxZeroThreshold = 0 } = options
    if (!Number.isFinite(createdAt)) throw new RangeError(`${name}: createdAt ${createdAt} must be a time in ms`)
    if (!(Number.isInteger(schema) && schema >= LEAST_SCHEMA && schema <= GREATEST_SCHEMA)) {
      throw new RangeError(
        `${name}: schema ${schema} must be a whole number from ${LEAST_SCHEMA} to ${GREATEST_SCHEMA}`,
      )
    }
    if (!(Number.isInteger(maxBuckets) && maxBuckets > 0)) {
      throw new RangeError(`${name}: maxBuckets ${maxBuckets} must be a whole number > 0`)
    }
    if (!(minResetMs >= 0)) throw new RangeError(`${name}: minResetMs ${minResetMs} must be >= 0`)
    for (const [what, threshold] of Object.entries({ zeroThreshold, maxZeroThreshold })) {
      if (!(threshold >= 0 && threshold < Infinity)) {
        throw new RangeError(`${name}: ${what} ${threshold} must be a finite number >= 0`)
      }
    }
    this.#name = name
    this.#initialSchema = schema
    this.#initialZeroThreshold = zeroThreshold
    this.#maxBuckets = maxBuckets
    this.#minResetMs = minResetMs
    this.#maxZeroThreshold = maxZeroThreshold
    this.#now = this.#createdAt = createdAt
    this.reset(createdAt)
  }

  /** @throws RangeError unless `value` is finite. */
  observe(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`${this.#name}: observe(${value}) must be a finite number`)
    this.#count++
    this.#sum += value
    if (value > this.#zeroThreshold) {
      if (this.#positive.add(this.#key(value), 1)) this.#limit(value)
    } else if (value < -this.#zeroThreshold) {
      this.#negative ??= new BucketTable()
      if (this.#negative.add(this.#key(value), 1)) this.#limit(value)
    } else {
      this.#zeroCount++
    }
  }

  /** Tells the time, ms since epoch; resets are timed by it. Best called right after a collection, which so misses nothing. */
  tick(at: number): void {
    if (!Number.isFinite(at)) throw new RangeError(`${this.#name}: tick(${at}) must be a time in ms`)
    this.#now = at
    if (this.#degraded && this.#resetAllowed()) this.reset(at)
  }

  /** Forgets everything and counts from `at` on, as it was made. */
  reset(at: number): void {
    this.#setSchema(this.#initialSchema)
    this.#zeroThreshold = this.#initialZeroThreshold
    this.#zeroCount = this.#count = this.#sum = 0
    this.#positive = new BucketTable()
    this.#negative = undefined
    this.#now = this.#createdAt = at
    this.#degraded = false
  }

  /** Changes when the histogram starts anew. */
  get createdAt(): number {
    return this.#createdAt
  }

  /** What its buckets occupy; the object itself and the tables that all histograms share are not in it. */
  get bytes(): number {
    return this.#positive.bytes + (this.#negative?.bytes ?? 0)
  }

  snapshot(): NativeSnapshot {
    const negative = this.#negative === undefined ? NO_BUCKETS : encodeBuckets(this.#negative)
    const bare = this.#zeroThreshold === 0 && this.#count === 0
    return {
      schema: this.#schema,
      zeroThreshold: this.#zeroThreshold,
      zeroCount: this.#zeroCount,
      count: this.#count,
      sum: this.#sum,
      createdAt: this.#createdAt,
      positive: bare ? NO_OP_BUCKETS : encodeBuckets(this.#positive),
      negative,
    }
  }

  /**
   * The value below which a share `q` of the observations lies, by the rank q * count; undefined without observations.
   * Interpolated within its bucket as Prometheus's histogram_quantile does, logarithmically, and linearly in the zero
   * bucket: at most a bucket's width off, 9 % at schema 3.
   * @throws RangeError unless 0 <= q <= 1.
   */
  quantile(q: number): number | undefined {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`${this.#name}: quantile(${q}) must be from 0 to 1`)
    return this.#count === 0 ? undefined : valueAt(this.#ranges(), q * this.#count)
  }

  /**
   * How many observations lie at or below each of these bounds: exact where a bound is a bucket's as well (a power of two,
   * at schema 0 and above), else interpolated as in {@link quantile}. When the resolution halves or the zero bucket widens,
   * an interpolated count may fall: for a look, not for a counter.
   */
  classicCounts(bounds: readonly number[]): number[] {
    const ranges = [...this.#ranges()]
    return bounds.map((bound) => countUpTo(ranges, bound))
  }

  /** Populated buckets with their bounds, ascending. */
  *#ranges(): Generator<BucketRange> {
    const positive = this.#positive
    const negative = this.#negative
    for (const key of negative?.keys().toReversed() ?? []) {
      yield { lower: -this.#bound(key), upper: -this.#lower(key), count: negative?.get(key) ?? 0 }
    }
    if (this.#zeroCount > 0) {
      // When all other observations are on one side, the zero bucket's are taken to be on that side as well.
      const negatives = this.#populated() - positive.size
      const lower = negatives === 0 && positive.size > 0 ? 0 : -this.#zeroThreshold
      const upper = negatives > 0 && positive.size === 0 ? 0 : this.#zeroThreshold
      yield { lower, upper, count: this.#zeroCount }
    }
    for (const key of positive.keys()) {
      yield { lower: this.#lower(key), upper: this.#bound(key), count: positive.get(key) }
    }
  }

  #key(value: number): number {
    return (this.#octave.key(value) + (1 << this.#shift) - 1) >> this.#shift
  }

  #bound(key: number): number {
    return this.#octave.bound(key << this.#shift)
  }

  /** The lowest magnitude that bucket `key` can hold: the zero bucket may reach into it. */
  #lower(key: number): number {
    return Math.max(this.#bound(key - 1), this.#zeroThreshold, Number.MIN_VALUE)
  }

  #limit(latest: number): void {
    if (this.#populated() <= this.#maxBuckets) return
    if (this.#resetAllowed()) {
      this.reset(this.#now)
      this.observe(latest)
      return
    }
    this.#degraded = true
    while (this.#populated() > this.#maxBuckets && (this.#widenZero() || this.#halve()));
  }

  #populated(): number {
    return this.#positive.size + (this.#negative?.size ?? 0)
  }

  #resetAllowed(): boolean {
    return this.#minResetMs > 0 && this.#now - this.#createdAt >= this.#minResetMs
  }

  /** Takes the bucket nearest to zero, or the two that are equally near, into the zero bucket. False when that is too far. */
  #widenZero(): boolean {
    const nearest = Math.min(this.#positive.keys()[0] ?? Infinity, this.#negative?.keys()[0] ?? Infinity)
    const threshold = this.#bound(nearest)
    if (!(this.#zeroThreshold < this.#maxZeroThreshold && threshold <= this.#maxZeroThreshold)) return false
    this.#zeroThreshold = threshold
    this.#zeroCount += this.#positive.get(nearest) + (this.#negative?.get(nearest) ?? 0)
    const leaveOut = (key: number): number | undefined => (key === nearest ? undefined : key)
    this.#positive = this.#positive.rekeyed(leaveOut)
    this.#negative = this.#negative?.rekeyed(leaveOut)
    return true
  }

  /** Doubles the width of every bucket. False at the lowest resolution. */
  #halve(): boolean {
    if (this.#schema === LEAST_SCHEMA) return false
    this.#setSchema(this.#schema - 1)
    const half = (key: number): number => (key + 1) >> 1
    this.#positive = this.#positive.rekeyed(half)
    this.#negative = this.#negative?.rekeyed(half)
    return true
  }

  #setSchema(schema: number): void {
    this.#schema = schema
    this.#octave = Octave.of(2 ** Math.max(0, schema))
    this.#shift = Math.max(0, -schema)
  }
}
