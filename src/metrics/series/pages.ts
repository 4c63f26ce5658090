/** Slots of the first page. Further pages double the whole, until a page has LARGEST slots; then all are alike. */
const FIRST = 4
const LARGEST = 1024
const FIRST_BITS = 31 - Math.clz32(FIRST)
const LARGEST_BITS = 31 - Math.clz32(LARGEST)
/** Pages 0 to this one hold the slots below LARGEST. */
const LAST_GROWING = LARGEST_BITS - FIRST_BITS

const EMPTY = new Float64Array(0)

/**
 * Numbers of a fixed count a slot, in pages that never move nor change their length: who holds one may go on writing
 * to it, and the pages could as well lie in shared memory.
 */
export class Pages {
  readonly width: number
  readonly #pages: Float64Array[] = []

  constructor(width: number) {
    this.width = width
  }

  /** The pages of a metric without labels: one slot, and never more. */
  static single(width: number): Pages {
    const pages = new Pages(width)
    pages.#pages.push(new Float64Array(width))
    return pages
  }

  page(slot: number): Float64Array {
    const index = slot < LARGEST ? 32 - Math.clz32(slot >> FIRST_BITS) : LAST_GROWING + (slot >> LARGEST_BITS)
    return this.#pages[index] ?? EMPTY
  }

  offset(slot: number): number {
    const before = slot < FIRST ? 0 : slot < LARGEST ? 1 << (31 - Math.clz32(slot)) : slot & -LARGEST
    return (slot - before) * this.width
  }

  /** Makes room for the slot after the last one, when there is none yet. */
  reach(slot: number): void {
    if (slot < this.#slots()) return
    const slots = slot === 0 ? FIRST : Math.min(slot, LARGEST)
    this.#pages.push(new Float64Array(slots * this.width))
  }

  clear(): void {
    this.#pages.length = 0
  }

  zero(slot: number): void {
    const from = this.offset(slot)
    this.page(slot).fill(0, from, from + this.width)
  }

  #slots(): number {
    const pages = this.#pages.length
    return pages === 0 ? 0 : pages <= LAST_GROWING + 1 ? FIRST << (pages - 1) : LARGEST * (pages - LAST_GROWING)
  }
}
