import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Health } from '../../health/index.ts'
import { createLogger, createRedactor, type Logger, type RootLogger } from '../../logging/index.ts'
import { expose, Registry } from '../../metrics/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import { servingProblem } from '../admin/access/binding.ts'
import { publishRefusals } from '../admin/access/refusals.ts'
import { Admin } from '../admin/admin.ts'
import { offerLogin } from '../admin/offer-login.ts'
import { Forwarder } from '../alerting/forward/forwarder.ts'
import { peerAt, peerOf } from '../alerting/forward/peers.ts'
import { openAlerting, type OpenAlerting } from '../alerting/open-alerting.ts'
import { Outward } from '../alerting/outward.ts'
import { postedAlert } from '../alerting/post-outgoing.ts'
import type { ResolvedConfig } from '../config/config.ts'
import { LateConsole } from '../console/late-console.ts'
import { publishConsole } from '../console/publish-console.ts'
import { type Environment, resolveConfig } from '../config/resolve.ts'
import { BoxmanError, ConfigError } from '../error.ts'
import { FaultLog } from '../fault-log.ts'
import { backendOf } from '../history/backend.ts'
import { MeteredEngine } from '../history/metered-engine.ts'
import { publishStore } from '../history/publish-store.ts'
import { QueryMeter } from '../history/query-meter.ts'
import { loggerOptions } from '../logs/logger-options.ts'
import type { Loop } from '../loop.ts'
import { publishBuildInfo } from '../publish.ts'
import { loadPrometheusConfig, NO_CONFIG, type PrometheusConfig } from '../targets/config/prometheus-config.ts'
import { Scrapers } from '../targets/scrapers.ts'
import { boxmanVersion } from '../version.ts'
import { createBackground } from './background.ts'
import { handlersOf } from './handlers.ts'
import { listenFault } from './listen-fault.ts'
import { LoadedConfig } from './loaded-config.ts'
import { openData } from './open-data.ts'
import type { ServeOptions } from './options.ts'
import { OwnTarget } from './own-target.ts'
import { publishScrapes } from './publish-scrapes.ts'
import { RemoteWrites } from './remote-writes.ts'
import { readRuleFiles, type RuleFiles } from './rule-files.ts'
import { Rules } from './rules.ts'
import { serveConsole } from './serve-console.ts'

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

const CLOSE_DEADLINE_MS = 5000
/** Of the environment of a service, what also counts here; the rest are the flags. */
const VARIABLES = [
  'BOXMAN_LOG_LEVEL',
  'BOXMAN_ADMIN_TOKEN',
  'BOXMAN_ADMIN_TOKENS',
  'BOXMAN_ADMIN_BASIC',
  'BOXMAN_ADMIN_TLS',
  'BOXMAN_ADMIN_ALLOW',
  'BOXMAN_ADMIN_GUARD_PROBES',
  'BOXMAN_ADMIN_HOSTS',
  'BOXMAN_ADMIN_ORIGINS',
  'BOXMAN_ADMIN_INSECURE',
  'BOXMAN_QUERY_BACKEND',
  'BOXMAN_QUERY_BACKEND_TOKEN',
  'BOXMAN_QUERY_BACKEND_TENANT',
]

const now = (): number => performance.now()
const wallNow = (): number => Date.now()

/**
 * @param onOpen called when all that is kept was read, which may take long, and before anything is told or answered.
 * @throws ConfigError, BoxmanError saying what to do; nothing is left running then.
 */
