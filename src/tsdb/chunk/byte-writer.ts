import { HIGH, LOW } from './column.ts'

/** A whole number that {@link ByteWriter.signed} can write: the zigzag form doubles it, and must stay exact. */
export const MAX_SIGNED: number = 2 ** 52

/** What is read of a 4-byte window must never lie outside the array. */
export const SLACK = 8

/** A length below this is one byte. */
const SHORT = 128

const encoder = new TextEncoder()

/** Bytes under construction. Numbers are little-endian; `unsigned` and `signed` are LEB128, the latter in zigzag form. */
export class ByteWriter {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  get length(): number {
    return this.#length
  }

  /** Takes back what was written after `length`, or everything. */
  truncate(length = 0): void {
    this.#length = Math.min(length, this.#length)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  uint32(value: number): void {
    this.#reserve(4)
    this.#view.setUint32(this.#length, value, true)
    this.#length += 4
  }

  float64(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  /** A whole number from 0 to 2^53. */
  unsigned(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest > 0x7fff_ffff) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest & 127) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
  }

  /** A whole number from -MAX_SIGNED to MAX_SIGNED. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -value * 2 - 1 : value * 2)
  }

  text(value: string): void {
    if (value.length < SHORT && this.#ascii(value)) return
    const bytes = encoder.encode(value)
    this.unsigned(bytes.length)
    this.raw(bytes)
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Bit by bit, so that a stale marker stays one. */
  doubles(values: Float64Array): void {
    if (HIGH === 1) return this.raw(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
    for (let i = 0; i < words.length; i += 2) {
      this.uint32(words[i + LOW] ?? 0)
      this.uint32(words[i + HIGH] ?? 0)
    }
  }

  /** For bits: at least `size` bytes may be stored from `length` on in the array returned, and are then taken by `advance`. */
  room(size: number): Uint8Array {
    this.#reserve(size)
    return this.#bytes
  }

  advance(length: number): void {
    this.#length = length
  }

  /** What was written so far; overwritten by what follows a `truncate`. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** A copy in an array of its own, with SLACK bytes behind it. */
  copy(): Uint8Array {
    const bytes = new Uint8Array(this.#length + SLACK)
    bytes.set(this.view())
    return bytes.subarray(0, this.#length)
  }

  /** Most labels: no call into the encoder. False, and nothing written, when it is not ASCII. */
  #ascii(value: string): boolean {
    const start = this.#length
    this.#reserve(value.length + 1)
    this.#bytes[this.#length++] = value.length
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i)
      if (unit > 127) {
        this.#length = start
        return false
      }
      this.#bytes[this.#length++] = unit
    }
    return true
  }

  #reserve(size: number): void {
    const needed = this.#length + size + SLACK
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
