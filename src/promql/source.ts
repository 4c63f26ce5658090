import { byteLength } from './utf8.ts'

/** Half-open, in bytes of UTF-8, as Prometheus counts. */
export interface Span {
  readonly start: number
  readonly end: number
}

export function spanOf(start: number, end: number): Span {
  return Object.freeze({ start, end })
}

/** A query's text, with the bytes that its units stand at. */
export class Source {
  readonly text: string
  readonly byteLength: number
  /** The byte of every unit; undefined when the text is ASCII and both are the same. */
  readonly #bytes: Uint32Array | undefined

  constructor(text: string) {
    this.text = text
    if (isAscii(text)) {
      this.byteLength = text.length
      return
    }
    const bytes = new Uint32Array(text.length + 1)
    let byte = 0
    for (let unit = 0; unit < text.length;) {
      const char = text.codePointAt(unit) ?? 0
      const units = char > 0xffff ? 2 : 1
      bytes.fill(byte, unit, unit + units)
      unit += units
      byte += byteLength(char)
    }
    bytes[text.length] = byte
    this.#bytes = bytes
    this.byteLength = byte
  }

  byteOf(unit: number): number {
    return this.#bytes?.[unit] ?? unit
  }

  unitOf(byte: number): number {
    if (this.#bytes === undefined) return byte
    let low = 0
    let high = this.text.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#bytes[middle] ?? 0) < byte) low = middle + 1
      else high = middle
    }
    return low
  }

  isSpaceAt(byte: number): boolean {
    return isSpace(this.text.charCodeAt(this.unitOf(byte)))
  }

  /** `line:column`, both from one, the column in bytes; an empty query has no places. */
  place(byte: number): string {
    if (this.text === '') return 'unknown position'
    const before = this.text.slice(0, this.unitOf(byte))
    const lineStart = before.lastIndexOf('\n') + 1
    return `${before.split('\n').length}:${byte - this.byteOf(lineStart) + 1}`
  }
}

export function isSpace(char: number): boolean {
  return char === 0x20 || char === 0x09 || char === 0x0a || char === 0x0d
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}
