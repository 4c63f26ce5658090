import { Octave } from '../exponential/octave.ts'
import { SlidingCounts } from './sliding-counts.ts'
import { SlidingSum } from './sliding-sum.ts'

/**
 * Buckets to a doubling. A value is reported as the middle of its bucket (base^(i-1), base^i], the point whose relative
 * distance to either bound is the same: (base - 1) / (base + 1) = 0.9902 % with base = 2^(1/35). At 34 it were over 1 %.
 */
const PARTS = 35

/** Of any value from a sketch's `min` to its `max`, against the exact value of the same rank. */
export const QUANTILE_RELATIVE_ERROR: number = (2 ** (1 / PARTS) - 1) / (2 ** (1 / PARTS) + 1)

const MAX_SLICES = 1000

export interface SketchOptions {
  /** Stands in the errors. */
  readonly name: string
  /** How long a value counts, in ms. Infinity for ever. */
  readonly windowMs: number
  /** Parts of the window that leave it one by one. */
  readonly slices: number
  /** Magnitudes from `min` to `max` keep the error bound; those beyond count as `min` or `max`. Zero is itself. */
  readonly min: number
  readonly max: number
}

/**
 * The distribution of what arrived in the last `windowMs`: DDSketch (Masson, Rim, Lee: "DDSketch: a fast and
 * fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019) with a bounded range, cut into slices of time.
 *
 * The window ends now and begins at the start of a slice: it covers from windowMs * (slices - 1) / slices to windowMs.
 */
export class SlidingSketch {
  readonly #name: string
  readonly #octave = Octave.of(PARTS)
  readonly #sliceMs: number
  readonly #makeSide: () => SlidingCounts
  readonly #positive: SlidingCounts
  #negative: SlidingCounts | undefined
  readonly #zeros: SlidingSum
  readonly #sum: SlidingSum
  /** Of the clock's last reading; undefined before the first. */
  #slice: number | undefined

  constructor(options: SketchOptions) {
    const { name, windowMs, slices, min, max } = options
    if (!(windowMs > 0)) throw new RangeError(`${name}: a window of ${windowMs} ms must be longer than 0`)
    if (!(Number.isInteger(slices) && slices > 0 && slices <= MAX_SLICES)) {
      throw new RangeError(`${name}: ${slices} slices must be a whole number from 1 to ${MAX_SLICES}`)
    }
    if (!(min >= 1e-100 && max > min && max <= 1e100)) {
      throw new RangeError(`${name}: range ${min} to ${max} must be ascending and within 1e-100 to 1e100`)
    }
    this.#name = name
    this.#sliceMs = windowMs / slices
    const first = this.#octave.key(min)
    const last = this.#octave.key(max)
    this.#makeSide = () => new SlidingCounts(slices, first, last, PARTS)
    this.#positive = this.#makeSide()
    this.#zeros = new SlidingSum(slices)
    this.#sum = new SlidingSum(slices)
  }

  /** `value` must be finite. */
  add(value: number): void {
    this.#sum.add(value)
    if (value > 0) this.#positive.add(this.#octave.key(value))
    else if (value < 0) (this.#negative ??= this.#makeSide()).add(this.#octave.key(value))
    else this.#zeros.add(1)
  }

  /**
   * Tells the time, in ms of any clock, and returns how many slices have begun since it was last told. A clock that is set
   * back begins none: the slice under way goes on from there.
   */
  tick(at: number): number {
    if (!Number.isFinite(at)) throw new RangeError(`${this.#name}: tick(${at}) must be a time in ms`)
    const slice = Math.floor(at / this.#sliceMs)
    const begun = Math.max(0, slice - (this.#slice ?? slice))
    this.#slice = slice
    for (const part of [this.#positive, this.#negative, this.#zeros, this.#sum]) part?.advance(begun)
    return begun
  }

  get count(): number {
    return this.#positive.size + (this.#negative?.size ?? 0) + this.#zeros.total
  }

  get sum(): number {
    return this.#sum.total
  }

  /**
   * The ceil(q * count)-th smallest value, or the smallest for q = 0 (nearest rank), within {@link QUANTILE_RELATIVE_ERROR};
   * undefined when the window is empty.
   * @throws RangeError unless 0 <= q <= 1.
   */
  quantile(q: number): number | undefined {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`${this.#name}: quantile(${q}) must be from 0 to 1`)
    const count = this.count
    if (count === 0) return undefined
    // 0.07 * 100 is 7.000000000000001: the last bits must not raise a rank.
    const rank = Math.max(1, Math.ceil(q * count * (1 - 4 * Number.EPSILON)))
    const negatives = this.#negative?.size ?? 0
    if (this.#negative !== undefined && rank <= negatives) return -middle(this.#negative.keyAt(negatives - rank + 1))
    const above = rank - (count - this.#positive.size)
    return above > 0 ? middle(this.#positive.keyAt(above)) : 0
  }

  /** What its counts and sums occupy; the objects themselves are not in it. */
  get bytes(): number {
    return this.#positive.bytes + (this.#negative?.bytes ?? 0) + this.#zeros.bytes + this.#sum.bytes
  }
}

function middle(key: number): number {
  return 2 ** (key / PARTS) * (1 - QUANTILE_RELATIVE_ERROR)
}
