import type { Labels } from '../../data/series.ts'

const OFFSET = 0xcbf29ce484222325n
const PRIME = 0x100000001b3n
const MASK = 0xffffffffffffffffn
const encoder = new TextEncoder()

/** The name of an alert among those who tell of it: FNV-1a of 64 bits over its sorted labels, as the service has it. */
export function fingerprintOf(labels: Labels): string {
  let hash = OFFSET
  const add = (text: string): void => {
    for (const byte of [...encoder.encode(text), 0xff]) hash = ((hash ^ BigInt(byte)) * PRIME) & MASK
  }
  for (const [name, value] of Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) {
    add(name)
    add(value)
  }
  return hash.toString(16).padStart(16, '0')
}
