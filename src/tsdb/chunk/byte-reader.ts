import { HIGH, LOW } from './column.ts'

const decoder = new TextDecoder()

/** Bytes that are not what their writer wrote: a bit turned, an end torn off. */
export class CorruptError extends Error {
  override readonly name = 'CorruptError'
}

/** Reads what ByteWriter wrote. Bytes that run out, or a number too great, are a CorruptError. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at: number
  readonly #end: number

  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = at
    this.#end = end
  }

  get at(): number {
    return this.#at
  }

  get left(): number {
    return this.#end - this.#at
  }

  byte(): number {
    return this.#bytes[this.#take(1)] ?? 0
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true)
  }

  unsigned(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 8; i++) {
      const byte = this.byte()
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
    throw new CorruptError('a number of more than 8 bytes')
  }

  /** An `unsigned` that counts things of at least `size` bytes each, so that no array is made for what cannot be there. */
  count(size: number): number {
    const count = this.unsigned()
    if (count * size > this.left) throw new CorruptError(`${count} of something in ${this.left} bytes`)
    return count
  }

  signed(): number {
    const value = this.unsigned()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  text(): string {
    return decoder.decode(this.raw(this.count(1)))
  }

  doubles(count: number): Float64Array {
    if (!(count * 8 <= this.left)) throw new CorruptError(`${count} numbers in ${this.left} bytes`)
    const values = new Float64Array(count)
    if (HIGH === 1) {
      new Uint8Array(values.buffer).set(this.raw(count * 8))
      return values
    }
    const words = new Uint32Array(values.buffer)
    for (let i = 0; i < words.length; i += 2) {
      words[i + LOW] = this.uint32()
      words[i + HIGH] = this.uint32()
    }
    return values
  }

  /** No copy. */
  raw(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  #take(size: number): number {
    const at = this.#at
    if (!(size <= this.#end - at)) throw new CorruptError(`ends ${size - (this.#end - at)} bytes early`)
    this.#at = at + size
    return at
  }
}
