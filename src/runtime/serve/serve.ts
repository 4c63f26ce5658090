import { fileURLToPath } from 'node:url'
import { Health } from '../../health/index.ts'
import { createSystemReader } from '../../instrument/index.ts'
import { createLogger, type Logger, type RootLogger } from '../../logging/index.ts'
import { expose, Registry } from '../../metrics/index.ts'
import { node } from '../../packs/index.ts'
import { formatDuration, type LabelSet } from '../../series/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import { Admin } from '../admin/admin.ts'
import { createPrometheusApi, type PathHandler } from '../api/api.ts'
import type { ResolvedConfig } from '../config/config.ts'
import { type Environment, resolveConfig } from '../config/resolve.ts'
import { BoxmanError, ConfigError } from '../error.ts'
import { FaultLog } from '../fault-log.ts'
import { MeteredEngine } from '../history/metered-engine.ts'
import { publishStore } from '../history/publish-store.ts'
import { StoreLog } from '../history/store-log.ts'
import { createIngestion } from '../ingest/ingestion.ts'
import { Loop, type Step } from '../loop.ts'
import { publishBuildInfo } from '../publish.ts'
import { backgroundSteps } from '../steps.ts'
import { loadPrometheusConfig, NO_CONFIG, type PrometheusConfig } from '../targets/config/prometheus-config.ts'
import { Scrapers } from '../targets/scrapers.ts'
import { boxmanVersion } from '../version.ts'
import { lifecyclePaths } from './lifecycle.ts'
import { LoadedConfig } from './loaded-config.ts'
import { openData } from './open-data.ts'
import { flagsOf, type ServeOptions } from './options.ts'
import { OwnTarget } from './own-target.ts'
import { publishScrapes } from './publish-scrapes.ts'

/** A small Prometheus. */
export interface Server {
  readonly url: string
  /** Resolves when it was told to end over HTTP. */
  readonly quit: Promise<void>
  /** Reads the configuration again. What is wrong with it, if anything: then the old one goes on. */
  reload(): Promise<string | undefined>
  /** Ends it all; never rejects. */
  stop(): Promise<void>
}

const ROUND_MS = 1000
/** Of the rounds, those that read the process and the machine. */
const COLLECT_ROUNDS = 5
const CLOSE_DEADLINE_MS = 5000
/** Of the environment of a service, what also counts here; the rest are the flags. */
const VARIABLES = ['BOXMAN_LOG_LEVEL', 'BOXMAN_ADMIN_TOKEN', 'BOXMAN_ADMIN_ALLOW', 'BOXMAN_ADMIN_GUARD_PROBES']

/** @throws ConfigError, BoxmanError saying what to do; nothing is left running then. */
export async function createServer(options: ServeOptions, env: Environment = process.env): Promise<Server> {
  const settings = await settingsOf(options, env)
  const config = options.configFile === undefined ? NO_CONFIG : await loadPrometheusConfig(options.configFile, env)
  const store = await openData(options, config)
  try {
    const server = new Wiring({ options, settings, config, store, env })
    await server.start()
    return server
  } catch (error) {
    await store.close()
    throw error
  }
}

/** What the endpoints ask of a service's configuration. No file of the working directory counts. */
function settingsOf({ host, port }: ServeOptions, env: Environment): Promise<ResolvedConfig> {
  return resolveConfig({
    code: { service: 'boxman', version: boxmanVersion(), admin: { host, port } },
    env: Object.fromEntries(VARIABLES.map((name) => [name, env[name]])),
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  })
}

interface Parts {
  readonly options: ServeOptions
  readonly settings: ResolvedConfig
  readonly config: PrometheusConfig
  readonly store: Tsdb
  readonly env: Environment
}

