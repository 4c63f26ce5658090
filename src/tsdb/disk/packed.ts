import type { ByteReader } from '../chunk/byte-reader.ts'
import { CorruptError } from '../chunk/byte-reader.ts'
import type { ByteWriter } from '../chunk/byte-writer.ts'
import { columnOver, createColumn, HIGH, LOW } from '../chunk/column.ts'

/** A distance to the number before is doubled twice, and must stay exact. */
const MAX_DISTANCE = 2 ** 51
/** What stands instead of a distance before eight bytes. */
const WHOLE_DOUBLE = 0

/**
 * Doubles in few bytes, each beside the one before it: neighbours in a scrape are the buckets of one histogram. Every bit comes
 * back. docs/format/frame.md, "packed"
 */
export function writePacked(out: ByteWriter, values: Float64Array): void {
  const { words } = columnOver(values)
  let beforeHigh = 0
  let beforeLow = 0
  let number = 0
  let run = 0
  for (let i = 0; i < values.length; i++) {
    const high = words[i * 2 + HIGH] ?? 0
    const low = words[i * 2 + LOW] ?? 0
    if (high === beforeHigh && low === beforeLow) {
      run++
      continue
    }
    if (run > 0) out.unsigned(run * 2 - 1)
    run = 0
    beforeHigh = high
    beforeLow = low
    const value = values[i] ?? 0
    const distance = value - number
    // What is not whole, -0 and a NaN among it, has no distance; 0 is for the eight bytes.
    if (value === Math.floor(value) && Math.abs(distance) < MAX_DISTANCE && distance !== 0 && isExact(value)) {
      out.unsigned(distance < 0 ? -distance * 4 - 2 : distance * 4)
      number = value
    } else {
      out.byte(WHOLE_DOUBLE)
      out.uint32(low)
      out.uint32(high)
    }
  }
  if (run > 0) out.unsigned(run * 2 - 1)
}

function isExact(value: number): boolean {
  return Math.abs(value) < MAX_DISTANCE && (value !== 0 || 1 / value > 0)
}

/** @throws CorruptError when they are not `count`, which must be bounded by what is known. */
export function readPacked(reader: ByteReader, count: number): Float64Array {
  const { values, words } = createColumn(count)
  let high = 0
  let low = 0
  let number = 0
  for (let i = 0; i < count;) {
    const token = reader.unsigned()
    if (token % 2 === 1) {
      const end = i + (token + 1) / 2
      if (end > count) throw new CorruptError(`${end} numbers where ${count} belong`)
      for (; i < end; i++) {
        words[i * 2 + HIGH] = high
        words[i * 2 + LOW] = low
      }
      continue
    }
    if (token === WHOLE_DOUBLE) {
      words[i * 2 + LOW] = reader.uint32()
      words[i * 2 + HIGH] = reader.uint32()
    } else {
      number += token % 4 === 0 ? token / 4 : -(token + 2) / 4
      values[i] = number
    }
    high = words[i * 2 + HIGH] ?? 0
    low = words[i * 2 + LOW] ?? 0
    i++
  }
  return values
}
