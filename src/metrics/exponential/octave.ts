/** The bits of one double: written as a number, read as two words. */
const double = new Float64Array(1)
const words = new Int32Array(double.buffer)
const lowWords = new Uint32Array(double.buffer)
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
const HIGH = LITTLE_ENDIAN ? 1 : 0
const LOW = LITTLE_ENDIAN ? 0 : 1

/** The high word: sign, 11 bits of exponent, the upper 20 of the mantissa's 52 bits. */
const SIGN_MASK = 0x7fffffff
const MANTISSA_MASK = 0xfffff
const MANTISSA_BITS_HIGH = 20
const EXPONENT_BIAS = 1023
const LEAST_NORMAL = 1 << MANTISSA_BITS_HIGH
const ONE = 2 ** 52

const octaves = new Map<number, Octave>()

/**
 * Exponential buckets, `parts` to a doubling: bucket `key` is (2^((key-1)/parts), 2^(key/parts)], upper bound inclusive.
 *
 * The key of a value is exact, not rounded from a logarithm: the exponent's bits say which octave it is in, and the
 * mantissa's upper bits choose a cell narrower than any bucket, so that at most one bucket's bound is left to compare with.
 * The bounds are irrational but for the powers of two; the table holds each rounded down to a double, which sorts every
 * double as the true bound would.
 */
export class Octave {
  readonly parts: number
  /** 2^(k/parts) in units of 2^-52, rounded down. */
  readonly #bounds: Float64Array
  /** The mantissa's bits to drop from the high word for its cell. */
  readonly #shift: number
  /** By cell: how many bounds lie below it ... */
  readonly #below: Int16Array
  /** ... and the mantissa of the one that lies in it, in two words; else one beyond every mantissa. */
  readonly #edgeHigh: Int32Array
  readonly #edgeLow: Uint32Array

  /** Tables are made once for each number of parts. */
  static of(parts: number): Octave {
    let octave = octaves.get(parts)
    if (octave === undefined) octaves.set(parts, (octave = new Octave(parts)))
    return octave
  }

  private constructor(parts: number) {
    this.parts = parts
    this.#bounds = Float64Array.from({ length: parts }, (_, k) => boundOf(k, parts))
    // The narrowest bucket is the first: ln 2 / parts wide at least. A cell must be narrower.
    const cellBits = Math.ceil(Math.log2(1.5 * parts))
    const cells = 1 << cellBits
    this.#shift = MANTISSA_BITS_HIGH - cellBits
    this.#below = new Int16Array(cells)
    this.#edgeHigh = new Int32Array(cells).fill(MANTISSA_MASK + 1)
    this.#edgeLow = new Uint32Array(cells)
    for (const bound of this.#bounds) {
      const cell = Math.floor(((bound - ONE) / ONE) * cells)
      this.#edgeHigh[cell] = Math.floor((bound - ONE) / 2 ** 32)
      this.#edgeLow[cell] = (bound - ONE) % 2 ** 32
      for (let above = cell + 1; above < cells; above++) this.#below[above] = (this.#below[above] ?? 0) + 1
    }
  }

  /** The bucket of a value's magnitude. `value` must be finite and not zero. */
  key(value: number): number {
    double[0] = value
    const high = (words[HIGH] ?? 0) & SIGN_MASK
    if (high < LEAST_NORMAL) return this.key(value * ONE) - 52 * this.parts
    const mantissaHigh = high & MANTISSA_MASK
    const cell = mantissaHigh >>> this.#shift
    const edge = this.#edgeHigh[cell] ?? 0
    let part = (this.#below[cell] ?? 0) + Number(mantissaHigh > edge)
    if (mantissaHigh === edge) part += Number((lowWords[LOW] ?? 0) > (this.#edgeLow[cell] ?? 0))
    return ((high >>> MANTISSA_BITS_HIGH) - EXPONENT_BIAS) * this.parts + part
  }

  /** The largest double in bucket `key` or below it. */
  bound(key: number): number {
    const exponent = Math.floor(key / this.parts)
    if (exponent > EXPONENT_BIAS) return Number.MAX_VALUE
    const mantissa = this.#bounds[key - exponent * this.parts] ?? ONE
    if (exponent > -EXPONENT_BIAS) return mantissa * 2 ** (exponent - 52)
    // Subnormals are multiples of 2^-1074: round down to one.
    return Math.floor(mantissa * 2 ** (exponent + 1022)) * Number.MIN_VALUE
  }
}

/** floor(2^(52 + k/parts)): guessed by a power, settled in whole numbers. */
function boundOf(k: number, parts: number): number {
  const power = BigInt(parts)
  const target = 2n ** BigInt(52 * parts + k)
  let bound = BigInt(Math.floor(2 ** (k / parts) * ONE))
  while (bound ** power > target) bound--
  while ((bound + 1n) ** power <= target) bound++
  return Number(bound)
}
