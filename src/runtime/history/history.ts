import { hostname } from 'node:os'
import type { Logger } from '../../logging/index.ts'
import type { RuleSet, RulesHost } from '../../alerting/index.ts'
import type { Registry } from '../../metrics/index.ts'
import type { Engine, QueryResult } from '../../promql/index.ts'
import { formatDuration, LabelSet, type Queryable } from '../../series/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import type { PathHandler } from '../api/api.ts'
import { BACKTEST } from '../backtest/backtest-paths.ts'
import type { Config } from '../config/config.ts'
import { linkBase } from '../config/server-url.ts'
import type { Ingestion, IngestionOptions } from '../ingest/ingestion.ts'
import { publishIngestion } from '../ingest/publish-ingestion.ts'
import { lateHandler } from '../late-handler.ts'
import type { Step } from '../loop.ts'
import type { RemoteWriters, RemoteWritersOptions } from '../remote-write/remote-writers.ts'
import { Rules } from '../rules/rules.ts'
import { OwnScrape } from '../scrape/own/own-scrape.ts'
import type { TargetStatus } from '../targets/status.ts'
import { publishStore } from './publish-store.ts'
import { QueryMeter } from './query-meter.ts'
import { StoreLog } from './store-log.ts'

/** Times are ms since the epoch, `step` is in ms. */
export type QueryTime =
  | { readonly at?: number }
  | { readonly start: number; readonly end: number; readonly step: number }

export interface HistoryOptions {
  readonly config: Config
  readonly store: Tsdb
  /** The store's, absolute; undefined when it is in memory. */
  readonly folder: string | undefined
  readonly metrics: Registry
  readonly log: Logger
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
  readonly onFault: (error: unknown) => void
  /** What the files of rules hold. */
  readonly ruleSets: readonly RuleSet[]
  /** What the names of the files are relative to. */
  readonly cwd: string
  /** Whether the service may have traffic. */
  readonly ready: () => boolean
  readonly extras: HistoryExtras
}

/** What only some configurations ask for; undefined where it is not loaded. */
export interface HistoryExtras {
  /** Answers queries in place of the store. */
  readonly backend: Queryable | undefined
  readonly createIngestion: ((options: IngestionOptions) => Ingestion) | undefined
  readonly createRemotes: ((options: RemoteWritersOptions) => RemoteWriters) | undefined
}

/** Of Prometheus's HTTP API. */
const API_PATHS = /^\/(?:api\/v1\/|federate$|-\/)/
/** How long a scrape may take before the loop goes on without it. */
const SCRAPE_TIMEOUT_MS = 10_000
/** Of the service's own scrapes. */
const LEAST_APART_MS = 500
/** How long the end waits for what is to be sent. */
const SEND_DEADLINE_MS = 5000
/** With a log that is synced at each append. */
const SYNCED_COMMIT_SAMPLES = 10_000

