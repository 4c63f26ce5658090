import type { MetricMetadata } from '../../series/index.ts'
import type { ScrapeConfig } from './config/scrape-config.ts'
import { type PoolParts, type PoolStats, ScrapePool } from './scrape-pool.ts'
import type { DroppedTarget, TargetStatus } from './status.ts'

/** How long a job that changed may look for its targets before those that it had are taken for gone. */
const HANDOVER_MS = 5000

/** All jobs of a configuration. */
export class Scrapers {
  readonly stats: PoolStats = { scrapes: 0, failures: 0, duplicates: 0, refused: 0, discoveryFailures: 0 }
  readonly #parts: PoolParts
  #pools: ReadonlyMap<string, ScrapePool> = new Map()

  constructor(parts: Omit<PoolParts, 'stats'>) {
    this.#parts = { ...parts, stats: this.stats }
  }

  /** Sorted by job. */
  get targets(): { readonly active: readonly TargetStatus[]; readonly dropped: readonly DroppedTarget[] } {
    const pools = Array.from(this.#pools.values()).sort((a, b) => (a.config.jobName < b.config.jobName ? -1 : 1))
    return { active: pools.flatMap(({ active }) => active), dropped: pools.flatMap(({ dropped }) => dropped) }
  }

  /** What the pages of a target say of its metrics, by name. */
  metadataOf({ scrapePool, labels }: TargetStatus): ReadonlyMap<string, MetricMetadata> {
    return this.#pools.get(scrapePool)?.metadataOf(labels) ?? new Map<string, never>()
  }

  /** From now on these jobs; one that is as it was goes on undisturbed. */
  async apply(jobs: readonly ScrapeConfig[]): Promise<void> {
    const before = this.#pools
    const pools = new Map<string, ScrapePool>()
    for (const job of jobs) {
      const known = before.get(job.jobName)
      pools.set(job.jobName, known?.config.identity === job.identity ? known : new ScrapePool(job, this.#parts))
    }
    this.#pools = pools
    const at = Math.round(this.#parts.wallNow())
    const fresh = Array.from(pools.values()).filter((pool) => before.get(pool.config.jobName) !== pool)
    await within(HANDOVER_MS, Promise.all(fresh.map((pool) => pool.step(at))))
    const ended = Array.from(before.values()).filter((pool) => pools.get(pool.config.jobName) !== pool)
    await Promise.all(ended.map((pool) => pool.stop(Math.round(this.#parts.wallNow()), pools.get(pool.config.jobName))))
  }

  /** Looks for targets where it is time to look. Not waited for: a place that hangs must not keep the others. */
  step(at: number): void {
    for (const pool of this.#pools.values()) void pool.step(at)
  }

  /** Series are not marked as ended: whoever goes on scraping goes on with them. */
  async stop(): Promise<void> {
    await Promise.all(Array.from(this.#pools.values(), (pool) => pool.stop()))
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, deadline])
  clearTimeout(timer)
}
