import { FIXED32, FIXED64, LENGTH, VARINT, type WireType } from './wire-type.ts'

/** Bytes that are no protobuf message of the kind that was expected. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}

const TWO_32 = 2 ** 32
/** 2^32 ns are so many ms, and so many ns more. */
const MILLIS_IN_TWO_32 = 4294
const REST_OF_TWO_32 = 967_296
/** Below it a loop beats the decoder. */
const SHORT_TEXT = 64

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Whether the first of a double's two words is its lower one, as on the wire. */
const LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/**
 * Reads messages field by field; copies nothing but texts. Whatever is wrong with the bytes is a {@link ProtobufError}.
 *
 * ```ts
 * while (reader.next()) {
 *   if (reader.field === 1) name = reader.text()
 *   else if (reader.field === 2) {
 *     const end = reader.begin()
 *     while (reader.next()) reader.skip()
 *     reader.end(end)
 *   } else reader.skip()
 * }
 * ```
 */
export class ProtobufReader {
  /** Number of the field whose value comes next. */
  field = 0
  #type: WireType = VARINT
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at: number
  #end: number
  /** The words of the varint that was read last. */
  #low = 0
  #high = 0

  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    if (!(at >= 0 && at <= end && end <= bytes.length)) {
      throw new RangeError(`ProtobufReader: ${at} to ${end} is no part of ${bytes.length} bytes`)
    }
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = at
    this.#end = end
  }

  /** The byte that is read next. */
  get at(): number {
    return this.#at
  }

  /** Bytes of this message that are still to be read. */
  get left(): number {
    return this.#end - this.#at
  }

  get type(): WireType {
    return this.#type
  }

  /** Goes to the next field of the message, whose value must then be read or skipped. False: there is none. */
  next(): boolean {
    if (this.#at >= this.#end) return false
    this.#varint()
    const tag = this.#low
    this.field = tag >>> 3
    if (this.#high !== 0 || this.field === 0) throw this.#error('no field has this number')
    const type = tag & 7
    if (type !== VARINT && type !== FIXED64 && type !== LENGTH && type !== FIXED32) {
      throw this.#error(type === 3 || type === 4 ? 'a group' : `wire type ${type}`)
    }
    this.#type = type
    return true
  }

  skip(): void {
    switch (this.#type) {
      case VARINT:
        this.#varint()
        return
      case FIXED64:
        this.#take(8)
        return
      case FIXED32:
        this.#take(4)
        return
      case LENGTH:
        this.#take(this.#length())
        return
    }
  }

  /** Goes into the message that is this field's value. What it returns belongs to {@link end}. */
  begin(): number {
    this.#expect(LENGTH)
    return this.delimited()
  }

  /** As {@link begin}, for messages that follow one another with nothing but their lengths between. */
  delimited(): number {
    const outer = this.#end
    const length = this.#length()
    if (length > this.left) throw this.#error(`${length} bytes of ${this.left}`)
    this.#end = this.#at + length
    return outer
  }

  /** Leaves the message, read to its end or not. */
  end(outer: number): void {
    this.#at = this.#end
    this.#end = outer
  }

  /** A repeated number: `one` reads each, whether they are packed or stand alone. `type` is the number's own. */
  repeated(type: WireType, one: () => void): void {
    if (this.#type !== LENGTH) {
      one()
      return
    }
    const outer = this.begin()
    this.#type = type
    while (this.#at < this.#end) one()
    this.end(outer)
  }

  /** The nearest double, for what is above 2^53. */
  uint64(): number {
    this.#expect(VARINT)
    this.#varint()
    return this.#high * TWO_32 + this.#low
  }

  /** The nearest double, as all the numbers of 64 bits here. */
  int64(): number {
    this.#expect(VARINT)
    this.#varint()
    return (this.#high | 0) * TWO_32 + this.#low
  }

  exactInt64(): bigint {
    this.#expect(VARINT)
    this.#varint()
    return (BigInt(this.#high | 0) << 32n) | BigInt(this.#low)
  }

  sint64(): number {
    this.#expect(VARINT)
    this.#varint()
    const half = ((this.#low >>> 1) | (this.#high << 31)) >>> 0
    const magnitude = (this.#high >>> 1) * TWO_32 + half
    return (this.#low & 1) === 0 ? magnitude : -magnitude - 1
  }

  uint32(): number {
    this.#expect(VARINT)
    this.#varint()
    return this.#low
  }

  int32(): number {
    return this.uint32() | 0
  }

  sint32(): number {
    const value = this.uint32()
    return (value >>> 1) ^ -(value & 1)
  }

  bool(): boolean {
    this.#expect(VARINT)
    this.#varint()
    return this.#low !== 0 || this.#high !== 0
  }

  double(): number {
    this.#expect(FIXED64)
    return this.#view.getFloat64(this.#take(8), true)
  }

  /** Bit by bit into `values[i]`: a stale marker stays one. */
  doubleInto(values: Float64Array, i: number): void {
    this.#expect(FIXED64)
    const at = this.#take(8)
    const value = this.#view.getFloat64(at, true)
    if (value === value) {
      values[i] = value
      return
    }
    const words = new Uint32Array(values.buffer, values.byteOffset + i * 8, 2)
    words[LITTLE ? 0 : 1] = this.#view.getUint32(at, true)
    words[LITTLE ? 1 : 0] = this.#view.getUint32(at + 4, true)
  }

  float(): number {
    this.#expect(FIXED32)
    return this.#view.getFloat32(this.#take(4), true)
  }

  fixed64(): number {
    this.#expect(FIXED64)
    const at = this.#take(8)
    return this.#view.getUint32(at + 4, true) * TWO_32 + this.#view.getUint32(at, true)
  }

  /** A fixed64 of nanoseconds, as the whole milliseconds in it; a double could not tell one from the other at the edge. */
  fixedMillis(): number {
    this.#expect(FIXED64)
    const at = this.#take(8)
    const [low, high] = [this.#view.getUint32(at, true), this.#view.getUint32(at + 4, true)]
    return high * MILLIS_IN_TWO_32 + Math.floor((high * REST_OF_TWO_32 + low) / 1_000_000)
  }

  sfixed64(): number {
    this.#expect(FIXED64)
    const at = this.#take(8)
    return this.#view.getInt32(at + 4, true) * TWO_32 + this.#view.getUint32(at, true)
  }

  fixed32(): number {
    this.#expect(FIXED32)
    return this.#view.getUint32(this.#take(4), true)
  }

  /** No copy. */
  bytes(): Uint8Array {
    this.#expect(LENGTH)
    const length = this.#length()
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  /** Goes past bytes, which then end at {@link at}; returns how many they are. */
  passBytes(): number {
    this.#expect(LENGTH)
    const length = this.#length()
    this.#take(length)
    return length
  }

  text(): string {
    this.#expect(LENGTH)
    const length = this.#length()
    const at = this.#take(length)
    if (length <= SHORT_TEXT) {
      const text = this.#ascii(at, at + length)
      if (text !== undefined) return text
    }
    try {
      return decoder.decode(this.#bytes.subarray(at, at + length))
    } catch {
      throw this.#error('a text that is not UTF-8')
    }
  }

  #ascii(start: number, end: number): string | undefined {
    let text = ''
    for (let at = start; at < end; at++) {
      const byte = this.#bytes[at] ?? 0
      if (byte > 127) return undefined
      text += String.fromCharCode(byte)
    }
    return text
  }

  #expect(type: WireType): void {
    if (this.#type !== type) throw this.#error(`wire type ${this.#type}, not ${type}`)
  }

  #length(): number {
    this.#varint()
    if (this.#high !== 0) throw this.#error('a length of over 2^32')
    return this.#low
  }

  #take(size: number): number {
    const at = this.#at
    if (size > this.#end - at) throw this.#error(`${size} bytes of ${this.#end - at}`)
    this.#at = at + size
    return at
  }

  /** Into #low and #high. */
  #varint(): void {
    const bytes = this.#bytes
    const end = this.#end
    let at = this.#at
    let low = 0
    let high = 0
    for (let shift = 0; ; shift += 7) {
      if (at >= end) throw this.#error('the message ends within a number')
      const byte = bytes[at++] ?? 0
      if (shift < 28) low |= (byte & 127) << shift
      else if (shift === 28) {
        low |= (byte & 15) << 28
        high = (byte & 127) >>> 4
      } else {
        if (shift === 63 && byte > 1) throw this.#error('a number of over 64 bits')
        high |= (byte & 127) << (shift - 32)
      }
      if (byte < 128) break
    }
    this.#at = at
    this.#low = low >>> 0
    this.#high = high >>> 0
  }

  #error(what: string): ProtobufError {
    return new ProtobufError(`protobuf: byte ${this.#at}, field ${this.field}: ${what}`)
  }
}
