import { ByteReader, CorruptError } from '../chunk/byte-reader.ts'
import type { ByteWriter } from '../chunk/byte-writer.ts'
import { columnOver, createColumn } from '../chunk/column.ts'
import { decodeFloats, encodeFloats, MAX_COUNT } from '../chunk/floats.ts'
import { HEAD_BYTES } from './frame.ts'

/** Types of a block's frames. docs/format/block.md */
export const PART = { times: 16, allSymbols: 17, series: 18, index: 19, end: 20, symbols: 21 } as const

const END_BODY = 24
/** The end frame has a fixed size, so that it can be found from the end of the file. */
export const END_BYTES: number = HEAD_BYTES + END_BODY

export const KIND = { shared: 0, floats: 1, histograms: 2 } as const

/** A chunk of a series as a block holds it. */
export type StoredChunk =
  | { readonly kind: typeof KIND.shared; readonly times: number; readonly bytes: Uint8Array }
  | {
      readonly kind: typeof KIND.floats | typeof KIND.histograms
      readonly minTime: number
      readonly maxTime: number
      readonly count: number
      readonly hasStarts: boolean
      readonly bytes: Uint8Array
    }

export interface IndexEntry {
  /** Where the series' frame begins. */
  readonly at: number
  readonly minTime: number
  readonly maxTime: number
  /** Symbols: name, value, name, value. */
  readonly labels: readonly number[]
}

export function writeTimes(out: ByteWriter, columns: readonly Float64Array[]): void {
  out.unsigned(columns.length)
  for (const times of columns) {
    out.unsigned(times.length)
    encodeFloats(out, columnOver(times), times.length)
  }
}

export function readTimes(body: Uint8Array): Float64Array[] {
  let reader = new ByteReader(body)
  return Array.from({ length: reader.count(1) }, () => {
    const count = reader.unsigned()
    if (!(count <= MAX_COUNT)) throw new CorruptError(`a page of ${count} rows`)
    const column = createColumn(count)
    reader = new ByteReader(body, decodeFloats(body, reader.at, count, column, 0))
    return column.values
  })
}

export function writeSymbols(out: ByteWriter, first: number, symbols: readonly string[]): void {
  out.unsigned(first)
  out.unsigned(symbols.length)
  for (const symbol of symbols) out.text(symbol)
}

/** Puts them where their numbers are; a frame of `allSymbols` has all of them. */
export function readSymbols(body: Uint8Array, type: number, into: Map<number, string>): void {
  const reader = new ByteReader(body)
  const first = type === PART.allSymbols ? 0 : reader.unsigned()
  const count = reader.count(1)
  for (let i = 0; i < count; i++) into.set(first + i, reader.text())
}

export function writeSeriesPart(out: ByteWriter, entry: Omit<IndexEntry, 'at'>, chunks: readonly StoredChunk[]): void {
  writeEntry(out, entry)
  out.unsigned(chunks.length)
  for (const chunk of chunks) {
    out.byte(chunk.kind)
    if (chunk.kind === KIND.shared) {
      out.unsigned(chunk.times)
    } else {
      out.signed(chunk.minTime)
      out.unsigned(chunk.maxTime - chunk.minTime)
      out.unsigned(chunk.count)
      out.byte(chunk.hasStarts ? 1 : 0)
    }
    out.unsigned(chunk.bytes.length)
    out.raw(chunk.bytes)
  }
}

export function readSeriesPart(body: Uint8Array): {
  entry: Omit<IndexEntry, 'at'>
  chunks: () => readonly StoredChunk[]
} {
  const reader = new ByteReader(body)
  const entry = readEntry(reader)
  return { entry, chunks: () => Array.from({ length: reader.count(2) }, () => readChunk(reader)) }
}

function readChunk(reader: ByteReader): StoredChunk {
  const kind = reader.byte()
  if (kind === KIND.shared) {
    const times = reader.unsigned()
    return { kind, times, bytes: reader.raw(reader.count(1)) }
  }
  if (kind !== KIND.floats && kind !== KIND.histograms) throw new CorruptError(`a chunk of the unknown kind ${kind}`)
  const minTime = reader.signed()
  const maxTime = minTime + reader.unsigned()
  const count = reader.unsigned()
  if (!(count <= MAX_COUNT)) throw new CorruptError(`a chunk of ${count} samples`)
  const hasStarts = reader.byte() === 1
  return { kind, minTime, maxTime, count, hasStarts, bytes: reader.raw(reader.count(1)) }
}

export function* readIndex(body: Uint8Array): Generator<IndexEntry, void> {
  const reader = new ByteReader(body)
  let before = 0
  const count = reader.count(4)
  for (let i = 0; i < count; i++) yield { at: (before += reader.unsigned()), ...readEntry(reader) }
}

export function writeEntry(out: ByteWriter, { minTime, maxTime, labels }: Omit<IndexEntry, 'at'>): void {
  out.signed(minTime)
  out.unsigned(maxTime - minTime)
  out.unsigned(labels.length)
  for (const symbol of labels) out.unsigned(symbol)
}

function readEntry(reader: ByteReader): Omit<IndexEntry, 'at'> {
  const minTime = reader.signed()
  const maxTime = minTime + reader.unsigned()
  return { minTime, maxTime, labels: Array.from({ length: reader.count(1) }, () => reader.unsigned()) }
}

export interface End {
  readonly timesAt: number
  readonly symbolsAt: number
  readonly indexAt: number
}

export function writeEnd(out: ByteWriter, { timesAt, symbolsAt, indexAt }: End): void {
  for (const at of [timesAt, symbolsAt, indexAt]) out.float64(at)
}

export function readEnd(body: Uint8Array): End {
  const reader = new ByteReader(body)
  return { timesAt: reader.float64(), symbolsAt: reader.float64(), indexAt: reader.float64() }
}
