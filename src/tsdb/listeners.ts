import type { HistogramValue } from '../series/index.ts'
import type { Batch } from './batch.ts'
import type { Scrape } from './head/group.ts'
import type { Exemplar } from './head/exemplars.ts'

/** Samples that the store has just taken: sample i is of the series `refs[i]`. The arrays are the store's: copy what is to be kept. */
export interface Appended {
  readonly refs: ArrayLike<number>
  /** ms since the epoch. */
  readonly times: ArrayLike<number>
  /** 0 where there is a histogram. */
  readonly values: Float64Array
  /** ms; 0 unknown. Undefined: of none. */
  readonly starts: ArrayLike<number> | undefined
  /** By place. */
  readonly histograms: ReadonlyMap<number, HistogramValue>
  readonly exemplars: readonly { readonly ref: number; readonly exemplar: Exemplar }[]
}

export type AppendListener = (appended: Appended) => void

const NONE: Pick<Appended, 'histograms' | 'exemplars'> = { histograms: new Map(), exemplars: [] }

/** Who hears of samples that were taken. One that throws is not asked to be careful: it is a bug, and the appender's call throws. */
export class Listeners {
  readonly #listeners = new Set<AppendListener>()

  get size(): number {
    return this.#listeners.size
  }

  add(listener: AppendListener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  tellBatch(taken: Batch): void {
    if (taken.size + taken.exemplars.length > 0) for (const listener of this.#listeners) listener(taken)
  }

  /** Single samples of a scrape that were refused are among those told. */
  tellScrape({ at, refs, values, starts }: Scrape): void {
    if (this.#listeners.size === 0) return
    const times = new Float64Array(refs.length).fill(at)
    for (const listener of this.#listeners) listener({ refs, times, values, starts, ...NONE })
  }
}