/** What the service remembers of itself: its metrics scraped into the store, and queries answered from there. */
export class History {
  readonly store: Tsdb
  readonly rules: Rules
  /** The Prometheus HTTP API over it, and the doors for samples of others. */
  readonly handlers: readonly PathHandler[]
  /** What a rule would have done, before it is one. */
  readonly backtest: PathHandler = lateHandler(BACKTEST, () => this.#createBacktest())
  readonly #remotes: RemoteWriters | undefined
  readonly #queryMeter: QueryMeter
  readonly #options: HistoryOptions
  readonly #log: StoreLog
  readonly #startedAt: number
  #engine: Promise<Engine> | undefined
  #scrape: OwnScrape | undefined
  #stepping: Promise<void> | undefined
  #scraping: Promise<void> | undefined
  #target: Pick<TargetStatus, 'labels' | 'scrapeUrl'> | undefined

  constructor(options: HistoryOptions) {
    const { config, store, folder, metrics, log, now, wallNow, onFault, extras } = options
    this.#options = options
    this.store = store
    this.#log = new StoreLog(store, log)
    this.#queryMeter = new QueryMeter(metrics, now)
    publishStore(metrics, store)
    const { ruleSets: sets, cwd } = options
    const query: RulesHost['query'] = async (expr, at, given) => (await this.#load()).instant(expr, at, given)
    this.rules = new Rules({ config, sets, cwd, query, store, metrics, log, now, wallNow })
    this.#startedAt = wallNow()
    const ingestion = extras.createIngestion?.({
      store,
      now,
      onFault,
      accept: [
        ...(config.ingest.remoteWrite ? ['remote-write' as const] : []),
        ...(config.ingest.otlp ? ['otlp' as const] : []),
      ],
      ...(config.store.fsync === 'always' ? { commitSamples: SYNCED_COMMIT_SAMPLES } : {}),
    })
    if (ingestion !== undefined) publishIngestion(metrics, ingestion)
    this.handlers = [
      ...(ingestion === undefined ? [] : [ingestion.handle]),
      lateHandler(API_PATHS, () => this.#createApi()),
    ]
    const targets = config.remoteWrite ?? []
    this.#remotes = extras.createRemotes?.({ targets, store, folder, metrics, log, wallNow })
  }

  /** From here on there is something to scrape. @param url of the admin server, if there is one. */
  async start(url: string | undefined): Promise<void> {
    this.#remotes?.start()
    const { config, store, metrics: registry, now } = this.#options
    const { externalUrl } = config.alerting
    await this.rules.start(externalUrl === undefined ? url : linkBase(externalUrl))
    if (!config.metrics.enabled) return
    const target = { job: config.service, instance: config.store.instance ?? instanceOf(config, url) }
    this.#scrape = new OwnScrape({ registry, store, target, now, pause: otherTurn })
    this.#target = { labels: LabelSet.of(target), scrapeUrl: `${url ?? ''}/metrics` }
  }

  /** What the loop is to do, scrape and rules every so many rounds. */
  steps({ scrape: rounds, rules }: { readonly scrape: number; readonly rules: number }): readonly Step[] {
    return [
      {
        name: 'store',
        // Not waited for: to write two hours of history takes a while.
        run: (at) => {
          this.#stepping ??= this.#step(at).finally(() => {
            this.#stepping = undefined
          })
        },
      },
      { name: 'scrape', rounds, timeoutMs: SCRAPE_TIMEOUT_MS, run: (at) => this.scrape(at) },
      { name: 'rules', rounds: rules, run: (at) => this.rules.step(at) },
    ]
  }

  /** One scrape of the service's own metrics; the one under way, if there is one, or none if the last has only just been. */
  async scrape(at: number): Promise<void> {
    const last = this.#scrape?.last?.at ?? -Infinity
    if (last <= at && at - last < LEAST_APART_MS) return
    this.#scraping ??= this.#scrape?.run(at).finally(() => {
      this.#scraping = undefined
    })
    await this.#scraping
  }

  /** @throws RangeError for a time that is none. */
  async query(expr: string, when: QueryTime, signal?: AbortSignal): Promise<QueryResult> {
    const { config, wallNow } = this.#options
    const options = { signal: signal ?? AbortSignal.timeout(config.query.timeoutMs) }
    const engine = await this.#load()
    if ('start' in when) return engine.range(expr, when.start, when.end, when.step, options)
    return engine.instant(expr, when.at ?? wallNow(), options)
  }

  /** The engine, for the first who asks: a service that nobody asks does without. */
  #load(): Promise<Engine> {
    const { config } = this.#options
    this.#engine ??= import('./metered-engine.ts').then(
      ({ MeteredEngine }) =>
        new MeteredEngine({
          queryable: this.#queryable,
          maxSamples: () => config.query.maxSamples,
          pause: otherTurn,
          meter: this.#queryMeter,
        }),
    )
    return this.#engine
  }

  get #queryable(): Queryable {
    return this.#options.extras.backend ?? this.store
  }

  async #createApi(): Promise<PathHandler> {
    const { createPrometheusApi } = await import('../api/api.ts')
    const { config, store, wallNow, onFault, ready } = this.#options
    return createPrometheusApi({
      engine: await this.#load(),
      queryable: this.#queryable,
      now: wallNow,
      onFault,
      ready,
      limits: {
        get queryConcurrency() {
          return config.query.concurrency
        },
        get timeoutMs() {
          return config.query.timeoutMs
        },
      },
      exemplars: (matchers, from, to) => store.exemplars(matchers, from, to),
      ruleGroups: () => this.rules.status,
      targets: () => ({ active: this.#targets(), dropped: [] }),
      flags: () => flagsOf(config),
      runtimeInfo: () => ({
        startTime: this.#startedAt,
        storageRetention: formatDuration(config.store.retentionMs),
        corruptions: store.stats.disk?.setAside.length ?? 0,
      }),
    })
  }

  async #createBacktest(): Promise<PathHandler> {
    const { backtestApi } = await import('../backtest/backtest-api.ts')
    const { wallNow: now, onFault } = this.#options
    return backtestApi({ engine: await this.#load(), queryable: this.#queryable, now, pause: otherTurn, onFault })
  }

  async #step(at: number): Promise<void> {
    try {
      await this.store.step(at)
      this.#log.step(at)
      this.#remotes?.step(at)
    } catch (error) {
      this.#options.onFault(error)
    }
  }

  #targets(): readonly TargetStatus[] {
    if (this.#target === undefined) return []
    const last = this.#scrape?.last
    const health = last === undefined ? 'unknown' : last.error === '' ? 'up' : 'down'
    const { service, store } = this.#options.config
    return [
      {
        ...this.#target,
        discoveredLabels: this.#target.labels,
        scrapePool: service,
        health,
        lastError: last?.error ?? '',
        lastScrape: last?.at,
        lastScrapeMs: last?.tookMs ?? 0,
        scrapeIntervalMs: store.intervalMs,
        scrapeTimeoutMs: SCRAPE_TIMEOUT_MS,
      },
    ]
  }

  /** To be called when the loop has stopped. */
  async close(): Promise<void> {
    this.rules.stop()
    this.#scrape?.end(this.#options.wallNow())
    await this.#stepping
    await this.#remotes?.stop(SEND_DEADLINE_MS)
    await this.store.close()
  }
}

/** Settings that Prometheus has too, by its names. */
function flagsOf({ admin, query, store }: Config): Readonly<Record<string, string>> {
  return {
    'query.max-concurrency': String(query.concurrency),
    'query.max-samples': String(query.maxSamples),
    'query.timeout': formatDuration(query.timeoutMs),
    'storage.tsdb.path': store.folder ?? '',
    'storage.tsdb.retention.size': `${store.maxBytes}B`,
    'storage.tsdb.retention.time': formatDuration(store.retentionMs),
    'web.listen-address': `${admin.host}:${admin.port}`,
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
