import type { Severity } from '../levels.ts'
import type { Entry } from './delivery.ts'
import { Fifo } from './fifo.ts'

const SEGMENT_BYTES = 64 * 1024
const SEGMENT_LINES = 1024
/** A segment that is full keeps no more than a quarter of it empty. */
const LEAST_USED = 3 / 4

export interface PackedLinesOptions {
  /** Of all lines. */
  readonly level: Severity
  /** Of all lines. */
  readonly origin: string
  /** How many of the newest stay objects; all of them (Infinity) where none waits for long. */
  readonly unpacked: number
}

/** As many lines as fit into a piece of memory that the garbage collector does not move. */
class Segment {
  text: Buffer
  readonly at: Float64Array = new Float64Array(SEGMENT_LINES)
  readonly numbers: Float64Array = new Float64Array(SEGMENT_LINES)
  /** Where each line ends; the next begins there. */
  readonly ends: Uint32Array = new Uint32Array(SEGMENT_LINES)
  head = 0
  lines = 0

  constructor(bytes: number) {
    this.text = Buffer.allocUnsafeSlow(bytes)
  }

  startOf(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] ?? 0)
  }

  fits(bytes: number): boolean {
    return this.lines < SEGMENT_LINES && this.startOf(this.lines) + bytes <= this.text.length
  }

  push({ line, at, number }: Entry): void {
    const start = this.startOf(this.lines)
    this.ends[this.lines] = start + this.text.write(line, start)
    this.at[this.lines] = at
    this.numbers[this.lines] = number
    this.lines++
  }

  /** Nothing more is to come. */
  close(): void {
    const used = this.startOf(this.lines)
    if (used >= this.text.length * LEAST_USED) return
    const whole = this.text
    this.text = Buffer.allocUnsafeSlow(used)
    whole.copy(this.text, 0, 0, used)
  }

  empty(): void {
    this.head = 0
    this.lines = 0
  }
}

/**
 * Lines, first in, first out, in constant time. Those that wait for long are bytes outside of the heap: of thousands of objects the
 * collector would move each, in pauses of milliseconds.
 */
export class PackedLines {
  /** The oldest lines. */
  #segments: Segment[] = []
  #packed = 0
  /** One that has been read, for the next lines. */
  #spare: Segment | undefined
  #young = new Fifo<Entry>()
  readonly #options: PackedLinesOptions

  constructor(options: PackedLinesOptions) {
    this.#options = options
  }

  get length(): number {
    return this.#packed + this.#young.length
  }

  /** Of the oldest line; NaN when there is none. */
  get firstNumber(): number {
    const segment = this.#segments[0]
    return (segment === undefined ? this.#young.first?.number : segment.numbers[segment.head]) ?? NaN
  }

  /** Of the oldest line; 0 when there is none. */
  get firstBytes(): number {
    const segment = this.#segments[0]
    if (segment === undefined) return this.#young.first?.bytes ?? 0
    return (segment.ends[segment.head] ?? 0) - segment.startOf(segment.head)
  }

  push(line: Entry): void {
    this.#young.push(line)
    const oldest = this.#young.length > this.#options.unpacked ? this.#young.shift() : undefined
    if (oldest !== undefined) this.#pack(oldest)
  }

  /** Forgets the oldest line. */
  drop(): void {
    const segment = this.#segments[0]
    if (segment === undefined) {
      this.#young.shift()
      return
    }
    this.#packed--
    segment.head++
    if (segment.head < segment.lines) return
    this.#segments.shift()
    if (segment.text.length === SEGMENT_BYTES) this.#spare = segment
  }

  /** Takes the oldest line out. */
  shift(): Entry | undefined {
    const segment = this.#segments[0]
    if (segment === undefined) return this.#young.shift()
    const { head, text } = segment
    const start = segment.startOf(head)
    const end = segment.ends[head] ?? start
    const at = segment.at[head] ?? NaN
    const number = segment.numbers[head] ?? NaN
    this.drop()
    const { level, origin } = this.#options
    return { line: text.toString('utf8', start, end), level, at, origin, number, bytes: end - start }
  }

  clear(): void {
    this.#segments = []
    this.#packed = 0
    this.#spare = undefined
    this.#young = new Fifo()
  }

  #pack(line: Entry): void {
    let segment = this.#segments.at(-1)
    if (segment?.fits(line.bytes) !== true) {
      segment?.close()
      segment = this.#fresh(line.bytes)
      this.#segments.push(segment)
    }
    segment.push(line)
    this.#packed++
  }

  #fresh(bytes: number): Segment {
    if (bytes > SEGMENT_BYTES) return new Segment(bytes)
    const segment = this.#spare ?? new Segment(SEGMENT_BYTES)
    this.#spare = undefined
    segment.empty()
    return segment
  }
}
