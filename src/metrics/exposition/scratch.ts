const HALF = 256 * 1024
const encoder = new TextEncoder()

export function encode(text: string): Uint8Array {
  return encoder.encode(text)
}

/**
 * Where pieces of a page are put together: new bytes grow in the lower half; the upper half holds the piece's last version,
 * from which they are copied. One buffer for both, because copyWithin is the fastest copy of a line. The lower half starts
 * as that version too, so that what keeps its place need not be copied at all.
 */
export class Scratch {
  bytes: Uint8Array
  /** Where the new bytes end. */
  at = 0
  /** How far into the last version everything is either copied or skipped. */
  from = 0
  #half: number
  #old = 0

  constructor(half: number = HALF) {
    this.#half = half
    this.bytes = new Uint8Array(2 * half)
  }

  /** Begins a piece that has no last version. */
  start(): void {
    this.at = this.from = this.#old = 0
  }

  /** Begins a piece as a revision of `old` that adds up to `growth` bytes to it. */
  load(old: Uint8Array, growth: number): void {
    this.start()
    this.reserve(old.length + growth)
    this.#old = old.length
    this.bytes.set(old)
    this.bytes.set(old, this.#half)
  }

  /** Makes sure of room for `length` more bytes, besides what the last version still has to give. */
  reserve(length: number): void {
    const needed = this.at + length + Math.max(0, this.#old - this.from)
    if (needed <= this.#half) return
    const { bytes, at } = this
    const old = bytes.subarray(this.#half, this.#half + this.#old)
    const half = Math.max(2 * this.#half, needed)
    this.bytes = new Uint8Array(2 * half)
    this.bytes.set(old)
    this.bytes.set(bytes.subarray(0, at))
    this.bytes.set(old, half)
    this.#half = half
  }

  /** Copies the last version from where it was left, up to `end`. */
  keepTo(end: number): void {
    const { at, from } = this
    if (at !== from) this.bytes.copyWithin(at, this.#half + from, this.#half + end)
    this.at = at + end - from
    this.from = end
  }

  /** Copies a part of the last version, wherever it was left. */
  copyOld(start: number, end: number): void {
    this.bytes.copyWithin(this.at, this.#half + start, this.#half + end)
    this.at += end - start
  }

  put(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }

  /** Room for three times its length must have been reserved. */
  putText(text: string): void {
    const { bytes, at } = this
    if (text.length > 256) {
      this.at = at + encoder.encodeInto(text, bytes.subarray(at)).written
      return
    }
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) {
        this.at = at + i + encoder.encodeInto(text.slice(i), bytes.subarray(at + i)).written
        return
      }
      bytes[at + i] = code
    }
    this.at = at + text.length
  }

  /** A copy of the new bytes: where `room` lies, if there is enough of it, else in memory of its own. */
  take(room?: Uint8Array): Uint8Array {
    const written = this.bytes.subarray(0, this.at)
    const fits = room !== undefined && written.length <= room.buffer.byteLength
    const taken = fits
      ? room.length === written.length
        ? room
        : new Uint8Array(room.buffer, 0, written.length)
      : withRoom(written.length)
    taken.set(written)
    if (this.#half > 4 * HALF) {
      this.#half = HALF
      this.bytes = new Uint8Array(2 * HALF)
    }
    return taken
  }
}

/** Bytes with some room behind them, for numbers that grow. */
function withRoom(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length + (length >> 6) + 64), 0, length)
}
