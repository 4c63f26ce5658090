import type { ByteWriter } from './byte-writer.ts'

/** Widest value of one `write` or `read`. */
const MAX_WIDTH = 24
const HALF = 2 ** MAX_WIDTH

/** Bits onto the end of a ByteWriter, most significant first; `close` fills the last byte with zeros. */
export class BitWriter {
  readonly #out: ByteWriter
  #bytes: Uint8Array
  #at: number
  #pending = 0
  #width = 0

  /** `maxBytes` bounds all that will be written. */
  constructor(out: ByteWriter, maxBytes: number) {
    this.#out = out
    this.#bytes = out.room(maxBytes + 1)
    this.#at = out.length
  }

  /** The low `width` bits, at most 24. Bits above them must be 0. */
  write(value: number, width: number): void {
    this.#pending = (this.#pending << width) | value
    this.#width += width
    while (this.#width >= 8) {
      this.#width -= 8
      this.#bytes[this.#at++] = this.#pending >>> this.#width
    }
  }

  /** At most 48 bits of a whole number. */
  writeLong(value: number, width: number): void {
    if (width <= MAX_WIDTH) return this.write(value, width)
    this.write(Math.floor(value / HALF), width - MAX_WIDTH)
    this.write(value % HALF, MAX_WIDTH)
  }

  /** At most 32 bits. */
  write32(value: number, width: number): void {
    if (width <= MAX_WIDTH) return this.write(value, width)
    this.write(value >>> 16, width - 16)
    this.write(value & 0xffff, 16)
  }

  close(): void {
    if (this.#width > 0) this.#bytes[this.#at++] = this.#pending << (8 - this.#width)
    this.#out.advance(this.#at)
  }
}

/** Reads what BitWriter wrote; beyond the end of the array stand zeros. */
export class BitReader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, byte: number) {
    this.#bytes = bytes
    this.#at = byte * 8
  }

  /** The first byte that nothing was read of. */
  get end(): number {
    return Math.ceil(this.#at / 8)
  }

  /** 1 to 24 bits, from a window of four bytes. */
  read(width: number): number {
    const at = this.#at
    const byte = at >>> 3
    const bytes = this.#bytes
    const window =
      ((bytes[byte] ?? 0) << 24) |
      ((bytes[byte + 1] ?? 0) << 16) |
      ((bytes[byte + 2] ?? 0) << 8) |
      (bytes[byte + 3] ?? 0)
    this.#at = at + width
    return (window << (at & 7)) >>> (32 - width)
  }

  /** `into[from..to)`, each of so many bits: 1 to 48. */
  readRun(width: number, into: Float64Array, from: number, to: number): void {
    if (width > MAX_WIDTH) {
      for (let i = from; i < to; i++) into[i] = this.readLong(width)
      return
    }
    const bytes = this.#bytes
    const shift = 32 - width
    let at = this.#at
    for (let i = from; i < to; i++) {
      const byte = at >>> 3
      const window =
        ((bytes[byte] ?? 0) << 24) |
        ((bytes[byte + 1] ?? 0) << 16) |
        ((bytes[byte + 2] ?? 0) << 8) |
        (bytes[byte + 3] ?? 0)
      into[i] = (window << (at & 7)) >>> shift
      at += width
    }
    this.#at = at
  }

  readLong(width: number): number {
    if (width <= MAX_WIDTH) return this.read(width)
    const high = this.read(width - MAX_WIDTH)
    return high * HALF + this.read(MAX_WIDTH)
  }

  read32(width: number): number {
    if (width <= MAX_WIDTH) return this.read(width)
    const high = this.read(width - 16)
    return ((high << 16) | this.read(16)) >>> 0
  }
}
