import type { Summary } from '../instrument.ts'
import type { Child, Home } from '../series/series.ts'
import type { SlidingSketch } from '../window/sliding-sketch.ts'
import { refuseObservation } from './histogram.ts'
import { startStopwatch } from './stopwatch.ts'

/** Its row: count and sum, always of now, then the quantiles, as of the last tick. */
export class SummaryChild implements Summary, Child {
  readonly #home: Home
  readonly #make: () => SlidingSketch
  #sketch: SlidingSketch
  #page: Float64Array
  #at: number
  /** What the row's quantiles were worked out from. */
  #shown = 0

  constructor(home: Home, slot: number, make: () => SlidingSketch) {
    this.#home = home
    this.#make = make
    this.#sketch = make()
    this.#page = home.page(slot)
    this.#at = home.offset(slot)
    this.restart(home.createdAt(slot))
  }

  observe(value: number): void {
    if (!Number.isFinite(value)) refuseObservation(this.#home.name, value)
    const page = this.#page
    const at = this.#at
    this.#sketch.add(value)
    page[at] = (page[at] ?? 0) + 1
    page[at + 1] = (page[at + 1] ?? 0) + value
  }

  startTimer(): () => number {
    const elapsed = startStopwatch(this.#home)
    return () => {
      const value = elapsed()
      this.observe(value)
      return value
    }
  }

  tick(at: number): void {
    const count = this.#page[this.#at] ?? 0
    if (this.#sketch.tick(at) === 0 && count === this.#shown) return
    this.#shown = count
    this.#show()
  }

  restart(at: number): void {
    this.#sketch = this.#make()
    this.#sketch.tick(at)
    this.#shown = 0
    this.#show()
  }

  detach(): void {
    this.#page = this.#home.scratch
    this.#at = 0
  }

  #show(): void {
    this.#home.quantiles.forEach((q, i) => {
      this.#page[this.#at + 2 + i] = this.#sketch.quantile(q) ?? NaN
    })
  }
}

export function checkQuantiles(name: string, quantiles: readonly number[]): readonly number[] {
  const refused = quantiles.find((q, i) => !(q >= 0 && q <= 1) || quantiles.indexOf(q) !== i)
  if (refused === undefined) return [...quantiles]
  throw new RangeError(`${name}: quantile ${refused} must be from 0 to 1, and there once`)
}
