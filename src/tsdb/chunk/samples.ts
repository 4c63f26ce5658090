import { ByteReader, CorruptError } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { type Column, createColumn } from './column.ts'
import { decodeFloats, encodeFloats, MAX_COUNT } from './floats.ts'

/** Float samples of one series: columns of which the first `count` places are meant. */
export interface SampleColumns {
  readonly times: Column
  readonly values: Column
  /** Undefined: no start time is known. */
  readonly starts: Column | undefined
}

const HAS_STARTS = 1

const relative = createColumn(MAX_COUNT)

/** A chunk with times of its own. docs/format/chunk.md, "samples". */
export function encodeSamples(out: ByteWriter, { times, values, starts }: SampleColumns, count: number): void {
  out.unsigned(count)
  out.byte(starts === undefined ? 0 : HAS_STARTS)
  encodeFloats(out, times, count)
  encodeFloats(out, values, count)
  if (starts !== undefined) encodeStarts(out, times.values, starts.values, count)
}

/** How many samples the chunk holds. */
export function countSamples(bytes: Uint8Array, from: number): number {
  const count = new ByteReader(bytes, from).unsigned()
  if (!(count <= MAX_COUNT)) throw new CorruptError(`a chunk of ${count} samples`)
  return count
}

/** Into `into` from `at` on; `starts`, when asked for, become 0 if the chunk has none. Returns where the chunk ends. */
export function decodeSamples(bytes: Uint8Array, from: number, into: SampleColumns, at: number): number {
  const reader = new ByteReader(bytes, from)
  const count = countSamples(bytes, from)
  reader.unsigned()
  const flags = reader.byte()
  const timesEnd = decodeFloats(bytes, reader.at, count, into.times, at)
  const valuesEnd = decodeFloats(bytes, timesEnd, count, into.values, at)
  if ((flags & HAS_STARTS) === 0) {
    into.starts?.values.fill(0, at, at + count)
    return valuesEnd
  }
  return decodeStarts(bytes, valuesEnd, count, into.times.values, into.starts, at)
}

/** As distances to the first sample's time: a few bytes for all when the counter began once. */
export function encodeStarts(out: ByteWriter, times: Float64Array, starts: Float64Array, count: number): void {
  const origin = times[0] ?? 0
  for (let i = 0; i < count; i++) relative.values[i] = origin - (starts[i] ?? 0)
  encodeFloats(out, relative, count)
}

/** Decodes them even when nobody asks (`starts` undefined), since what follows must be found. */
export function decodeStarts(
  bytes: Uint8Array,
  from: number,
  count: number,
  times: Float64Array,
  starts: Column | undefined,
  at: number,
): number {
  const end = decodeFloats(bytes, from, count, relative, 0)
  if (starts === undefined) return end
  const origin = times[at] ?? 0
  for (let i = 0; i < count; i++) starts.values[at + i] = origin - (relative.values[i] ?? 0)
  return end
}
