import type { Bucket } from './family.ts'
import type { Counter, Gauge, Histogram } from './instrument.ts'

export class CounterCell implements Counter {
  readonly #name: string
  value = 0

  constructor(name: string) {
    this.#name = name
  }

  inc(by = 1): void {
    if (!(by >= 0 && by < Infinity)) throw new RangeError(`${this.#name}: inc(${by}) must be a finite number >= 0`)
    this.value += by
  }
}

export class GaugeCell implements Gauge {
  readonly #name: string
  value = 0

  constructor(name: string) {
    this.#name = name
  }

  set(value: number): void {
    if (typeof value !== 'number') throw new TypeError(`${this.#name}: set(${String(value)}) must be a number`)
    this.value = value
  }

  inc(by = 1): void {
    if (!Number.isFinite(by)) throw new RangeError(`${this.#name}: inc(${by}) must be a finite number`)
    this.value += by
  }

  dec(by = 1): void {
    if (!Number.isFinite(by)) throw new RangeError(`${this.#name}: dec(${by}) must be a finite number`)
    this.value -= by
  }
}

export class HistogramCell implements Histogram {
  readonly #name: string
  readonly #bounds: readonly number[]
  /** One count a bound and one for what lies above them all; not cumulative. */
  readonly #counts: Float64Array
  sum = 0

  constructor(name: string, bounds: readonly number[]) {
    this.#name = name
    this.#bounds = bounds
    this.#counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`${this.#name}: observe(${value}) must be a finite number`)
    let i = 0
    while (i < this.#bounds.length && value > (this.#bounds[i] ?? Infinity)) i++
    this.#counts[i] = (this.#counts[i] ?? 0) + 1
    this.sum += value
  }

  buckets(): Bucket[] {
    let count = 0
    return Array.from(this.#counts, (own, i) => ({ le: this.#bounds[i] ?? Infinity, count: (count += own) }))
  }
}

/** Finite upper bounds, ascending. A final Infinity is dropped: every histogram has that bucket. */
export function checkBounds(name: string, buckets: readonly number[]): readonly number[] {
  const bounds = buckets.at(-1) === Infinity ? buckets.slice(0, -1) : [...buckets]
  const ascending = bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > (bounds[i - 1] ?? bound)))
  if (bounds.length === 0 || !ascending) {
    throw new RangeError(`${name}: buckets [${buckets.join(', ')}] must be finite, ascending and at least one`)
  }
  return bounds
}
