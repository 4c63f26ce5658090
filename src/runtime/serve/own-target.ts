import type { Registry } from '../../metrics/index.ts'
import { LabelSet } from '../../series/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import { OwnScrape } from '../scrape/own/own-scrape.ts'
import type { PrometheusConfig } from '../targets/config/prometheus-config.ts'
import type { TargetStatus } from '../targets/status.ts'

interface OwnTargetParts {
  readonly registry: Registry
  readonly store: Tsdb
  /** Milliseconds that never go back. */
  readonly now: () => number
}

/** The job of the server itself; a configuration with a job of this name has it instead. */
const JOB = 'boxman'
const LEAST_APART_MS = 500

/** The server as a target of its own, scraped straight from its cells. */
export class OwnTarget {
  readonly #parts: OwnTargetParts
  #intervalMs = 0
  #isOn = false
  #labels: LabelSet = LabelSet.EMPTY
  #url = ''
  #scrape: OwnScrape | undefined
  #running: Promise<void> | undefined
  #next = -Infinity

  constructor(parts: OwnTargetParts) {
    this.#parts = parts
  }

  get intervalMs(): number {
    return this.#intervalMs
  }

  get statuses(): readonly TargetStatus[] {
    if (!this.#isOn) return []
    const last = this.#scrape?.last
    return [
      {
        discoveredLabels: this.#labels,
        labels: this.#labels,
        scrapePool: JOB,
        scrapeUrl: `${this.#url}/metrics`,
        health: last === undefined ? 'unknown' : last.error === '' ? 'up' : 'down',
        lastError: last?.error ?? '',
        lastScrape: last?.at,
        lastScrapeMs: last?.tookMs ?? 0,
        scrapeIntervalMs: this.#intervalMs,
        scrapeTimeoutMs: this.#intervalMs,
      },
    ]
  }

  configure({ jobs, ownIntervalMs }: PrometheusConfig, url: string): void {
    this.#intervalMs = ownIntervalMs
    this.#isOn = jobs.every(({ jobName }) => jobName !== JOB)
    this.#url = url
    this.#labels = LabelSet.of({ job: JOB, instance: new URL(url).host })
  }

  async step(at: number): Promise<void> {
    if (!this.#isOn) {
      this.#scrape?.end(at)
      this.#scrape = undefined
      return
    }
    if (at < this.#next && at >= this.#next - this.#intervalMs) return
    this.#next = at - (at % this.#intervalMs) + this.#intervalMs
    await this.scrape(at)
  }

  /** Out of turn, unless the last one has only just been. */
  async scrape(at: number): Promise<void> {
    const last = this.#scrape?.last?.at ?? -Infinity
    if (!this.#isOn || (last <= at && at - last < LEAST_APART_MS)) return
    this.#scrape ??= new OwnScrape({ ...this.#parts, target: this.#labels.toObject(), pause: otherTurn })
    this.#running ??= this.#scrape.run(at).finally(() => {
      this.#running = undefined
    })
    await this.#running
  }
}

function otherTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
