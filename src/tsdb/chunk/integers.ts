import { BitReader, BitWriter } from './bits.ts'
import type { ByteReader } from './byte-reader.ts'
import { CorruptError } from './byte-reader.ts'
import { type ByteWriter, MAX_SIGNED } from './byte-writer.ts'

/** Numbers that share a bit width. */
const GROUP = 32
const WIDTH_BITS = 6
const MAX_WIDTH = 48
const TOO_WIDE = 2 ** MAX_WIDTH

/** How a column of whole numbers is to be written. */
export interface IntegerPlan {
  readonly mode: 'direct' | 'delta'
  /** Powers of two that divide the distance of every number to the first. */
  readonly shift: number
  /** Least of what is written; it is written as its distance to this. */
  readonly base: number
  readonly bits: number
}

/**
 * The shorter of two ways to write `numbers[0..count)`, whole and at most MAX_SIGNED either way: distances to the first, or to
 * the one before. Undefined: they differ by too much.
 */
export function planIntegers(numbers: Float64Array, count: number): IntegerPlan | undefined {
  const first = numbers[0] ?? 0
  let low = 0
  let high = 0
  let lowStep = Infinity
  let highStep = -Infinity
  let union = 0
  let before = first
  for (let i = 1; i < count; i++) {
    const number = numbers[i] ?? 0
    const distance = number - first
    const step = number - before
    before = number
    union |= distance
    if (distance < low) low = distance
    if (distance > high) high = distance
    if (step < lowStep) lowStep = step
    if (step > highStep) highStep = step
  }
  if (!(high - low < TOO_WIDE)) return undefined
  const shift = union === 0 ? 0 : Math.min(31, 31 - Math.clz32(union & -union))
  const scale = 2 ** shift
  const direct = { mode: 'direct', shift, base: low / scale } as const
  if (!(highStep - lowStep < TOO_WIDE)) return { ...direct, bits: bitsOf(numbers, count, direct) }
  const delta = { mode: 'delta', shift, base: lowStep / scale } as const
  const directBits = bitsOf(numbers, count, direct)
  const deltaBits = bitsOf(numbers, count, delta)
  return directBits < deltaBits ? { ...direct, bits: directBits } : { ...delta, bits: deltaBits }
}

function bitsOf(numbers: Float64Array, count: number, plan: Omit<IntegerPlan, 'bits'>): number {
  let bits = 0
  for (let from = 1; from < count; from += GROUP) {
    const to = Math.min(count, from + GROUP)
    bits += WIDTH_BITS + groupWidth(numbers, from, to, plan) * (to - from)
  }
  return bits
}

function groupWidth(numbers: Float64Array, from: number, to: number, plan: Omit<IntegerPlan, 'bits'>): number {
  const first = numbers[0] ?? 0
  const delta = plan.mode === 'delta'
  let before = numbers[from - 1] ?? 0
  let greatest = 0
  for (let i = from; i < to; i++) {
    const number = numbers[i] ?? 0
    const distance = number - (delta ? before : first)
    before = number
    if (distance > greatest || i === from) greatest = distance
  }
  return widthOf(greatest / 2 ** plan.shift - plan.base)
}

function widthOf(number: number): number {
  return number < 0x8000_0000 ? 32 - Math.clz32(number) : 32 + (32 - Math.clz32(number / 2 ** 32))
}

/** docs/format/chunk.md, "integers". `count` is at least 1. */
export function encodeIntegers(out: ByteWriter, numbers: Float64Array, count: number, plan: IntegerPlan): void {
  const first = numbers[0] ?? 0
  const delta = plan.mode === 'delta'
  const scale = 2 ** plan.shift
  out.byte(plan.shift * 2 + (delta ? 1 : 0))
  out.signed(first)
  out.signed(plan.base)
  const bits = new BitWriter(out, Math.ceil(plan.bits / 8))
  for (let from = 1; from < count; from += GROUP) {
    const to = Math.min(count, from + GROUP)
    const width = groupWidth(numbers, from, to, plan)
    bits.write(width, WIDTH_BITS)
    if (width === 0) continue
    for (let i = from; i < to; i++) {
      const distance = (numbers[i] ?? 0) - (delta ? (numbers[i - 1] ?? 0) : first)
      bits.writeLong(distance / scale - plan.base, width)
    }
  }
  bits.close()
}

/** Into `numbers[at..at + count)`, each divided by `divisor`; returns where the column ends. */
export function decodeIntegers(
  bytes: Uint8Array,
  reader: ByteReader,
  count: number,
  divisor: number,
  numbers: Float64Array,
  at: number,
): number {
  const head = reader.byte()
  const delta = head % 2 === 1
  const scale = 2 ** (head >>> 1)
  const first = reader.signed()
  const base = reader.signed()
  if (!(Math.abs(first) <= MAX_SIGNED && head < 64)) throw new CorruptError(`integers that begin at ${first}`)
  const bits = new BitReader(bytes, reader.at)
  let before = first
  numbers[at] = first / divisor
  for (let from = 1; from < count; from += GROUP) {
    const to = Math.min(count, from + GROUP)
    const width = bits.read(WIDTH_BITS)
    if (width > 0) bits.readRun(width, numbers, at + from, at + to)
    else numbers.fill(0, at + from, at + to)
    for (let i = at + from; i < at + to; i++) {
      before = (delta ? before : first) + ((numbers[i] ?? 0) + base) * scale
      numbers[i] = before
    }
  }
  if (divisor !== 1) for (let i = at + 1; i < at + count; i++) numbers[i] = (numbers[i] ?? 0) / divisor
  return bits.end
}
