import type { LabelSet } from '../../series/index.ts'

/** An observation that stands for many, with the trace that it came from among its labels. */
export interface Exemplar {
  readonly labels: LabelSet
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

interface Held {
  readonly ref: number
  readonly exemplar: Exemplar
}

/** The newest exemplars of all series; the oldest makes room. */
export class ExemplarRing {
  readonly #slots: (Held | undefined)[]
  #next = 0
  dropped = 0

  constructor(capacity: number) {
    this.#slots = Array.from({ length: capacity }, () => undefined)
  }

  add(ref: number, exemplar: Exemplar): void {
    if (this.#slots.length === 0 || this.#slots[this.#next] !== undefined) this.dropped++
    if (this.#slots.length === 0) return
    this.#slots[this.#next] = { ref, exemplar }
    this.#next = (this.#next + 1) % this.#slots.length
  }

  /** By series, oldest first; of the series that are `wanted`, each asked about once. */
  find(wanted: (ref: number) => boolean, from: number, to: number): Map<number, Exemplar[]> {
    const found = new Map<number, Exemplar[] | undefined>()
    for (let i = 0; i < this.#slots.length; i++) {
      const held = this.#slots[(this.#next + i) % this.#slots.length]
      if (held === undefined || !(held.exemplar.at >= from && held.exemplar.at <= to)) continue
      if (!found.has(held.ref)) found.set(held.ref, wanted(held.ref) ? [] : undefined)
      found.get(held.ref)?.push(held.exemplar)
    }
    return new Map(Array.from(found).flatMap(([ref, own]) => (own === undefined ? [] : [[ref, own] as const])))
  }
}
