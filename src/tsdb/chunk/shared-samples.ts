import type { ByteWriter } from './byte-writer.ts'
import type { SampleColumns } from './samples.ts'
import { decodeFloats, encodeFloats } from './floats.ts'
import { decodeStarts, encodeStarts } from './samples.ts'

const HAS_HOLES = 1
const HAS_STARTS = 2

/**
 * Samples of one series on times that it shares with others: the series may lack some of them, its holes. `columns` hold
 * the samples that are there, `present[row]` says where. docs/format/chunk.md, "shared times".
 */
export function encodeShared(
  out: ByteWriter,
  { times, values, starts }: SampleColumns,
  count: number,
  present: Uint8Array,
  rows: number,
): void {
  const holes = count < rows
  out.byte((holes ? HAS_HOLES : 0) | (starts === undefined ? 0 : HAS_STARTS))
  if (holes) {
    for (let row = 0; row < rows; row += 8) {
      let bits = 0
      for (let i = 0; i < 8; i++) if (row + i < rows && present[row + i] === 1) bits |= 1 << i
      out.byte(bits)
    }
  }
  encodeFloats(out, values, count)
  if (starts !== undefined) encodeStarts(out, times.values, starts.values, count)
}

export interface SharedShape {
  readonly count: number
  readonly hasHoles: boolean
  readonly hasStarts: boolean
}

export function shapeOf(bytes: Uint8Array, from: number, rows: number): SharedShape {
  const flags = bytes[from] ?? 0
  const hasHoles = (flags & HAS_HOLES) !== 0
  let count = 0
  if (hasHoles) for (let row = 0; row < rows; row++) count += presence(bytes, from, row)
  return { count: hasHoles ? count : rows, hasHoles, hasStarts: (flags & HAS_STARTS) !== 0 }
}

function presence(bytes: Uint8Array, from: number, row: number): number {
  return ((bytes[from + 1 + (row >>> 3)] ?? 0) >>> (row & 7)) & 1
}

/** `times` are those of the rows. */
export function decodeShared(
  bytes: Uint8Array,
  from: number,
  times: Float64Array,
  into: SampleColumns,
  at: number,
): void {
  const rows = times.length
  const { count, hasHoles, hasStarts } = shapeOf(bytes, from, rows)
  if (hasHoles) {
    let next = at
    for (let row = 0; row < rows; row++) {
      if (presence(bytes, from, row) === 1) into.times.values[next++] = times[row] ?? 0
    }
  } else {
    into.times.values.set(times, at)
  }
  const valuesAt = from + 1 + (hasHoles ? Math.ceil(rows / 8) : 0)
  const end = decodeFloats(bytes, valuesAt, count, into.values, at)
  if (hasStarts) decodeStarts(bytes, end, count, into.times.values, into.starts, at)
  else into.starts?.values.fill(0, at, at + count)
}
