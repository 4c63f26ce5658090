import type { Scratch } from './scratch.ts'

/** The wire types of https://protobuf.dev/programming-guides/encoding/ that are used here. */
export const VARINT = 0
export const FIXED64 = 1
export const LENGTH = 2

const VARINT_BYTES = 10

/** Room for any field but a text, or for what the end of a message moves. */
const FIELD_BYTES = 32

/** Writes fields of protobuf messages. */
export class ProtobufOut {
  scratch: Scratch
  readonly #double = new Float64Array(1)
  readonly #doubleBytes = new Uint8Array(this.#double.buffer)

  constructor(scratch: Scratch) {
    this.scratch = scratch
  }

  varint(value: number): void {
    const { scratch } = this
    scratch.at = writeVarint(scratch.bytes, scratch.at, value)
  }

  tag(field: number, type: number): void {
    this.scratch.reserve(FIELD_BYTES)
    this.varint((field << 3) | type)
  }

  /** @param value whole, 0 to 2^53. */
  uint(field: number, value: number): void {
    this.tag(field, VARINT)
    this.varint(value)
  }

  /** @param value whole, of less than 2^52: zigzag. */
  sint(field: number, value: number): void {
    this.uint(field, value < 0 ? -2 * value - 1 : 2 * value)
  }

  /** Two's complement of 64 bits, for the int64 of a time before 1970. */
  int64(field: number, value: number): void {
    if (value >= 0) return this.uint(field, value)
    this.tag(field, VARINT)
    let rest = BigInt.asUintN(64, BigInt(value))
    for (let i = 1; i < VARINT_BYTES; i++, rest >>= 7n) this.#byte(Number(rest & 0x7fn) | 0x80)
    this.#byte(Number(rest))
  }

  double(field: number, value: number): void {
    this.tag(field, FIXED64)
    this.#double[0] = value
    this.scratch.put(this.#doubleBytes)
  }

  text(field: number, value: string): void {
    const start = this.begin(field)
    this.scratch.reserve(3 * value.length)
    this.scratch.putText(value)
    this.end(start)
  }

  /** Begins a nested message; {@link end} takes what this returns. */
  begin(field: number): number {
    this.tag(field, LENGTH)
    return ++this.scratch.at
  }

  end(start: number): void {
    const { scratch } = this
    const length = scratch.at - start
    const more = varintBytes(length) - 1
    if (more > 0) {
      scratch.reserve(FIELD_BYTES)
      scratch.bytes.copyWithin(start + more, start, scratch.at)
      scratch.at += more
    }
    writeVarint(scratch.bytes, start - 1, length)
  }

  #byte(value: number): void {
    this.scratch.bytes[this.scratch.at++] = value
  }
}

export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value
  while (rest >= 2 ** 31) {
    bytes[at++] = (rest % 128) | 0x80
    rest = Math.floor(rest / 128)
  }
  let small = rest | 0
  while (small > 127) {
    bytes[at++] = (small & 127) | 0x80
    small >>= 7
  }
  bytes[at++] = small
  return at
}

export function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++
  return bytes
}
