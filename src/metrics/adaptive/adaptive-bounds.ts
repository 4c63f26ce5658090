import type { Mergeable } from '../merge/aggregate.ts'
import { CoarseReader } from './coarse-reader.ts'
import type { Grid } from './grid.ts'
import { refit, type Shown } from './refit.ts'

/** So many observations settle the first choice, however soon. */
const ENOUGH_AT_FIRST = 1000
/** Fewer new ones are no reason to think again. */
const LEAST_NEWS = 100
/** A bound stays for so many intervals. */
const KEPT_INTERVALS = 6

/**
 * Which bounds of a fine histogram its page shows. Each series counts into all points of the grid, so a bound's count is
 * exact from the moment that it is shown, as if it had always been; all series of the metric have the same bounds.
 * Decides by the metric's whole distribution, in which the past counts a quarter as much with every interval.
 */
export class AdaptiveBounds {
  readonly #fine: Mergeable
  readonly #grid: Grid
  readonly #weights: Float64Array
  /** All observations as of the last look. */
  #known: Float64Array
  #shown: readonly Shown[]
  #reader: CoarseReader
  #decidedAt: number
  #isFirst = true

  constructor(fine: Mergeable, grid: Grid, at: number) {
    this.#fine = fine
    this.#grid = grid
    this.#weights = new Float64Array(grid.points.length + 1)
    this.#known = new Float64Array(grid.points.length + 1)
    this.#shown = grid.fixed.map((index) => ({ index, since: Infinity }))
    this.#reader = this.#read()
    this.#decidedAt = at
  }

  /** Another one whenever the bounds change. */
  get reader(): Mergeable {
    return this.#reader
  }

  /** Learns the time, in ms since the epoch, before a collection. */
  tick(at: number): void {
    const { intervalMs, maxBounds } = this.#grid
    const isDue = at - this.#decidedAt >= intervalMs
    if (!isDue && !this.#isFirst) return
    const all = this.#total()
    const news = all.map((count, step) => Math.max(0, count - (this.#known[step] ?? 0)))
    const wereRemoved = sumOf(all) < sumOf(this.#known)
    if (wereRemoved) this.#known = all
    if (isDue) this.#decidedAt = at
    if (wereRemoved || sumOf(news) < (isDue ? LEAST_NEWS : ENOUGH_AT_FIRST)) return
    this.#decidedAt = at
    this.#isFirst = false
    this.#known = all
    news.forEach((count, step) => {
      this.#weights[step] = (this.#weights[step] ?? 0) / 4 + count
    })
    const shown = refit(this.#shown, { weights: this.#weights, maxBounds, at, keepMs: KEPT_INTERVALS * intervalMs })
    if (shown === this.#shown) return
    this.#shown = shown
    this.#reader = this.#read()
  }

  #read(): CoarseReader {
    return new CoarseReader(
      this.#fine,
      this.#shown.map(({ index }) => index),
    )
  }

  #total(): Float64Array {
    const all = new Float64Array(this.#weights.length)
    const fine = this.#fine
    for (let slot = 0; slot < fine.slots; slot++) {
      if (fine.epoch(slot) === 0) continue
      const page = fine.page(slot)
      const from = fine.offset(slot)
      for (let i = 0; i < all.length; i++) all[i] = (all[i] ?? 0) + (page[from + i] ?? 0)
    }
    return all
  }
}

function sumOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
