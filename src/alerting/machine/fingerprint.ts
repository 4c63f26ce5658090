import type { LabelSet } from '../../series/index.ts'

// FNV-1a of 64 bits, in halves of 32: its prime is 2^40 + PRIME_LOW.
const OFFSET_HIGH = 0xcbf29ce4
const OFFSET_LOW = 0x84222325
const PRIME_LOW = 0x1b3
const SEPARATOR = 0xff
const encoder = new TextEncoder()

class Fnv64 {
  #high = OFFSET_HIGH
  #low = OFFSET_LOW

  byte(value: number): void {
    const low = (this.#low ^ value) >>> 0
    const product = low * PRIME_LOW
    this.#low = product >>> 0
    this.#high = (this.#high * PRIME_LOW + Math.floor(product / 2 ** 32) + low * 256) % 2 ** 32
  }

  /** Its UTF-8 bytes. */
  text(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) {
        for (const byte of encoder.encode(text.slice(i))) this.byte(byte)
        return
      }
      this.byte(unit)
    }
  }

  toString(): string {
    return this.#high.toString(16).padStart(8, '0') + this.#low.toString(16).padStart(8, '0')
  }
}

/** 16 hex digits over the sorted labels, each name and each value with 0xFF after it: as Alertmanager's. */
export function fingerprint(labels: LabelSet): string {
  const hash = new Fnv64()
  for (const [name, value] of labels) {
    hash.text(name)
    hash.byte(SEPARATOR)
    hash.text(value)
    hash.byte(SEPARATOR)
  }
  return hash.toString()
}

/** 16 hex digits. */
export function hashText(text: string): string {
  const hash = new Fnv64()
  hash.text(text)
  return hash.toString()
}
