import { hostname } from 'node:os'
import type { Logger } from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'
import type { Engine, QueryResult } from '../../promql/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import type { Config } from '../config/config.ts'
import type { Step } from '../loop.ts'
import { OwnScrape } from '../scrape/own/own-scrape.ts'
import { MeteredEngine } from './metered-engine.ts'
import { publishStore } from './publish-store.ts'
import { StoreLog } from './store-log.ts'

/** Times are ms since the epoch, `step` is in ms. */
export type QueryTime =
  | { readonly at?: number }
  | { readonly start: number; readonly end: number; readonly step: number }

export interface HistoryOptions {
  readonly config: Config
  readonly store: Tsdb
  readonly metrics: Registry
  readonly log: Logger
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
}

/** How long a scrape may take before the loop goes on without it. */
const SCRAPE_TIMEOUT_MS = 10_000

/** What the service remembers of itself: its metrics scraped into the store, and queries answered from there. */
export class History {
  readonly store: Tsdb
  readonly engine: Engine
  readonly #options: HistoryOptions
  readonly #log: StoreLog
  #scrape: OwnScrape | undefined

  constructor(options: HistoryOptions) {
    const { config, store, metrics, log, now } = options
    this.#options = options
    this.store = store
    this.#log = new StoreLog(store, log)
    const limits = { samples: config.query.maxSamples }
    this.engine = new MeteredEngine({ queryable: store, limits, pause: otherTurn, metrics, now })
    publishStore(metrics, store)
  }

  /** From here on there is something to scrape. @param url of the admin server, if there is one. */
  start(url: string | undefined): void {
    const { config, store, metrics: registry, now } = this.#options
    if (!config.metrics.enabled) return
    const target = { job: config.service, instance: config.store.instance ?? instanceOf(config, url) }
    this.#scrape = new OwnScrape({ registry, store, target, now, pause: otherTurn })
  }

  /** What the loop is to do, the scrape every so many rounds. */
  steps(rounds: number): readonly Step[] {
    return [
      {
        name: 'store',
        run: async (at) => {
          await this.store.step(at)
          this.#log.step(at)
        },
      },
      { name: 'scrape', rounds, timeoutMs: SCRAPE_TIMEOUT_MS, run: (at) => this.#scrape?.run(at) },
    ]
  }

  /** @throws RangeError for a time that is none. */
  query(expr: string, when: QueryTime): Promise<QueryResult> {
    const { config, wallNow } = this.#options
    const options = { signal: AbortSignal.timeout(config.query.timeoutMs) }
    if ('start' in when) return this.engine.range(expr, when.start, when.end, when.step, options)
    return this.engine.instant(expr, when.at ?? wallNow(), options)
  }

  /** To be called when the loop has stopped. */
  async close(): Promise<void> {
    this.#scrape?.end(this.#options.wallNow())
    await this.store.close()
  }
}

/** As a scraper on the network would call it: host and port. */
function instanceOf({ admin }: Config, url: string | undefined): string {
  if (url === undefined) return hostname()
  const anywhere = admin.host === '0.0.0.0' || admin.host === '::'
  const { host, port } = new URL(url)
  return anywhere ? `${hostname()}:${port}` : host
}

function otherTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
