import { ProtobufError, type ProtobufReader } from '../protobuf/reader.ts'
import { IntegerColumn } from './column.ts'
import type { SymbolIds } from './symbol-ids.ts'
import type { Spelling } from './write-request.ts'

/** The texts of a request, which are spoken of by their places. The first must be the empty one. */
export class Symbols {
  readonly #bytes: Uint8Array
  readonly #starts = new IntegerColumn()
  readonly #ends = new IntegerColumn()
  readonly #texts = new Map<number, string>()
  readonly #ids: SymbolIds
  /** By place, when all are there. */
  #known: Float64Array | undefined
  #numbers = new Float64Array(64)
  readonly #spelled: Spelling = { bytes: new Uint8Array(this.#numbers.buffer), start: 0, end: 0 }

  constructor(bytes: Uint8Array, ids: SymbolIds) {
    this.#bytes = bytes
    this.#ids = ids
  }

  /** Reads the symbol that the reader stands before. */
  add(reader: ProtobufReader): void {
    const length = reader.passBytes()
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

  /** The labels as the numbers of their texts, in bytes. */
  spell(refs: Uint32Array, from: number, to: number): Spelling {
    const known = (this.#known ??= this.#identify())
    const spelled = this.#spelled
    if (to - from > this.#numbers.length) {
      this.#numbers = new Float64Array((to - from) * 2)
      spelled.bytes = new Uint8Array(this.#numbers.buffer)
    }
    const numbers = this.#numbers
    for (let i = from; i < to; i++) numbers[i - from] = known[refs[i] ?? 0] ?? 0
    spelled.end = (to - from) * 8
    return spelled
  }

  #identify(): Float64Array {
    const starts = this.#starts.values
    const ends = this.#ends.values
    const text: Spelling = { bytes: this.#bytes, start: 0, end: 0 }
    return Float64Array.from(starts, (start, i) => {
      text.start = start
      text.end = ends[i] ?? 0
      return this.#ids.idOf(text)
    })
  }

  #placeOf(ref: number): [start: number, length: number] {
    const start = this.#starts.values[ref] ?? 0
    return [start, (this.#ends.values[ref] ?? 0) - start]
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textAt(bytes: Uint8Array, start: number, length: number): string {
  try {
    return decoder.decode(bytes.subarray(start, start + length))
  } catch {
    throw new ProtobufError('symbols: a text that is not UTF-8')
  }
}
