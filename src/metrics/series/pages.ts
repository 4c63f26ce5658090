/** Slots of the first page. Further pages double the whole, until a page has LARGEST slots; then all are alike. */
const FIRST = 4
const LARGEST = 1024
const FIRST_BITS = 31 - Math.clz32(FIRST)
const LARGEST_BITS = 31 - Math.clz32(LARGEST)
/** Pages 0 to this one hold the slots below LARGEST. */
const LAST_GROWING = LARGEST_BITS - FIRST_BITS

const EMPTY = new Float64Array(0)

/** Which page a slot is on. */
export function pageIndex(slot: number): number {
  return slot < LARGEST ? 32 - Math.clz32(slot >> FIRST_BITS) : LAST_GROWING + (slot >> LARGEST_BITS)
}

/** Which of its page's slots it is. */
export function slotInPage(slot: number): number {
  return slot - (slot < FIRST ? 0 : slot < LARGEST ? 1 << (31 - Math.clz32(slot)) : slot & -LARGEST)
}

export function slotsOfPage(index: number): number {
  return index === 0 ? FIRST : index > LAST_GROWING ? LARGEST : FIRST << (index - 1)
}

/** Finds memory for a page's numbers; undefined: there is no more. */
export type Allocate = (index: number, numbers: number) => Float64Array | undefined

const allocatePrivately: Allocate = (_index, numbers) => new Float64Array(numbers)

/**
 * Numbers of a fixed count a slot, in pages that never move nor change their length: who holds one may go on writing
 * to it, and the pages may as well lie in shared memory.
 */
export class Pages {
  readonly width: number
  readonly #allocate: Allocate
  readonly #pages: Float64Array[] = []

  constructor(width: number, allocate: Allocate = allocatePrivately) {
    this.width = width
    this.#allocate = allocate
  }

  /** The pages of a metric without labels: one slot, and never more. */
  static single(width: number, allocate: Allocate = allocatePrivately): Pages {
    const pages = new Pages(width, allocate)
    pages.#push(width)
    return pages
  }

  page(slot: number): Float64Array {
    return this.#pages[pageIndex(slot)] ?? EMPTY
  }

  offset(slot: number): number {
    return slotInPage(slot) * this.width
  }

  /** Makes room for the slot after the last one, when there is none yet. False: there is no more memory. */
  reach(slot: number): boolean {
    return slot < this.#slots() || this.#push(slotsOfPage(this.#pages.length) * this.width)
  }

  clear(): void {
    this.#pages.length = 0
  }

  zero(slot: number): void {
    const from = this.offset(slot)
    this.page(slot).fill(0, from, from + this.width)
  }

  #push(numbers: number): boolean {
    const page = this.#allocate(this.#pages.length, numbers)
    if (page !== undefined) this.#pages.push(page)
    return page !== undefined
  }

  #slots(): number {
    const pages = this.#pages.length
    return pages === 0 ? 0 : pages <= LAST_GROWING + 1 ? FIRST << (pages - 1) : LARGEST * (pages - LAST_GROWING)
  }
}
