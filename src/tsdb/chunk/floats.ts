import { ByteReader, CorruptError } from './byte-reader.ts'
import { type ByteWriter, MAX_SIGNED } from './byte-writer.ts'
import { type Column, createColumn, HIGH, LOW } from './column.ts'
import { decodeIntegers, encodeIntegers, planIntegers } from './integers.ts'
import { decodeXor, encodeXor } from './xor.ts'

/** First byte of a column. DECIMAL + e: whole numbers over 10^e, 0 <= e <= MAX_EXPONENT. */
const SAME_INTEGER = 0
const SAME_BITS = 1
const XOR = 2
const DECIMAL = 16
const MAX_EXPONENT = 9

/** Above this many bits a number, whole numbers are not taken to be shorter than XOR: both are tried. */
const TRY_XOR_ABOVE = 8

const POWERS = Float64Array.from({ length: MAX_EXPONENT + 1 }, (_, e) => 10 ** e)

/** Most values that one column may hold. */
export const MAX_COUNT: number = 4096

const scaled = createColumn(MAX_COUNT)

/**
 * Writes `column[0..count)` in whichever form is shortest; the reader must know `count`. Every bit comes back, of NaN and -0
 * too. docs/format/chunk.md draws the forms.
 */
export function encodeFloats(out: ByteWriter, column: Column, count: number): void {
  if (count === 0) return
  if (!(count <= MAX_COUNT)) throw new RangeError(`a column of ${count} values is longer than ${MAX_COUNT}`)
  if (isConstant(column, count)) return encodeConstant(out, column)
  const exponent = findExponent(column.values, count)
  const plan = exponent < 0 ? undefined : planIntegers(scaled.values, count)
  if (plan === undefined) {
    out.byte(XOR)
    return encodeXor(out, column, count)
  }
  const start = out.length
  if (plan.bits > count * TRY_XOR_ABOVE) {
    out.byte(XOR)
    encodeXor(out, column, count)
    if ((out.length - start) * 8 <= plan.bits) return
    out.truncate(start)
  }
  out.byte(DECIMAL + exponent)
  encodeIntegers(out, scaled.values, count, plan)
}

/**
 * Into `into[at..at + count)`; returns where the column ends.
 * @throws CorruptError for bytes that are no column.
 */
export function decodeFloats(bytes: Uint8Array, from: number, count: number, into: Column, at: number): number {
  if (count === 0) return from
  const reader = new ByteReader(bytes, from)
  const form = reader.byte()
  if (form === SAME_INTEGER) {
    into.values.fill(reader.signed(), at, at + count)
  } else if (form === SAME_BITS) {
    const low = reader.uint32()
    const high = reader.uint32()
    for (let i = at; i < at + count; i++) {
      into.words[i * 2 + LOW] = low
      into.words[i * 2 + HIGH] = high
    }
  } else if (form === XOR) {
    return decodeXor(bytes, reader.at, count, into, at)
  } else {
    const divisor = POWERS[form - DECIMAL]
    if (divisor === undefined) throw new CorruptError(`a column in the unknown form ${form}`)
    return decodeIntegers(bytes, reader, count, divisor, into.values, at)
  }
  return reader.at
}

function isConstant({ words }: Column, count: number): boolean {
  const first = words[0]
  const second = words[1]
  for (let i = 2; i < count * 2; i += 2) if (words[i] !== first || words[i + 1] !== second) return false
  return true
}

function encodeConstant(out: ByteWriter, { values, words }: Column): void {
  const value = values[0] ?? 0
  if (isWhole(value)) {
    out.byte(SAME_INTEGER)
    out.signed(value)
    return
  }
  out.byte(SAME_BITS)
  out.uint32(words[LOW] ?? 0)
  out.uint32(words[HIGH] ?? 0)
}

function isWhole(value: number): boolean {
  return value === Math.floor(value) && Math.abs(value) <= MAX_SIGNED && !Object.is(value, -0)
}

/** The least e such that all values are whole numbers over 10^e, and those numbers in `scaled`; or -1. */
function findExponent(values: Float64Array, count: number): number {
  let exponent = 0
  let i = 0
  while (i < count) {
    const value = values[i] ?? 0
    const power = POWERS[exponent] ?? 1
    const whole = Math.round(value * power)
    const exact = whole / power === value && Math.abs(whole) <= MAX_SIGNED && (whole !== 0 || !Object.is(value, -0))
    if (exact) {
      scaled.values[i++] = whole
    } else {
      if (++exponent > MAX_EXPONENT) return -1
      // What came before was scaled by less.
      i = 0
    }
  }
  return exponent
}
