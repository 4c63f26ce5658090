import { bucketsOf, type QueryResult } from '../../promql/index.ts'

/** What an expression came to: its series, or why there are none. */
export type LiveResult =
  | { readonly series: readonly LiveSeries[] }
  /** In words for whoever asked. */
  | { readonly error: string }

export interface LiveSeries {
  readonly labels: Readonly<Record<string, string>>
  /** Absent of a histogram. */
  readonly value?: number
  /** Of a native histogram. */
  readonly buckets?: readonly (readonly [from: number, to: number, count: number])[]
}

/** What watchers are told of every so often. */
export interface LiveTick {
  /** ms since the epoch. */
  readonly at: number
  /** How long until the next one, at least. */
  readonly everyMs: number
  readonly results: Readonly<Record<string, LiveResult>>
  /** By topic: it changes whenever there is something new to be read. */
  readonly changed: Readonly<Record<string, number | string>>
}

export interface Watcher {
  readonly queries: ReadonlySet<string>
  readonly tell: (tick: LiveTick) => void
}

export interface LiveFeedOptions {
  readonly query: (expr: string, at: number, signal: AbortSignal) => Promise<QueryResult>
  /** Brings the store up to date, out of turn. Default: it is left as it is. */
  readonly scrape?: ((at: number) => Promise<void>) | undefined
  /** By topic. */
  readonly versions: () => Readonly<Record<string, number | string>>
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Milliseconds of processor time that the process has taken. Default: `now`. */
  readonly cpu?: () => number
}

/** The page lives by seconds. */
const FASTEST_MS = 1000
const SLOWEST_MS = 15_000
/** Of the time, what watching may take at most: above it, it goes slower. */
const SHARE = 0.01
/** Rounds whose cost is remembered: half of them may have met with a busy process, and count for nothing. */
const ROUNDS = 5
/** The first rounds of a process take many times what the later ones do, as its code is not compiled yet: they tell little. */
const FIRST_ROUNDS = 10
const FIRST_ROUNDS_MS = 2000
/** Answers of a chart; more lines can't be told apart. */
const MAX_SERIES = 200
const QUERY_TIMEOUT_MS = 2000

/**
 * What the pages that are open ask, asked once for all of them. Nothing is done while nobody watches. While somebody does, the
 * service's own metrics are stored every second; as soon as that and the queries take more than a hundredth of the time, less often.
 */
export class LiveFeed {
  readonly stats: { ticks: number; queries: number; errors: number; busySeconds: number } = {
    ticks: 0,
    queries: 0,
    errors: 0,
    busySeconds: 0,
  }
  readonly #options: LiveFeedOptions
  readonly #watchers = new Set<Watcher>()
  #everyMs = FASTEST_MS
  readonly #costs: number[] = []
  #next = -Infinity

  constructor(options: LiveFeedOptions) {
    this.#options = options
  }

  get watchers(): number {
    return this.#watchers.size
  }

  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  /** Has the next step ask at once, for who has just come. */
  hurry(): void {
    this.#next = -Infinity
  }

  /** @param at ms since the epoch */
  async step(at: number): Promise<void> {
    if (this.#watchers.size === 0 || at < this.#next) return
    const { now, cpu = now } = this.#options
    const [begun, worked] = [now(), cpu()]
    const queries = new Set<string>()
    for (const watcher of this.#watchers) for (const query of watcher.queries) queries.add(query)
    if (queries.size > 0) await this.#options.scrape?.(at)
    const results = new Map<string, LiveResult>()
    for (const query of queries) results.set(query, await this.#ask(query, at))
    const changed = this.#options.versions()
    this.stats.ticks++
    for (const { queries: asked, tell } of this.#watchers) {
      const own: Record<string, LiveResult> = {}
      for (const query of asked) {
        const result = results.get(query)
        if (result !== undefined) own[query] = result
      }
      tell({ at, everyMs: this.#everyMs, results: own, changed })
    }
    // Either may hold what others did meanwhile.
    this.#slowDown(Math.min(now() - begun, cpu() - worked))
    // A beat of the loop may come a little early.
    this.#next = at + this.#everyMs - FASTEST_MS / 2
  }

  #slowDown(tookMs: number): void {
    this.stats.busySeconds += tookMs / 1000
    this.#costs.push(tookMs)
    if (this.#costs.length > ROUNDS) this.#costs.shift()
    const costMs = this.#costs.toSorted((a, b) => a - b)[(this.#costs.length - 1) >> 1] ?? 0
    const wanted = Math.ceil(costMs / SHARE / FASTEST_MS) * FASTEST_MS
    const slowest = this.stats.ticks < FIRST_ROUNDS ? FIRST_ROUNDS_MS : SLOWEST_MS
    this.#everyMs = Math.min(slowest, Math.max(FASTEST_MS, wanted))
  }

  async #ask(expr: string, at: number): Promise<LiveResult> {
    this.stats.queries++
    const result = await this.#options.query(expr, at, AbortSignal.timeout(QUERY_TIMEOUT_MS))
    if (!result.ok) {
      this.stats.errors++
      return { error: result.error.message }
    }
    const { value } = result
    switch (value.type) {
      case 'scalar':
        return { series: [{ labels: {}, value: value.value }] }
      case 'vector': {
        const series: LiveSeries[] = []
        for (const { labels, value: sample } of value.samples) {
          if (series.length >= MAX_SERIES) break
          const own = labels.toObject()
          series.push(
            typeof sample === 'number'
              ? { labels: own, value: sample }
              : { labels: own, buckets: bucketsOf(sample).map(({ lower, upper, count }) => [lower, upper, count]) },
          )
        }
        return { series }
      }
      case 'string':
      case 'matrix':
        return { error: `an instant query gave a ${value.type}` }
    }
  }
}
