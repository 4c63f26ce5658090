/** What is kept at most. */
export interface TailSize {
  readonly lines: number
  readonly bytes: number
}

interface KeptLine {
  readonly line: string
  /** How many had been kept before it. */
  readonly number: number
  readonly rank: number
}

/** The most that a character of a string takes in UTF-8. */
const BYTES_A_CHARACTER = 3
const MAX_LINES = 1_000_000
const MAX_BYTES = 2 ** 30

/**
 * Lines one after the other in one piece of memory, the oldest overwritten. As bytes, since texts that live for a while cost the garbage
 * collector more than all else of a line costs. The memory is taken with the first line.
 */
export class LineRing {
  readonly #size: TailSize
  #memory: Buffer | undefined
  readonly #starts: Uint32Array
  readonly #lengths: Uint32Array
  readonly #ranks: Uint8Array
  /** The place of the oldest line in the arrays. */
  #oldest = 0
  #lines = 0
  #bytes = 0
  /** Where the next line goes. */
  #end = 0
  /** How many have ever been kept: the number of the next one. */
  #next = 0
  dropped = 0

  /** @throws RangeError for a size that is none. */
  constructor(size: TailSize) {
    if (!(Number.isInteger(size.lines) && size.lines > 0 && size.lines <= MAX_LINES)) {
      throw new RangeError(`tail.lines: ${size.lines} must be a whole number from 1 to ${MAX_LINES}`)
    }
    if (!(Number.isInteger(size.bytes) && size.bytes > 0 && size.bytes <= MAX_BYTES)) {
      throw new RangeError(`tail.bytes: ${size.bytes} must be a whole number from 1 to ${MAX_BYTES}`)
    }
    this.#size = size
    this.#starts = new Uint32Array(size.lines)
    this.#lengths = new Uint32Array(size.lines)
    this.#ranks = new Uint8Array(size.lines)
  }

  get lines(): number {
    return this.#lines
  }

  get bytes(): number {
    return this.#bytes
  }

  get next(): number {
    return this.#next
  }

  push(line: string, rank: number): void {
    const room = line.length * BYTES_A_CHARACTER
    if (room > this.#size.bytes) {
      this.dropped++
      return
    }
    this.#memory ??= Buffer.allocUnsafeSlow(this.#size.bytes)
    if (this.#end + room > this.#size.bytes) {
      // What lies from here to the memory's end is the oldest there is.
      while (this.#lines > 0 && this.#startOf(0) >= this.#end) this.#drop()
      this.#end = 0
    }
    while (this.#lines > 0 && (this.#lines >= this.#size.lines || this.#isInTheWay(room))) this.#drop()
    const length = this.#memory.write(line, this.#end)
    const place = (this.#oldest + this.#lines) % this.#size.lines
    this.#starts[place] = this.#end
    this.#lengths[place] = length
    this.#ranks[place] = rank
    this.#end += length
    this.#bytes += length
    this.#lines++
    this.#next++
  }

  /** May be gone on with after lines have come: those that went meanwhile are passed over. */
  *newestFirst(): Generator<KeptLine> {
    for (let number = this.#next - 1; number >= this.#next - this.#lines; number--) {
      const place = (this.#oldest + number - (this.#next - this.#lines)) % this.#size.lines
      const start = this.#starts[place] ?? 0
      const line = this.#memory?.toString('utf8', start, start + (this.#lengths[place] ?? 0)) ?? ''
      yield { line, rank: this.#ranks[place] ?? 0, number }
    }
  }

  #startOf(i: number): number {
    return this.#starts[(this.#oldest + i) % this.#size.lines] ?? 0
  }

  #isInTheWay(room: number): boolean {
    const start = this.#startOf(0)
    return start >= this.#end && start < this.#end + room
  }

  #drop(): void {
    this.#bytes -= this.#lengths[this.#oldest] ?? 0
    this.#oldest = (this.#oldest + 1) % this.#size.lines
    this.#lines--
    this.dropped++
  }
}
