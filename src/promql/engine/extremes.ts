import type { Row } from './row.ts'

interface Candidate {
  readonly row: Row
  readonly value: number
}

/**
 * The highest (sign 1) or lowest (sign -1) values among those offered; NaN only when there is nothing else. It is Prometheus's heap,
 * the least wanted on top, so that of equal values the same ones are kept, and in the same order.
 */
export class Extremes {
  readonly #sign: 1 | -1
  readonly #limit: number
  readonly #heap: Candidate[] = []

  constructor(sign: 1 | -1, limit: number) {
    this.#sign = sign
    this.#limit = limit
  }

  offer(row: Row, value: number): void {
    const heap = this.#heap
    const [top] = heap
    if (heap.length < this.#limit) {
      heap.push({ row, value })
      this.#up(heap.length - 1)
    } else if (top !== undefined && this.#less(top.value, value) && !Number.isNaN(value)) {
      heap[0] = { row, value }
      this.#down()
    }
  }

  /** The most wanted first. */
  inOrder(): readonly Row[] {
    return this.#heap
      .sort((a, b) => {
        const [x, y] = [a.value, b.value]
        if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
        return this.#less(y, x) ? -1 : this.#less(x, y) ? 1 : 0
      })
      .map(({ row }) => row)
  }

  /** Whether `a` is wanted less. */
  #less(a: number, b: number): boolean {
    return Number.isNaN(a) || (this.#sign > 0 ? a < b : a > b)
  }

  #up(from: number): void {
    const heap = this.#heap
    for (let i = from; i > 0;) {
      const parent = (i - 1) >> 1
      const [own, above] = [heap[i], heap[parent]]
      if (own === undefined || above === undefined || !this.#less(own.value, above.value)) return
      heap[i] = above
      heap[parent] = own
      i = parent
    }
  }

  #down(): void {
    const heap = this.#heap
    for (let i = 0; ;) {
      const left = 2 * i + 1
      const [first, second] = [heap[left], heap[left + 1]]
      if (first === undefined) return
      const child = second !== undefined && this.#less(second.value, first.value) ? left + 1 : left
      const [own, below] = [heap[i], heap[child]]
      if (own === undefined || below === undefined || !this.#less(below.value, own.value)) return
      heap[i] = below
      heap[child] = own
      i = child
    }
  }
}
