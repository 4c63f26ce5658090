import type { LabelSet } from './label-set.ts'

const MASK = (1n << 64n) - 1n
const P1 = BigInt('0x9e3779b185ebca87')
const P2 = BigInt('0xc2b2ae3d27d4eb4f')
const P3 = BigInt('0x165667b19e3779f9')
const P4 = BigInt('0x85ebca77c2b2ae63')
const P5 = BigInt('0x27d4eb2f165667c5')

/** The 64 bits that Prometheus hashes labels to. */
export function labelHash(labels: LabelSet): bigint {
  const bytes: number[] = []
  const encoder = new TextEncoder()
  for (const pair of labels) {
    for (const text of pair) {
      const encoded = encoder.encode(text)
      const { length } = encoded
      if (length < 255) bytes.push(length)
      else bytes.push(255, length & 255, (length >> 8) & 255, (length >> 16) & 255)
      for (const byte of encoded) bytes.push(byte)
    }
  }
  return xxhash64(Uint8Array.from(bytes))
}

/** xxHash, 64 bits, seed 0: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md */
export function xxhash64(input: Uint8Array): bigint {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const { length } = input
  let at = 0
  let hash = P5
  if (length >= 32) {
    const lanes = [(P1 + P2) & MASK, P2, 0n, -P1 & MASK]
    for (; at + 32 <= length; at += 32) {
      for (let lane = 0; lane < 4; lane++)
        lanes[lane] = round(lanes[lane] ?? 0n, view.getBigUint64(at + lane * 8, true))
    }
    const [a = 0n, b = 0n, c = 0n, d = 0n] = lanes
    hash = (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & MASK
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * P1 + P4) & MASK
  }
  hash = (hash + BigInt(length)) & MASK
  for (; at + 8 <= length; at += 8) {
    hash = (rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4) & MASK
  }
  if (at + 4 <= length) {
    hash = (rotate(hash ^ ((BigInt(view.getUint32(at, true)) * P1) & MASK), 23n) * P2 + P3) & MASK
    at += 4
  }
  for (; at < length; at++) hash = (rotate(hash ^ ((BigInt(view.getUint8(at)) * P5) & MASK), 11n) * P1) & MASK
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK
  return hash ^ (hash >> 32n)
}

function round(lane: bigint, input: bigint): bigint {
  return (rotate((lane + input * P2) & MASK, 31n) * P1) & MASK
}

function rotate(value: bigint, by: bigint): bigint {
  return ((value << by) | (value >> (64n - by))) & MASK
}
