import type { MetricMetadata } from '../../../series/index.ts'
import { scrapeAccept } from '../../../wire/index.ts'
import type { ScrapeConfig } from '../config/scrape-config.ts'
import type { HttpClient } from '../http-client.ts'
import type { TargetStatus } from '../status.ts'
import type { Target } from '../target.ts'
import { PageWriter, type WriteStats } from './page-writer.ts'
import type { Store } from './store.ts'

export interface ScraperParts {
  readonly store: Store
  readonly client: HttpClient
  readonly userAgent: string
  /** Counted into. */
  readonly stats: ScrapeStats
  /** Milliseconds that never go back. */
  readonly now: () => number
}

export interface ScrapeStats extends WriteStats {
  scrapes: number
  failures: number
}

/** Of a job without `body_size_limit`. */
const MAX_BODY_BYTES = 256 * 2 ** 20

/** Asks one target for its page and stores it. */
export class TargetScraper {
  /** Why no scrape can be good, whatever the target answers. */
  barred: string | undefined
  readonly #target: Target
  readonly #config: ScrapeConfig
  readonly #parts: ScraperParts
  readonly #writer: PageWriter
  readonly #headers: Readonly<Record<string, string>>
  readonly #ending = new AbortController()
  #last: Pick<TargetStatus, 'health' | 'lastError' | 'lastScrape' | 'lastScrapeMs'> = {
    health: 'unknown',
    lastError: '',
    lastScrape: undefined,
    lastScrapeMs: 0,
  }

  constructor(target: Target, config: ScrapeConfig, parts: ScraperParts) {
    this.#target = target
    this.#config = config
    this.#parts = parts
    this.#writer = new PageWriter(parts.store, config, target.labels, parts.now, parts.stats)
    this.#headers = {
      accept: scrapeAccept(config.protocols).replaceAll('escaping=allow-utf-8', `escaping=${config.escaping}`),
      'accept-encoding': config.compression ? 'gzip' : 'identity',
      'user-agent': parts.userAgent,
      'x-prometheus-scrape-timeout-seconds': String(target.timeoutMs / 1000),
    }
  }

  get status(): TargetStatus {
    const { discoveredLabels, labels, url, intervalMs, timeoutMs } = this.#target
    return {
      discoveredLabels,
      labels,
      scrapePool: this.#config.jobName,
      scrapeUrl: url,
      scrapeIntervalMs: intervalMs,
      scrapeTimeoutMs: timeoutMs,
      ...this.#last,
    }
  }

  get metadata(): ReadonlyMap<string, MetricMetadata> {
    return this.#writer.metadata
  }

  /** One scrape, whose samples are of `at`, ms since the epoch. Never rejects for what a target does. */
  async scrape(at: number): Promise<void> {
    const begun = this.#parts.now()
    const error = await this.#scrape(at, begun)
    if (this.#ending.signal.aborted) return
    this.#parts.stats.scrapes++
    if (error !== undefined) this.#parts.stats.failures++
    const lastScrapeMs = this.#parts.now() - begun
    this.#last = { health: error === undefined ? 'up' : 'down', lastError: error ?? '', lastScrape: at, lastScrapeMs }
  }

  /** Gives up what is under way. With a time: the target is gone, and its series end then. */
  end(at: number | undefined): void {
    this.#ending.abort()
    if (at !== undefined) this.#writer.end(at)
  }

  async #scrape(at: number, begun: number): Promise<string | undefined> {
    const { signal } = this.#ending
    if (this.barred !== undefined) {
      this.#writer.miss(at, begun)
      return this.barred
    }
    const { url, timeoutMs } = this.#target
    const maxBytes = this.#config.limits.bodyBytes || MAX_BODY_BYTES
    const answer = await this.#parts.client.get({ url, headers: this.#headers, timeoutMs, maxBytes, signal })
    if (signal.aborted) return undefined
    if (!answer.ok) {
      this.#writer.miss(at, begun)
      return answer.detail
    }
    const { fault } = await this.#writer.write(answer.body, answer.contentType, at, begun, signal)
    return fault
  }
}
