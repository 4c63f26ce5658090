/** Shares of the ceiling from which on less is recorded: children of what is not kept so far, all children, everything. */
const [UNKEPT_CHILDREN, CHILDREN] = [0.8, 0.9]

/** What all spans that are not decided yet may hold together. */
export class SpanPool {
  readonly #maxSpans: number
  readonly #maxBytes: number
  spans = 0
  bytes = 0

  constructor(maxSpans: number, maxBytes: number) {
    this.#maxSpans = maxSpans
    this.#maxBytes = maxBytes
  }

  get hasRoomForRoot(): boolean {
    return this.spans < this.#maxSpans && this.bytes < this.#maxBytes
  }

  hasRoomFor(bytes: number): boolean {
    return this.bytes + bytes <= this.#maxBytes
  }

  hasRoomForChild(kept: boolean): boolean {
    const full = Math.max(this.spans / this.#maxSpans, this.bytes / this.#maxBytes)
    return full < UNKEPT_CHILDREN || (full < CHILDREN && kept)
  }
}
