import { BitReader, BitWriter } from './bits.ts'
import type { ByteWriter } from './byte-writer.ts'
import { type Column, HIGH, LOW } from './column.ts'

/** Longest run of leading zeros that 5 bits can say. */
const MAX_LEADING = 31
/** No window yet. */
const NONE = 0xff
/** A changed value at its worst: 2 control bits, 5 + 6 of the window, 64 of the value. */
const MAX_BITS = 77

/**
 * Values as Gorilla (Pelkonen et al., VLDB 2015) and Prometheus's XOR chunk write them, without the times: the first whole,
 * then 0 for "the same", 10 for "the bits that changed lie within the last window", 11 with a new window.
 */
export function encodeXor(out: ByteWriter, { words }: Column, count: number): void {
  const bits = new BitWriter(out, Math.ceil((count * MAX_BITS) / 8))
  let beforeHigh = words[HIGH] ?? 0
  let beforeLow = words[LOW] ?? 0
  bits.write32(beforeHigh, 32)
  bits.write32(beforeLow, 32)
  let windowLeading = NONE
  let windowTrailing = 0
  for (let i = 1; i < count; i++) {
    const high = words[i * 2 + HIGH] ?? 0
    const low = words[i * 2 + LOW] ?? 0
    const changedHigh = (high ^ beforeHigh) >>> 0
    const changedLow = (low ^ beforeLow) >>> 0
    beforeHigh = high
    beforeLow = low
    if (changedHigh === 0 && changedLow === 0) {
      bits.write(0, 1)
      continue
    }
    const leading = Math.min(MAX_LEADING, changedHigh === 0 ? 32 + Math.clz32(changedLow) : Math.clz32(changedHigh))
    const trailing = changedLow === 0 ? 32 + trailingZeros(changedHigh) : trailingZeros(changedLow)
    if (windowLeading !== NONE && leading >= windowLeading && trailing >= windowTrailing) {
      bits.write(0b10, 2)
    } else {
      windowLeading = leading
      windowTrailing = trailing
      bits.write(0b11, 2)
      bits.write(leading, 5)
      // 64 does not fit into 6 bits and stands as 0: a window is never empty.
      bits.write((64 - leading - trailing) & 63, 6)
    }
    writeWindow(bits, changedHigh, changedLow, windowLeading, windowTrailing)
  }
  bits.close()
}

/** Bits `leading` to 64 - `trailing`. Leading is 31 at most, so the high half always takes part. */
function writeWindow(bits: BitWriter, high: number, low: number, leading: number, trailing: number): void {
  if (trailing >= 32) return bits.write32(high >>> (trailing - 32), 64 - leading - trailing)
  bits.write32(high, 32 - leading)
  bits.write32(low >>> trailing, 32 - trailing)
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word)
}

/** Returns where the column ends. */
export function decodeXor(bytes: Uint8Array, from: number, count: number, into: Column, at: number): number {
  const bits = new BitReader(bytes, from)
  const { words } = into
  let high = bits.read32(32)
  let low = bits.read32(32)
  let leading = 0
  let width = 64
  for (let i = at; i < at + count; i++) {
    if (i > at && bits.read(1) === 1) {
      if (bits.read(1) === 1) {
        leading = bits.read(5)
        width = bits.read(6) || 64
      }
      const trailing = Math.max(0, 64 - leading - width)
      if (trailing >= 32) {
        high ^= bits.read32(width) << (trailing - 32)
      } else {
        high ^= bits.read32(32 - leading)
        low ^= bits.read32(32 - trailing) << trailing
      }
    }
    words[i * 2 + HIGH] = high
    words[i * 2 + LOW] = low
  }
  return bits.end
}
