import type { Scrape } from './head/group.ts'
import type { AppendResult } from './refusal.ts'

type Append = (scrape: Scrape) => AppendResult

/** Series that are read together, again and again: what a scrape of one target is. */
export class ScrapeGroup {
  readonly #append: Append
  readonly #nothing = new Uint32Array(0)

  /** Made by `Tsdb.scrapeGroup()`. */
  constructor(append: Append) {
    this.#append = append
  }

  /**
   * One scrape at `at`, ms since the epoch: `values[i]` is of the series `refs[i]`. All are copied. The same references in the
   * same order as last time cost a copy of the row and no more; a series of the last scrape that is missing gets a stale
   * marker, which is counted as appended.
   * @throws RangeError when the arrays are not equally long.
   */
  append(at: number, refs: Uint32Array, values: Float64Array, startTimes?: Float64Array): AppendResult {
    if (refs.length !== values.length || (startTimes !== undefined && startTimes.length !== refs.length)) {
      throw new RangeError(
        `a scrape of ${refs.length} references, ${values.length} values and ${startTimes?.length ?? 'no'} start times: the arrays must be equally long`,
      )
    }
    return this.#append({ at, refs, values, starts: startTimes })
  }

  /** The target is gone: every series of the last scrape gets a stale marker. */
  end(at: number): AppendResult {
    return this.#append({ at, refs: this.#nothing, values: new Float64Array(0), starts: undefined })
  }
}
