import { LabelSet } from '../../../series/index.ts'
import type { AppendResult, ScrapeGroup, Tsdb } from '../../../tsdb/index.ts'
import type { Pairs } from './piece.ts'

/** What Prometheus says of each scrape besides what is on the page. */
export interface Facts {
  readonly up: 0 | 1
  readonly scrape_duration_seconds: number
  readonly scrape_samples_scraped: number
  readonly scrape_samples_post_metric_relabeling: number
  readonly scrape_series_added: number
}

const NAMES = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
] as const

/** How the scrapes went, as series of the store. */
export class Report {
  readonly #group: ScrapeGroup
  readonly #columns: readonly { readonly name: (typeof NAMES)[number]; readonly ref: number }[]

  constructor(store: Tsdb, target: Pairs) {
    this.#group = store.scrapeGroup()
    this.#columns = NAMES.flatMap((name) => {
      const ref = store.series(LabelSet.of([['__name__', name], ...target]))
      return ref === undefined ? [] : [{ name, ref }]
    })
  }

  append(at: number, facts: Facts): AppendResult {
    const refs = Uint32Array.from(this.#columns, ({ ref }) => ref)
    return this.#group.append(
      at,
      refs,
      Float64Array.from(this.#columns, ({ name }) => facts[name]),
    )
  }

  end(at: number): AppendResult {
    return this.#group.end(at)
  }
}