export async function createServer(
  options: ServeOptions,
  env: Environment = process.env,
  onOpen: () => void = () => undefined,
): Promise<Server> {
  const settings = await settingsOf(options, env)
  const unguarded = servingProblem(settings.admin)
  if (unguarded !== undefined) throw new BoxmanError(unguarded)
  const config = await configOf(options, env)
  const rules = await readRuleFiles(config.ruleFiles, options.rules)
  const store = await openData(options, config)
  const server = new Wiring({ options, settings, config, store, env })
  try {
    await server.start(rules, onOpen)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** What the endpoints ask of a service's configuration. No file of the working directory counts. */
function settingsOf({ host, port, queryBackend, insecure }: ServeOptions, env: Environment): Promise<ResolvedConfig> {
  const variables = Object.fromEntries(VARIABLES.map((name) => [name, env[name]]))
  return resolveConfig({
    code: { service: 'boxman', version: boxmanVersion(), admin: { host, port, ...(insecure ? { insecure } : {}) } },
    env: { ...variables, ...(queryBackend === undefined ? {} : { BOXMAN_QUERY_BACKEND: queryBackend }) },
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  })
}

async function configOf({ configFile }: ServeOptions, env: Environment): Promise<PrometheusConfig> {
  return configFile === undefined ? NO_CONFIG : loadPrometheusConfig(configFile, env)
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
  readonly #log: RootLogger
  readonly #ownLog: Logger
  readonly #faults: FaultLog
  readonly #health = new Health({ now: wallNow })
  readonly #scrapers: Scrapers
  readonly #own: OwnTarget
  readonly #rules: Rules
  readonly #remoteWrites: RemoteWrites
  readonly #forwarder: Forwarder
  readonly #outward: Outward
  readonly #console: LateConsole
  #alerting: OpenAlerting | undefined
  readonly #metrics: Registry
  readonly #redact: (text: string) => string
  readonly #admin: Admin
  readonly #loop: Loop
  #askToQuit: () => void = () => undefined
  #reloading: Promise<unknown> = Promise.resolve()
  #serving = false
  #stopping: Promise<void> | undefined

  constructor(parts: Parts) {
    const { options, settings, store, config } = parts
    const startedAt = wallNow()
    const metrics = (this.#metrics = new Registry({ now: wallNow, monotonicNow: now }))
    const redactor = createRedactor()
    this.#redact = (text) => redactor.text(text)
    this.#parts = parts
    this.#loaded = new LoadedConfig(config, startedAt)
    this.#log = createLogger({ ...loggerOptions(settings), now: wallNow })
    this.#ownLog = this.#log.child('serve')
    this.#faults = new FaultLog(this.#ownLog, wallNow)
    this.quit = new Promise((resolve) => {
      this.#askToQuit = resolve
    })
    const onFault = (error: unknown): void => this.#faults.record(error)
    const queryable = backendOf(settings) ?? store
    const engine = new MeteredEngine({
      queryable,
      maxSamples: () => settings.query.maxSamples,
      pause: otherTurn,
      meter: new QueryMeter(metrics, now),
    })
    const scrapers = (this.#scrapers = new Scrapers({
      store,
      userAgent: `boxman/${boxmanVersion()}`,
      now,
      wallNow,
      onFault: (detail) => this.#ownLog.warn({ detail }, 'A target, or a place to find some, cannot be had'),
    }))
    const own = (this.#own = new OwnTarget({ registry: metrics, store, now }))
    const rules = (this.#rules = new Rules({
      engine,
      store,
      log: this.#ownLog,
      onAlerts: (alerts, source) => {
        this.#outward.send(alerts, source)
        this.#alerting?.alerting.post(alerts.map(postedAlert))
      },
      now,
      config: () => this.#loaded.config,
      url: () => this.#externalUrl,
    }))
    this.#forwarder = new Forwarder({
      metrics,
      log: this.#ownLog,
      now: wallNow,
      redact: this.#redact,
      url: () => this.#externalUrl,
    })
    const outward = (this.#outward = new Outward({
      forwarder: this.#forwarder,
      heartbeat: options.heartbeat && {
        target: options.heartbeat,
        service: settings.service,
        metrics,
        log: this.#ownLog,
        now: wallNow,
      },
      watch: undefined,
      alerting: () => this.#alerting?.alerting,
      groups: () => rules.status,
    }))
    this.#remoteWrites = new RemoteWrites(store, options.folder)
    this.#console = new LateConsole(() =>
      serveConsole({
        settings,
        boxmanVersion: boxmanVersion(),
        startedAt,
        engine,
        own,
        rules,
        health: this.#health,
        alerting: () => this.#alerting?.alerting,
        redactor,
        now,
        wallNow,
      }),
    )
    this.#admin = new Admin({
      config: settings,
      boxmanVersion: boxmanVersion(),
      expose: (wanted) => expose(metrics, { ...wanted, createdLines: false }),
      health: this.#health,
      uptimeMs: () => wallNow() - startedAt,
      answersQueries: true,
      handlers: [
        this.#console.handle,
        async (request, response, path) => (await this.#alerting?.handle(request, response, path)) ?? false,
        ...handlersOf({
          options,
          settings,
          store,
          queryable,
          engine,
          scrapers,
          own,
          rules,
          onFault,
          loaded: this.#loaded,
          ready: () => this.#health.readiness().status !== 'fail',
          reload: () => this.reload(),
          quit: () => this.#askToQuit(),
        }),
      ],
      onFault,
      onRefused: publishRefusals(metrics),
    })
    this.#loop = createBackground({
      settings,
      store,
      metrics,
      scrapers,
      rules,
      own,
      outward,
      console: this.#console,
      log: this.#ownLog,
    })
    publishConsole(metrics, this.#console)
    publishBuildInfo(metrics, { version: boxmanVersion(), node: process.version }, {})
    publishStore(metrics, store)
    publishScrapes(metrics, scrapers)
    for (const part of [this.#loaded, rules, this.#remoteWrites]) part.publish(metrics)
  }

  get url(): string {
    return this.#admin.url ?? ''
  }

  /** Where people reach it. */
  get #externalUrl(): string {
    return this.#parts.options.externalUrl ?? this.url
  }

  async start(rules: RuleFiles, onOpen: () => void): Promise<void> {
    const { options, config } = this.#parts
    this.#alerting = await this.#openAlerting()
    // The first who posts an alert waits for nothing to be loaded.
    await Promise.all([this.#admin.load(), this.#alerting?.load()])
    onOpen()
    try {
      await this.#admin.listen()
    } catch (error) {
      throw listenFault(options.host, options.port, error)
    }
    this.#admin.hold()
    await this.#alerting?.alerting.start()
    if (this.#alerting !== undefined) this.#health.check(this.#alerting.check)
    await this.#apply(config, rules)
    this.#loop.start()
    this.#serving = true
    this.#ownLog.info({ url: this.url, jobs: config.jobs.length }, 'Boxman serves')
    offerLogin(this.#admin)
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
    try {
      const config = await configOf(options, env)
      const rules = await readRuleFiles(config.ruleFiles, options.rules)
      const tellOthers = await this.#alerting?.alerting.prepareReload()
      await this.#apply(config, rules)
      await tellOthers?.()
      this.#ownLog.info({ jobs: config.jobs.length }, 'The configuration was loaded')
      return undefined
    } catch (error) {
      this.#loaded.refuse()
      this.#ownLog.error({ err: error }, 'The configuration was refused; the one before goes on')
      return error instanceof ConfigError ? error.message : String(error)
    }
  }

  #openAlerting(): Promise<OpenAlerting> | undefined {
    const { alertmanagerConfigFile: file, folder } = this.#parts.options
    if (file === undefined) return undefined
    return openAlerting({
      file,
      cwd: process.cwd(),
      folder: folder === undefined ? undefined : path.join(folder, 'alerting'),
      now,
      wallNow,
      metrics: this.#metrics,
      isAlertmanager: true,
      log: this.#ownLog,
      redact: this.#redact,
      onFault: (error) => this.#faults.record(error),
      url: () => this.#externalUrl,
    })
  }

  /** All of it, or none. @throws ConfigError */
  async #apply(config: PrometheusConfig, rules: RuleFiles): Promise<void> {
    const sendElsewhere = this.#remoteWrites.prepare(config)
    this.#loaded.take(config, wallNow())
    this.#forward(config)
    this.#rules.load(rules.sets, wallNow())
    this.#own.configure(config, this.url)
    await sendElsewhere()
    await this.#scrapers.apply(config.jobs)
    for (const warning of config.warnings) this.#ownLog.warn({ warning }, 'A key of the configuration has no effect')
    for (const pattern of rules.unmatched) this.#ownLog.warn({ pattern }, 'No file of rules matches')
  }

  #forward({ alerting, externalLabels }: PrometheusConfig): void {
    const { alertmanagerUrls = [] } = this.#parts.options
    const peers = [...alertmanagerUrls.map((url) => peerOf({ url }, '.')), ...alerting.alertmanagers.map(peerAt)]
    this.#forwarder.configure({ peers, externalLabels, relabel: alerting.alertRelabel })
  }

  async #stop(): Promise<void> {
    const phases: readonly (() => unknown)[] = [
      () => this.#health.setDraining(),
      () => this.#scrapers.stop(),
      () => this.#loop.stop(),
      () => this.#rules.stop(),
      () => this.#remoteWrites.stop(),
      () => this.#outward.stop(),
      () => this.#alerting?.alerting.stop(),
      () => this.#console.end(),
      () => this.#admin.close(CLOSE_DEADLINE_MS),
      () => this.#parts.store.close(),
      () => this.#serving && this.#ownLog.info('Boxman stopped'),
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
}

function otherTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
