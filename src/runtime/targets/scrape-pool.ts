import type { LabelSet, MetricMetadata } from '../../series/index.ts'
import type { ScrapeConfig } from './config/scrape-config.ts'
import { Discovery } from './discovery/discovery.ts'
import { HttpClient } from './http-client.ts'
import { ScrapeLoop } from './scrape/scrape-loop.ts'
import type { Store } from './scrape/store.ts'
import { type ScrapeStats, TargetScraper } from './scrape/target-scraper.ts'
import type { DroppedTarget, TargetStatus } from './status.ts'
import { type Target, targetsOf } from './target.ts'

export interface PoolParts {
  /** Counted into. */
  readonly stats: PoolStats
  readonly store: Store
  readonly userAgent: string
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
  /** Told of targets that cannot be, and of places to find them that fail. */
  readonly onFault: (detail: string) => void
}

export interface PoolStats extends ScrapeStats {
  discoveryFailures: number
}

/** Kept for showing when the job states no `keep_dropped_targets`. */
const MAX_DROPPED = 10_000

/** One job: its targets, found and scraped. */
export class ScrapePool {
  readonly config: ScrapeConfig
  readonly #parts: PoolParts
  readonly #client: HttpClient
  readonly #discovery: Discovery
  readonly #loops = new Map<string, ScrapeLoop>()
  #dropped: readonly DroppedTarget[] = []
  #faults: ReadonlySet<string> = new Set()
  #stopped = false

  constructor(config: ScrapeConfig, parts: PoolParts) {
    this.config = config
    this.#parts = parts
    this.#client = new HttpClient(config.client)
    this.#discovery = new Discovery(config, parts.userAgent, (detail) => {
      parts.stats.discoveryFailures++
      parts.onFault(detail)
    })
  }

  get active(): readonly TargetStatus[] {
    return Array.from(this.#loops.values(), ({ scraper }) => scraper.status)
  }

  get dropped(): readonly DroppedTarget[] {
    return this.#dropped
  }

  /** What the pages of the targets with these labels say of their metrics, by name. */
  metadataOf(labels: LabelSet): ReadonlyMap<string, MetricMetadata> | undefined {
    for (const { target, scraper } of this.#loops.values()) if (target.labels.equals(labels)) return scraper.metadata
    return undefined
  }

  /** Looks for targets where it is time to look. */
  async step(at: number): Promise<void> {
    if (!this.#stopped) await this.#discovery.step(at, () => this.#sync())
  }

  /** `at`: the job is gone, and its series end then, but for those of targets that `heir` has. */
  async stop(at?: number, heir?: ScrapePool): Promise<void> {
    this.#stopped = true
    this.#discovery.close()
    const lives = new Set(heir?.active.map(({ labels }) => labels.key))
    await Promise.all(
      Array.from(this.#loops.values(), (loop) => loop.stop(lives.has(loop.target.labels.key) ? undefined : at)),
    )
    this.#client.close()
  }

  #sync(): void {
    if (this.#stopped) return
    const { targets, dropped, faults } = this.#find()
    for (const fault of faults) if (!this.#faults.has(fault)) this.#parts.onFault(`${this.config.jobName}: ${fault}`)
    this.#faults = faults
    this.#dropped = dropped
    for (const [key, loop] of this.#loops) {
      if (targets.has(key)) continue
      this.#loops.delete(key)
      void loop.stop(Math.round(this.#parts.wallNow()))
    }
    const { targets: limit } = this.config.limits
    const barred =
      limit > 0 && targets.size > limit
        ? `target_limit exceeded (number of targets: ${targets.size}, limit: ${limit})`
        : undefined
    for (const [key, target] of targets) {
      const loop = this.#loops.get(key) ?? this.#begin(key, target)
      loop.scraper.barred = barred
    }
  }

  #begin(key: string, target: Target): ScrapeLoop {
    const { store, userAgent, now, wallNow, stats } = this.#parts
    const scraper = new TargetScraper(target, this.config, { store, userAgent, now, stats, client: this.#client })
    const loop = new ScrapeLoop(target, scraper, wallNow)
    this.#loops.set(key, loop)
    loop.start()
    return loop
  }

  #find(): {
    readonly targets: ReadonlyMap<string, Target>
    readonly dropped: readonly DroppedTarget[]
    readonly faults: ReadonlySet<string>
  } {
    const targets = new Map<string, Target>()
    const dropped: DroppedTarget[] = []
    const faults = new Set<string>()
    const most = this.config.limits.droppedTargets || MAX_DROPPED
    for (const found of this.#discovery.groups.flatMap((group) => targetsOf(group, this.config))) {
      switch (found.kind) {
        case 'target':
          targets.set(found.target.key, found.target)
          break
        case 'dropped':
          if (dropped.length < most)
            dropped.push({ discoveredLabels: found.discoveredLabels, scrapePool: this.config.jobName })
          break
        case 'refused':
          faults.add(found.reason)
          break
      }
    }
    return { targets, dropped, faults }
  }
}
