import { NUMBER_BYTES, writeNumber } from '../../metrics/index.ts'
import { quoteLabel, withTwoDigits } from './go-text.ts'

/** What is handed on at once: writing it takes well below a millisecond. */
const PIECE_BYTES = 65_536
const ZERO = 0x30

/** Text that is written into pieces of memory, to be sent one by one. */
export class ByteSink {
  #bytes = Buffer.allocUnsafe(PIECE_BYTES)
  #at = 0
  #full: Uint8Array[] = []

  /** The pieces that are full; each once. */
  take(): readonly Uint8Array[] {
    if (this.#full.length === 0) return NONE
    const full = this.#full
    this.#full = []
    return full
  }

  /** All that is left. */
  end(): readonly Uint8Array[] {
    const last = this.#at === 0 ? [] : [this.#bytes.subarray(0, this.#at)]
    this.#bytes = Buffer.alloc(0)
    this.#at = 0
    return [...this.take(), ...last]
  }

  text(text: string): this {
    this.#ensure(text.length * 3)
    this.#at += this.#bytes.write(text, this.#at)
    return this
  }

  bytes(bytes: Uint8Array): this {
    this.#ensure(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
    return this
  }

  /** A JSON string as labels are written. */
  label(text: string): this {
    return this.text(quoteLabel(text))
  }

  byte(byte: number): this {
    this.#ensure(1)
    this.#bytes[this.#at++] = byte
    return this
  }

  /** See {@link writeSeconds}. */
  seconds(ms: number): this {
    this.#ensure(SECONDS_BYTES)
    this.#at = writeSeconds(this.#bytes, this.#at, ms)
    return this
  }

  /** FormatFloat with 'f', or 'e' below 1e-6 and from 1e21 on. */
  number(value: number): this {
    this.#ensure(NUMBER_BYTES + 1)
    this.#number(value)
    return this
  }

  /** `[time,"value"]` */
  point(time: number, value: number): this {
    return this.byte(0x5b).seconds(time).text(',"').number(value).text('"]')
  }

  /**
   * `,[time,"value"]` for each value from `from` to `to`: what range queries consist of. The part before the value stands ready in
   * `heads`, where the one of the first value is number `head`; number i ends at `ends[i]`.
   */
  points(values: Float64Array, from: number, to: number, heads: Uint8Array, ends: Uint32Array, head: number): void {
    let begin = head === 0 ? 0 : (ends[head - 1] ?? 0)
    this.#ensure((ends[head + to - from - 1] ?? 0) - begin + (to - from) * (NUMBER_BYTES + 3))
    const bytes = this.#bytes
    let at = this.#at
    for (let i = from; i < to; i++) {
      const end = ends[head + i - from] ?? 0
      while (begin < end) bytes[at++] = heads[begin++] ?? 0
      const value = values[i] ?? Number.NaN
      if (value >= 1e-6 && value < 1e21) at = writeNumber(bytes, at, value)
      else {
        this.#at = at
        this.#number(value)
        at = this.#at
      }
      bytes[at++] = 0x22
      bytes[at++] = 0x5d
    }
    this.#at = at
  }

  #number(value: number): void {
    const size = Math.abs(value)
    if (size >= 1e-6 && size < 1e21) this.#at = writeNumber(this.#bytes, this.#at, value)
    else if (value === 0) this.#at += this.#bytes.write(Object.is(value, -0) ? '-0' : '0', this.#at, 'latin1')
    else if (size < Infinity) this.#at += this.#bytes.write(withTwoDigits(String(value)), this.#at, 'latin1')
    else this.#at = writeNumber(this.#bytes, this.#at, value)
  }

  #ensure(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    if (this.#at > 0) this.#full.push(this.#bytes.subarray(0, this.#at))
    this.#bytes = Buffer.allocUnsafe(Math.max(PIECE_BYTES, bytes))
    this.#at = 0
  }
}

/** No moment's text is longer. */
export const SECONDS_BYTES: number = NUMBER_BYTES + 5

/** Seconds of a moment in milliseconds, the fraction with three digits when there is one. Returns where it ends. */
export function writeSeconds(bytes: Uint8Array, at: number, ms: number): number {
  const size = Math.abs(ms)
  if (ms < 0) bytes[at++] = 0x2d
  const whole = Math.floor(size / 1000)
  at = writeNumber(bytes, at, whole)
  const rest = size - whole * 1000
  if (rest === 0) return at
  bytes[at++] = 0x2e
  bytes[at++] = ZERO + Math.floor(rest / 100)
  bytes[at++] = ZERO + (Math.floor(rest / 10) % 10)
  bytes[at++] = ZERO + (rest % 10)
  return at
}

const NONE: readonly Uint8Array[] = []
