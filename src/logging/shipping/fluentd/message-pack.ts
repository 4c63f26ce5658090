/** https://github.com/msgpack/msgpack/blob/master/spec.md: what the forward protocol needs of it. */
const EVENT_TIME_TYPE = 0

/** A growing buffer of MessagePack. */
export class MessagePackWriter {
  #bytes: Buffer = Buffer.allocUnsafe(4096)
  #length = 0

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  value(value: unknown): void {
    if (typeof value === 'string') this.text(value)
    else if (typeof value === 'number') this.number(value)
    else if (typeof value === 'boolean') this.#uint8(value ? 0xc3 : 0xc2)
    else if (value instanceof Uint8Array) this.binary(value)
    else if (Array.isArray(value)) {
      this.array(value.length)
      for (const one of value) this.value(one)
    } else if (typeof value === 'object' && value !== null) this.#object(value)
    else this.#uint8(0xc0)
  }

  array(length: number): void {
    this.#head(length, 0x90, 15, undefined, 0xdc, 0xdd)
  }

  map(length: number): void {
    this.#head(length, 0x80, 15, undefined, 0xde, 0xdf)
  }

  text(text: string): void {
    const length = Buffer.byteLength(text)
    this.#head(length, 0xa0, 31, 0xd9, 0xda, 0xdb)
    const at = this.#room(length)
    this.#bytes.write(text, at)
  }

  binary(bytes: Uint8Array): void {
    this.#head(bytes.length, undefined, -1, 0xc4, 0xc5, 0xc6)
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
  }

  number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      this.#uint8(0xcb)
      const at = this.#room(8)
      this.#bytes.writeDoubleBE(value, at)
    } else if (value >= 0 && value < 0x80) this.#uint8(value)
    else if (value < 0 && value >= -32) this.#uint8(value + 0x100)
    else if (value >= 0 && value <= 0xffff_ffff) {
      this.#uint8(0xce)
      this.#uint32(value)
    } else {
      this.#uint8(0xd3)
      const at = this.#room(8)
      this.#bytes.writeBigInt64BE(BigInt(value), at)
    }
  }

  /** Fluentd's EventTime, of ms since the epoch. */
  eventTime(ms: number): void {
    const seconds = Math.floor(ms / 1000)
    this.#uint8(0xd7)
    this.#uint8(EVENT_TIME_TYPE)
    this.#uint32(seconds)
    this.#uint32(Math.floor(ms - seconds * 1000) * 1_000_000)
  }

  #object(object: object): void {
    const entries = Object.entries(object).filter(([, value]) => value !== undefined)
    this.map(entries.length)
    for (const [key, value] of entries) {
      this.text(key)
      this.value(value)
    }
  }

  #head(
    length: number,
    fix: number | undefined,
    maxFix: number,
    code8: number | undefined,
    code16: number,
    code32: number,
  ): void {
    if (fix !== undefined && length <= maxFix) this.#uint8(fix + length)
    else if (code8 !== undefined && length <= 0xff) {
      this.#uint8(code8)
      this.#uint8(length)
    } else if (length <= 0xffff) {
      this.#uint8(code16)
      this.#uint16(length)
    } else {
      this.#uint8(code32)
      this.#uint32(length)
    }
  }

  #uint8(value: number): void {
    const at = this.#room(1)
    this.#bytes[at] = value
  }

  #uint16(value: number): void {
    const at = this.#room(2)
    this.#bytes.writeUInt16BE(value, at)
  }

  #uint32(value: number): void {
    const at = this.#room(4)
    this.#bytes.writeUInt32BE(value, at)
  }

  /** Where the next bytes are to be written; the buffer may be another from then on. */
  #room(length: number): number {
    const at = this.#length
    this.#length += length
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    return at
  }
}