class Wiring implements Server {
  readonly quit: Promise<void>
  readonly #parts: Parts
  readonly #loaded: LoadedConfig
  readonly #metrics = new Registry({ now: () => Date.now(), monotonicNow: () => performance.now() })
  readonly #log: RootLogger
  readonly #ownLog: Logger
  readonly #faults: FaultLog
  readonly #health = new Health({ now: () => Date.now() })
  readonly #scrapers: Scrapers
  readonly #own: OwnTarget
  readonly #admin: Admin
  readonly #loop: Loop
  readonly #startedAt = Date.now()
  #askToQuit: () => void = () => undefined
  #reloading: Promise<unknown> = Promise.resolve()
  #stopping: Promise<void> | undefined

  constructor(parts: Parts) {
    const { settings, store, config } = parts
    this.#parts = parts
    this.#loaded = new LoadedConfig(config, this.#startedAt)
    this.#log = createLogger({ service: settings.service, level: settings.log.level })
    this.#ownLog = this.#log.child('serve')
    this.#faults = new FaultLog(this.#ownLog, () => Date.now())
    this.quit = new Promise((resolve) => {
      this.#askToQuit = resolve
    })
    this.#scrapers = new Scrapers({
      store,
      userAgent: `boxman/${boxmanVersion()}`,
      now: () => performance.now(),
      wallNow: () => Date.now(),
      onFault: (detail) => this.#ownLog.warn({ detail }, 'A target, or a place to find some, cannot be had'),
    })
    this.#own = new OwnTarget({ registry: this.#metrics, store, now: () => performance.now() })
    this.#admin = new Admin({
      config: settings,
      boxmanVersion: boxmanVersion(),
      expose: (wanted) => expose(this.#metrics, { ...wanted, createdLines: false }),
      liveness: () => this.#health.liveness(),
      readiness: () => this.#health.readiness(),
      uptimeMs: () => Date.now() - this.#startedAt,
      handlers: this.#handlers(),
      onFault: (error) => this.#faults.record(error),
    })
    this.#loop = this.#createLoop()
    publishBuildInfo(this.#metrics, { version: boxmanVersion(), node: process.version }, {})
    publishStore(this.#metrics, store)
    publishScrapes(this.#metrics, this.#scrapers)
    this.#loaded.publish(this.#metrics)
  }

  get url(): string {
    return this.#admin.url ?? ''
  }

  async start(): Promise<void> {
    const { options, config } = this.#parts
    try {
      await this.#admin.listen()
    } catch (error) {
      throw new BoxmanError(`--listen ${options.host}:${options.port}: ${reasonOf(error)}`, { cause: error })
    }
    this.#admin.hold()
    this.#warn(config)
    await this.#apply(config)
    this.#loop.start()
    this.#ownLog.info({ url: this.url, jobs: config.jobs.length }, 'Boxman serves')
  }

  reload(): Promise<string | undefined> {
    // One after the other: the last one that was asked for is the one in force.
    const reloaded = this.#reloading.then(() => this.#reload())
    this.#reloading = reloaded
    return reloaded
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #reload(): Promise<string | undefined> {
    const { options, env } = this.#parts
    if (options.configFile === undefined) return undefined
    try {
      const config = await loadPrometheusConfig(options.configFile, env)
      await this.#apply(config)
      this.#loaded.take(config, Date.now())
      this.#warn(config)
      this.#ownLog.info({ jobs: config.jobs.length }, 'The configuration was loaded')
      return undefined
    } catch (error) {
      this.#loaded.refuse()
      const message = error instanceof ConfigError ? error.message : String(error)
      this.#ownLog.error({ err: error }, 'The configuration was refused; the one before goes on')
      return message
    }
  }

  async #apply(config: PrometheusConfig): Promise<void> {
    this.#own.configure(config, this.url)
    await this.#scrapers.apply(config.jobs)
  }

  #warn({ warnings }: PrometheusConfig): void {
    for (const warning of warnings) this.#ownLog.warn({ warning }, 'A key of the configuration has no effect')
  }

  async #stop(): Promise<void> {
    const phases: readonly (() => unknown)[] = [
      () => this.#health.setDraining(),
      () => this.#scrapers.stop(),
      () => this.#loop.stop(),
      () => this.#admin.close(CLOSE_DEADLINE_MS),
      () => this.#parts.store.close(),
      () => this.#ownLog.info('Boxman stopped'),
      () => this.#log.flush(),
    ]
    for (const phase of phases) {
      try {
        await phase()
      } catch (error) {
        this.#faults.record(error)
      }
    }
  }

  #handlers(): readonly PathHandler[] {
    const { options, settings, store } = this.#parts
    const limits = { samples: settings.query.maxSamples }
    const engine = new MeteredEngine({
      queryable: store,
      limits,
      metrics: this.#metrics,
      now: () => performance.now(),
      pause: otherTurn,
    })
    const loaded = this.#loaded
    const onFault = (error: unknown): void => this.#faults.record(error)
    const retention = formatDuration(options.retentionMs)
    const api = createPrometheusApi({
      engine,
      queryable: store,
      now: () => Date.now(),
      onFault,
      ready: async () => (await this.#health.readiness()).status !== 'fail',
      limits: { queryConcurrency: settings.query.concurrency, timeoutMs: settings.query.timeoutMs },
      exemplars: (matchers, from, to) => store.exemplars(matchers, from, to),
      targets: () => {
        const { active, dropped } = this.#scrapers.targets
        return { active: [...active, ...this.#own.statuses], dropped }
      },
      targetMetadata: (target) => this.#scrapers.metadataOf(target),
      configText: () => loaded.config.shown,
      flags: () => flagsOf(options, retention),
      runtimeInfo: () => ({
        startTime: this.#startedAt,
        configLoadedAt: loaded.at,
        configLoaded: loaded.isGood,
        corruptions: store.stats.disk?.setAside.length ?? 0,
        storageRetention: retention,
      }),
      get externalLabels(): LabelSet {
        return loaded.config.externalLabels
      },
    })
    const lifecycle = lifecyclePaths({
      enabled: options.lifecycle,
      reload: () => this.reload(),
      quit: () => this.#askToQuit(),
    })
    if (!options.receivesRemoteWrite) return [lifecycle, api]
    const ingestion = createIngestion({ store, now: () => performance.now(), onFault, accept: ['remote-write'] })
    return [lifecycle, ingestion.handle, api]
  }

  #createLoop(): Loop {
    const { settings, store } = this.#parts
    const storeLog = new StoreLog(store, this.#ownLog)
    const metrics = this.#metrics
    const failures = metrics.counter({
      name: 'boxman_runtime_step_failures_total',
      help: 'Steps of the background loop that threw, were late, or still hung from an earlier round.',
      labelNames: ['step'],
    })
    const steps: readonly Step[] = [
      {
        name: 'store',
        run: async (at) => {
          await store.step(at)
          storeLog.step(at)
        },
      },
      { name: 'discovery', run: (at) => this.#scrapers.step(at) },
      { name: 'own', timeoutMs: 10_000, run: (at) => this.#own.step(at) },
      ...backgroundSteps({
        thresholds: settings.thresholds,
        reader: createSystemReader(),
        now: () => performance.now(),
        node: node({ prefix: 'boxman' }).install(metrics),
        log: this.#ownLog,
        sweep: (at) => metrics.expire(at),
        rounds: COLLECT_ROUNDS,
      }),
    ]
    for (const { name } of steps) failures.labels({ step: name })
    return new Loop({
      steps,
      intervalMs: ROUND_MS,
      now: () => Date.now(),
      onFailure: (step) => failures.inc({ step }),
      warn: (step, reason, detail) => this.#ownLog.warn({ step, reason, detail }, 'A background step failed'),
    })
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return "it is already in use (9090 is also Prometheus's own default); name another one, 0 takes a free one"
    case 'EACCES':
      return 'this user may not listen there; name a port above 1023'
    case 'EADDRNOTAVAIL':
      return 'it is no address of this machine'
    case 'ENOTFOUND':
      return 'the host name is not known'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}

function otherTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
