import { ProtobufError, type ProtobufReader } from '../protobuf/reader.ts'
import { IntegerColumn } from './column.ts'
import { LABEL_1, SERIES_1 } from './fields.ts'
import type { Spelling } from './write-request.ts'

/** A number of up to 32 bits. */
const VARINT_BYTES = 5

/** The texts of a request, which are spoken of by their places. The first must be the empty one. */
export class Symbols {
  readonly #bytes: Uint8Array
  readonly #starts = new IntegerColumn()
  readonly #ends = new IntegerColumn()
  readonly #texts = new Map<number, string>()
  readonly #spelled: Spelling = { bytes: new Uint8Array(1024), start: 0, end: 0 }

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Reads the symbol that the reader stands before. */
  add(reader: ProtobufReader): void {
    const { length } = reader.bytes()
    if (this.#starts.length === 0 && length > 0) throw new ProtobufError('symbols: the first must be the empty text')
    this.#starts.push(reader.at - length)
    this.#ends.push(reader.at)
  }

  check(refs: Iterable<number>): void {
    const { length } = this.#starts
    for (const ref of refs) {
      // The empty text is known without a table.
      if (ref >= length && ref !== 0) throw new ProtobufError(`symbols: reference ${ref} to a table of ${length}`)
    }
  }

  text(ref: number): string {
    const known = this.#texts.get(ref)
    if (known !== undefined) return known
    const [start, length] = this.#placeOf(ref)
    const text = textAt(this.#bytes, start, length)
    this.#texts.set(ref, text)
    return text
  }

  pairs(refs: ArrayLike<number>, from: number, to: number): [name: string, value: string][] {
    const pairs: [string, string][] = []
    for (let i = from; i < to; i += 2) pairs.push([this.text(refs[i] ?? 0), this.text(refs[i + 1] ?? 0)])
    return pairs
  }

  /** '' when there is no such label. */
  valueOf(name: string, refs: ArrayLike<number>, from: number, to: number): string {
    for (let i = from; i < to; i += 2) if (this.text(refs[i] ?? 0) === name) return this.text(refs[i + 1] ?? 0)
    return ''
  }

  /** The labels as 1.0 spells them. */
  spell(refs: Uint32Array, from: number, to: number): Spelling {
    const starts = this.#starts.values
    const ends = this.#ends.values
    const spelled = this.#spelled
    let at = 0
    for (let i = from; i < to; i += 2) {
      const name = refs[i] ?? 0
      const value = refs[i + 1] ?? 0
      const nameLength = (ends[name] ?? 0) - (starts[name] ?? 0)
      const valueLength = (ends[value] ?? 0) - (starts[value] ?? 0)
      const nameField = 1 + varintBytes(nameLength) + nameLength
      const length = nameField + 1 + varintBytes(valueLength) + valueLength
      if (at + 1 + VARINT_BYTES + length > spelled.bytes.length) spelled.bytes = grown(spelled.bytes, at + 16 + length)
      const { bytes } = spelled
      bytes[at++] = (SERIES_1.label << 3) | 2
      at = putVarint(bytes, at, length)
      bytes[at++] = (LABEL_1.name << 3) | 2
      at = this.#put(bytes, putVarint(bytes, at, nameLength), starts[name] ?? 0, nameLength)
      bytes[at++] = (LABEL_1.value << 3) | 2
      at = this.#put(bytes, putVarint(bytes, at, valueLength), starts[value] ?? 0, valueLength)
    }
    spelled.end = at
    return spelled
  }

  #placeOf(ref: number): [start: number, length: number] {
    const start = this.#starts.values[ref] ?? 0
    return [start, (this.#ends.values[ref] ?? 0) - start]
  }

  #put(into: Uint8Array, at: number, start: number, length: number): number {
    const bytes = this.#bytes
    for (let i = 0; i < length; i++) into[at + i] = bytes[start + i] ?? 0
    return at + length
  }
}

function varintBytes(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : value < 268_435_456 ? 4 : 5
}

function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128
    rest >>>= 7
  }
  bytes[at++] = rest
  return at
}

function grown(bytes: Uint8Array, needed: number): Uint8Array {
  const larger = new Uint8Array(Math.max(needed, bytes.length * 2))
  larger.set(bytes)
  return larger
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textAt(bytes: Uint8Array, start: number, length: number): string {
  try {
    return decoder.decode(bytes.subarray(start, start + length))
  } catch {
    throw new ProtobufError('symbols: a text that is not UTF-8')
  }
}
