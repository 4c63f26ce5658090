import { ProtobufOut, ProtobufScratch } from '../../metrics/index.ts'
import { FIXED32, FIXED64, LENGTH } from './wire-type.ts'

/** Room for any field but a text or bytes. */
const FIELD_BYTES = 32

/** Writes messages. What `finish` returns is the caller's; the writer is then empty. */
export class ProtobufWriter {
  readonly #scratch: ProtobufScratch
  readonly #out: ProtobufOut
  readonly #double = new Float64Array(1)
  readonly #doubleBytes = new Uint8Array(this.#double.buffer)

  constructor(capacity = 4096) {
    this.#scratch = new ProtobufScratch(capacity)
    this.#out = new ProtobufOut(this.#scratch)
  }

  get length(): number {
    return this.#scratch.at
  }

  /** @param value whole, from 0 to 2^53; 0 is written too. */
  uint(field: number, value: number): void {
    this.#out.uint(field, value)
  }

  /** @param value whole, between -2^63 and 2^63; beyond 2^53 the nearest. */
  int(field: number, value: number): void {
    this.#out.int64(field, value)
  }

  /** Zigzag. @param value whole, of less than 2^52. */
  sint(field: number, value: number): void {
    this.#out.sint(field, value)
  }

  bool(field: number, value: boolean): void {
    this.#out.uint(field, value ? 1 : 0)
  }

  double(field: number, value: number): void {
    this.#out.double(field, value)
  }

  /** `values[i]`, bit by bit. */
  doubleFrom(field: number, values: Float64Array, i: number): void {
    this.#out.tag(field, FIXED64)
    this.#scratch.put(new Uint8Array(values.buffer, values.byteOffset + i * 8, 8))
  }

  fixed64(field: number, value: bigint): void {
    this.#out.tag(field, FIXED64)
    this.#scratch.put(new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, value)).buffer))
  }

  /** @param value whole, from 0 to 2^32 - 1. */
  fixed32(field: number, value: number): void {
    this.#out.tag(field, FIXED32)
    this.#scratch.put(new Uint8Array(Uint32Array.of(value).buffer))
  }

  text(field: number, value: string): void {
    this.#out.text(field, value)
  }

  bytes(field: number, value: Uint8Array): void {
    this.#out.tag(field, LENGTH)
    this.#out.varint(value.length)
    this.raw(value)
  }

  /** Fields that were written before. */
  raw(value: Uint8Array): void {
    this.#scratch.reserve(value.length)
    this.#scratch.put(value)
  }

  /** Begins a nested message, or a packed field; {@link end} takes what this returns. */
  begin(field: number): number {
    return this.#out.begin(field)
  }

  end(start: number): void {
    this.#out.end(start)
  }

  packedUints(field: number, values: Iterable<number>): void {
    const start = this.begin(field)
    for (const value of values) {
      this.#scratch.reserve(FIELD_BYTES)
      this.#out.varint(value)
    }
    this.end(start)
  }

  /** Zigzag. */
  packedSints(field: number, values: Iterable<number>): void {
    const start = this.begin(field)
    for (const value of values) {
      this.#scratch.reserve(FIELD_BYTES)
      this.#out.varint(value < 0 ? -2 * value - 1 : 2 * value)
    }
    this.end(start)
  }

  packedDoubles(field: number, values: Iterable<number>): void {
    const start = this.begin(field)
    for (const value of values) {
      this.#scratch.reserve(FIELD_BYTES)
      this.#double[0] = value
      this.#scratch.put(this.#doubleBytes)
    }
    this.end(start)
  }

  finish(): Uint8Array {
    const bytes = this.#scratch.take()
    this.#scratch.start()
    return bytes
  }
}
