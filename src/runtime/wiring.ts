import {
  createSystemReader,
  type RequestScope,
  type RequestStart,
  type RouteInstrument,
  type SystemReading,
} from '../instrument/index.ts'
import type { AlertingConfig } from '../alerting/index.ts'
import { Health } from '../health/index.ts'
import type { Logger, LogTail, Redactor, RootLogger } from '../logging/index.ts'
import { expose, OffRegistry, Registry } from '../metrics/index.ts'
import type { Listing, NodeMetrics, Pack } from '../packs/index.ts'
import type { QueryResult } from '../promql/index.ts'
import { createIdSource, suppressInstrumentation, type Tracer } from '../tracing/index.ts'
import type { Tsdb } from '../tsdb/index.ts'
import { publishRefusals } from './admin/access/refusals.ts'
import { Admin } from './admin/admin.ts'
import { offerLogin } from './admin/offer-login.ts'
import type { AlertingDoor } from './alerting/door.ts'
import type { OpenAlerting } from './alerting/open-alerting.ts'
import type { Outward } from './alerting/outward.ts'
import { postedAlert } from './alerting/post-outgoing.ts'
import { cadenceOf } from './cadence.ts'
import { LateConsole } from './console/late-console.ts'
import { publishConsole } from './console/publish-console.ts'
import { consoleOf } from './console/service-console.ts'
import type { ConfigChange, ResolvedConfig } from './config/config.ts'
import { Reconfiguration } from './config/reconfiguration.ts'
import { linkBase } from './config/server-url.ts'
import type { Settings } from './config/settings.ts'
import type { Change } from './config/settings.ts'
import { Diagnostics } from './diagnostics/diagnostics.ts'
import type { Snapshot, SnapshotGroup } from './diagnostics/snapshot.ts'
import { BoxmanError } from './error.ts'
import { type ServiceErrors, serviceErrors } from './errors/service-errors.ts'
import { FaultLog } from './fault-log.ts'
import type { History, QueryTime } from './history/history.ts'
import type { OpenHistory } from './history/open-history.ts'
import { Instruments } from './instruments.ts'
import type { Capture } from './logs/capture.ts'
import { Logs } from './logs/logs.ts'
import { Loop } from './loop.ts'
import { alertingOf, alertsOutward, outwardOf } from './optional-parts.ts'
import { ownLevels, ownTotals } from './own-totals.ts'
import { publishBuildInfo, publishLevels, publishOverflow, publishStepTimes, publishTotals } from './publish.ts'
import { Exit, type ExitOptions } from './health/exit.ts'
import { configCheck } from './alerting/config-check.ts'
import { checkDurations, publishBreakers, publishHealth } from './health/publish-health.ts'
import { logCheck } from './health/log-check.ts'
import { type Checks, readyMadeChecks } from './health/ready-made.ts'
import { thresholdChecks } from './health/threshold-checks.ts'
import type { Shipping } from './shipping/shipping.ts'
import { Signals } from './signals.ts'
import { backgroundSteps } from './steps.ts'
import type { Rules } from './rules/rules.ts'
import type { FoundApi } from './traces/open-telemetry.ts'
import type { CreateSpanSender } from './traces/span-sender.ts'
import { tellParts } from './tell-parts.ts'
import { Traces } from './traces/traces.ts'
import { boxmanVersion } from './version.ts'
import type { Boxman, Host } from './boxman.ts'

const CLOSE_DEADLINE_MS = 5000
const SPANS_DEADLINE_MS = 2000
const FLUSH_DEADLINE_MS = 1000
/** How often it is looked whether rules are due. */
const RULES_STEP_MS = 1000
/** How often it is looked whether health checks are due. */
const HEALTH_STEP_MS = 1000
/** How often it is looked whether configuration and secrets have changed. */
const CONFIG_STEP_MS = 1000

/** All parts of one service, and what each of them gets of the others. */
export class Wiring implements Boxman {
  readonly config: ResolvedConfig
  readonly metrics: Registry
  readonly health: Health
  readonly checks: Checks
  readonly log: RootLogger
  readonly redactor: Redactor
  readonly node: NodeMetrics
  readonly instrument: Instruments
  readonly admin: Admin
  readonly #logs: Logs
  readonly #history: History | undefined
  readonly #traces: Traces | undefined
  readonly #shipping: Shipping | undefined
  readonly #ownLog: Logger
  readonly #faults: FaultLog
  readonly #signals: Signals
  readonly #errors: ServiceErrors
  readonly #diagnostics: Diagnostics
  readonly #console: LateConsole
  readonly #loop: Loop
  readonly #reconfiguration: Reconfiguration
  readonly #now: () => number
  readonly #openAlerting: () => Promise<OpenAlerting | undefined>
  readonly #packs = new Set<Pack<unknown>>()
  readonly #listings: Listing[] = []
  readonly #openOutward: () => Promise<Outward | undefined>
  #alerting: OpenAlerting | undefined
  #outward: Outward | undefined
  #reading: SystemReading = {}
  #stopping: Promise<void> | undefined

  constructor(
    settings: Settings,
    {
      wallNow,
      now,
      logDestination: destination,
      history,
      createSpanSender,
      cwd,
      openTelemetry,
      shipping,
      redactor,
      config,
      given,
    }: Pick<Host, 'wallNow' | 'now' | 'logDestination' | 'cwd'> & {
      readonly history: OpenHistory | undefined
      readonly createSpanSender: CreateSpanSender | undefined
      readonly openTelemetry: FoundApi | undefined
      readonly shipping: Shipping | undefined
      readonly redactor: Redactor
      /** That of the settings, safely named. */
      readonly config: ResolvedConfig
      /** Of code, in place of an alertmanager.yml. */
      readonly given: AlertingConfig | undefined
    },
  ) {
    const { constantLabels, prefix } = config
    const startedAt = wallNow()
    this.config = config
    this.redactor = redactor
    const redact = (text: string): string => redactor.text(text)
    this.#shipping = shipping
    const { enabled, maxSeriesPerMetric, maxValuesPerLabel } = config.metrics
    this.metrics = enabled
      ? new Registry({ maxSeriesPerMetric, maxValuesPerLabel, constantLabels, redact, now: wallNow, monotonicNow: now })
      : new OffRegistry()
    this.#now = now
    this.#logs = new Logs({ config, wallNow, destination, sinks: shipping?.sinks ?? [], redactor })
    this.log = this.#logs.root
    this.#ownLog = this.logger('boxman')
    this.#reconfiguration = new Reconfiguration({ settings, metrics: this.metrics, log: this.#ownLog, wallNow })
    this.#faults = new FaultLog(this.#ownLog, wallNow)
    const onFault = (error: unknown): void => this.#faults.record(error)
    const durations = checkDurations(this.metrics)
    this.health = new Health({
      now: wallNow,
      monotonicNow: now,
      timeoutMs: config.health.timeoutMs,
      cacheMs: config.health.cacheMs,
      redact,
      // None of the request that asked, and nothing to be measured as the application's.
      around: suppressInstrumentation,
      onRun: (check, durationMs) => durations.observe({ check }, durationMs / 1000),
      onChange: (result, before) => logCheck(this.#ownLog, result, before),
    })
    this.#errors = serviceErrors({ config, metrics: this.metrics, log: this.log, redact, wallNow })
    this.node = this.#errors.node
    this.#signals = new Signals(this.metrics, prefix, () => config.metrics.eventLoop)
    this.#diagnostics = new Diagnostics({
      config,
      boxmanVersion: boxmanVersion(),
      metrics: this.metrics,
      eventLoop: () => this.#signals.eventLoop,
      system: () => this.#reading,
      errors: this.node.errors,
      traces: () => this.#traces?.store,
      redact,
      wallNow,
      now,
    })
    this.#traces = config.tracing.enabled
      ? new Traces({
          config,
          boxmanVersion: boxmanVersion(),
          redactor,
          now,
          wallNow,
          onProblem: (detail) => this.#ownLog.warn({ detail }, 'Spans could not be sent'),
          createSender: createSpanSender,
          openTelemetry,
          onNoBridge: (detail) => this.#ownLog.warn({ detail }, 'Spans of OpenTelemetry are not taken'),
        })
      : undefined
    this.instrument = new Instruments({
      tracer: this.#traces?.tracer,
      config,
      metrics: this.metrics,
      log: this.log,
      redact,
      ids: createIdSource(),
      now,
      wallNow,
      onFault,
      cwd,
      recorders: [this.#diagnostics.requests.record],
      failures: this.#errors.requests,
    })
    this.#history = history?.create({
      metrics: this.metrics,
      log: this.#ownLog,
      now,
      wallNow,
      onFault,
      ready: () => this.health.readiness().status !== 'fail',
    })
    const { externalUrl } = config.alerting
    const around = {
      config,
      cwd,
      wallNow,
      metrics: this.metrics,
      log: this.#ownLog,
      redact,
      url: () => (externalUrl === undefined ? (this.admin.url ?? '') : linkBase(externalUrl)),
    }
    this.#openAlerting = () =>
      alertingOf({ ...around, given, now, onFault, ruleGroups: () => this.rules?.status ?? [] })
    this.#openOutward = () =>
      outwardOf({ ...around, alerting: () => this.#alerting?.alerting, groups: () => this.rules?.status ?? [] })
    this.#console = new LateConsole(() =>
      consoleOf({
        config,
        boxmanVersion: boxmanVersion(),
        startedAt,
        packs: this.#packs,
        listings: this.#listings,
        logTail: this.logTail,
        traces: this.#traces?.store,
        errors: this.node.errors,
        health: this.health,
        history: this.#history,
        alerting: () => this.alerting,
        breakers: () => this.instrument.breakers,
        changes: () => this.#reconfiguration.recent,
        redactor,
        now,
        wallNow,
      }),
    )
    this.admin = new Admin({
      config,
      boxmanVersion: boxmanVersion(),
      redactor,
      // Prometheus would store each `_created` line as a series; it reads the same from protobuf for nothing.
      expose: (wanted) => expose(this.metrics, { ...wanted, createdLines: false }),
      health: this.health,
      reconfigure: (patch, client) => this.#reconfiguration.change(patch, { source: 'api', client }),
      recentChanges: () => this.#reconfiguration.recent,
      breakers: () => this.instrument.breakers,
      uptimeMs: () => this.#diagnostics.uptimeMs,
      diagnostics: this.#diagnostics,
      answersQueries: this.#history !== undefined,
      links: this.#logs.links,
      handlers: [
        this.#console.handle,
        this.#logs.handle,
        // Before alerting, which takes all of its paths.
        ...(this.#history === undefined ? [] : [this.#history.backtest]),
        async (request, response, path) => (await this.#alerting?.handle(request, response, path)) ?? false,
        ...(this.#traces === undefined ? [] : [this.#traces.handle]),
        ...(this.#history?.handlers ?? []),
      ],
      onFault,
      onRefused: publishRefusals(this.metrics),
      now,
      wallNow,
      cwd,
    })
    this.checks = readyMadeChecks({ system: () => this.#reading, lagMs: () => this.#signals.lagMs })
    for (const check of thresholdChecks(
      () => config.thresholds,
      () => this.#reading,
    ))
      this.health.check(check)
    this.#loop = this.#createLoop(now, wallNow)
    settings.subscribe(tellParts({ log: this.log, health: this.health, traces: this.#traces }))
    this.#publish()
  }

  async start(): Promise<void> {
    if (this.config.health.findBreakers) this.instrument.findBreakers()
    this.#shipping?.start(this.metrics, this.#ownLog)
    this.#logs.start(this.metrics, this.#ownLog)
    this.#traces?.start()
    this.#outward = await this.#openOutward()
    this.#alerting = await this.#openAlerting()
    if (this.#alerting !== undefined) this.health.check(configCheck(this.#alerting.alerting))
    await this.#alerting?.alerting.start()
    if (this.#alerting !== undefined) this.health.check(this.#alerting.check)
    this.rules?.onAlerts((alerts, source) => {
      this.#outward?.send(alerts, source)
      this.alerting?.post(alerts.map(postedAlert))
    })
    await this.#history?.start(this.admin.url)
    this.#signals.start()
    this.#errors.uncaught?.start()
    this.#loop.start()
    // Not by pino, which a service may do without until it says something itself.
    this.#ownLog.lines('Boxman observes', ['admin'])('info', [this.admin.url])
    offerLogin(this.admin)
  }

  get logTail(): LogTail | undefined {
    return this.#logs.tail
  }

  get capture(): Capture {
    return this.#logs.capture
  }

  get tracer(): Tracer | undefined {
    return this.#traces?.tracer
  }

  get store(): Tsdb | undefined {
    return this.#history?.store
  }

  get rules(): Rules | undefined {
    return this.#history?.rules
  }

  get alerting(): AlertingDoor | undefined {
    return this.#alerting?.alerting
  }

  async reloadRules(): Promise<void> {
    if (this.#history === undefined) {
      throw new BoxmanError('reloadRules: there is no store; store.enabled, or BOXMAN_STORE_ENABLED, turns it on')
    }
    await this.#history.rules.reload()
  }

  async query(expr: string, when: QueryTime = {}): Promise<QueryResult> {
    if (this.#history === undefined) {
      throw new BoxmanError('query: there is no store; store.enabled, or BOXMAN_STORE_ENABLED, turns it on')
    }
    return this.#history.query(expr, when)
  }

  async reconfigure(change: ConfigChange | null): Promise<readonly Change[]> {
    return this.#reconfiguration.change(change, { source: 'code' })
  }

  get instrumentRoute(): RouteInstrument {
    return this.instrument.route
  }

  request(start: RequestStart): RequestScope
  request<T>(start: RequestStart, work: (scope: RequestScope) => T): T
  request<T>(start: RequestStart, work?: (scope: RequestScope) => T): RequestScope | T {
    return work === undefined ? this.instrument.request(start) : this.instrument.request(start, work)
  }

  logger(module: string): Logger {
    return this.log.child(module)
  }

  use<T>(pack: Pack<T>): T {
    const installed = pack.install(this.metrics)
    this.#diagnostics.installed(pack.prefix)
    this.#packs.add(pack)
    this.#listings.push(...(pack.listings?.(installed) ?? []))
    return installed
  }

  snapshot(): Promise<Snapshot>
  snapshot<Group extends SnapshotGroup>(
    groups: readonly Group[],
  ): Promise<Pick<Snapshot, 'at' | 'uptimeSeconds' | Group>>
  snapshot(groups?: readonly SnapshotGroup[]): Promise<Snapshot> {
    return groups === undefined ? this.#diagnostics.snapshot() : this.#diagnostics.snapshot(groups)
  }

  drain(): void {
    this.health.setDraining()
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  exitOnSignals(options: ExitOptions = {}): () => void {
    const { signals = ['SIGTERM', 'SIGINT'] } = options
    const { config } = this
    const exit = new Exit(options, {
      get config() {
        return config.drain
      },
      log: this.#ownLog,
      drain: () => this.drain(),
      stop: () => this.stop(),
      now: this.#now,
      exit: (code) => process.exit(code),
    })
    const onSignal = (signal: NodeJS.Signals): void => exit.signal(signal)
    for (const signal of signals) process.on(signal, onSignal)
    return () => {
      for (const signal of signals) process.off(signal, onSignal)
      exit.undo()
    }
  }

  async #stop(): Promise<void> {
    const phases: readonly (() => void | Promise<void>)[] = [
      () => this.drain(),
      () => this.instrument.undo(),
      () => this.#loop.stop(),
      () => this.#signals.stop(),
      () => this.#errors.uncaught?.stop(),
      () => this.#outward?.stop(),
      () => this.#alerting?.alerting.stop(),
      () => this.#logs.stop(),
      () => this.#console.end(),
      () => this.admin.close(CLOSE_DEADLINE_MS),
      () => this.#traces?.stop(SPANS_DEADLINE_MS),
      () => this.#history?.close(),
      () => this.#ownLog.lines('Boxman stopped', [])('info', []),
      () => within(FLUSH_DEADLINE_MS, this.log.flush()),
      () => this.#shipping?.stop(),
    ]
    for (const phase of phases) {
      try {
        await phase()
      } catch (error) {
        this.#faults.record(error)
      }
    }
  }

  #createLoop(now: () => number, wallNow: () => number): Loop {
    const failures = this.metrics.counter({
      name: 'boxman_runtime_step_failures_total',
      help: 'Steps of the background loop that threw, were late, or still hung from an earlier round.',
      labelNames: ['step'],
    })
    const { collect, store } = this.config
    const { intervalMs, rounds } = cadenceOf({
      collect: collect.intervalMs,
      scrape: this.#history === undefined ? collect.intervalMs : store.intervalMs,
      rules: this.#history === undefined ? collect.intervalMs : RULES_STEP_MS,
      health: HEALTH_STEP_MS,
      config: CONFIG_STEP_MS,
      console: LateConsole.stepMs,
    })
    const background = backgroundSteps({
      thresholds: () => this.config.thresholds,
      reader: createSystemReader(),
      now,
      node: this.node,
      log: this.#ownLog,
      told: (reading) => (this.#reading = reading),
      sweep: (at) => {
        this.instrument.sweep(at)
        this.#traces?.sweep()
        this.metrics.expire(at)
      },
      rounds: rounds.collect,
    })
    const checks = { name: 'health', rounds: rounds.health, run: () => this.health.refresh() }
    const files = { name: 'config', rounds: rounds.config, run: () => this.#reconfiguration.step() }
    const outward = { name: 'alerting', rounds: rounds.config, run: (at: number) => this.#outward?.step(at) }
    const window = { name: 'window', rounds: rounds.health, run: () => this.#diagnostics.sweep() }
    const steps = [
      ...background,
      this.#signals.step(rounds.collect),
      checks,
      files,
      ...(alertsOutward(this.config) ? [outward] : []),
      window,
      ...(this.#history?.steps(rounds) ?? []),
      this.#console.step(rounds.console),
    ]
    // At zero from the start: the first failure is an increase that `rate` can see.
    for (const { name } of steps) failures.labels({ step: name })
    return new Loop({
      steps,
      intervalMs,
      now: wallNow,
      clock: now,
      onFailure: (step) => failures.inc({ step }),
      warn: (step, reason, detail) => this.#ownLog.warn({ step, reason, detail }, 'A background step failed'),
    })
  }

  #publish(): void {
    const { metrics, health, log } = this
    publishBuildInfo(metrics, { version: boxmanVersion(), node: process.version }, this.config.constantLabels)
    publishOverflow(metrics)
    publishConsole(metrics, this.#console)
    publishHealth(metrics, health)
    publishBreakers(metrics, () => this.instrument.breakers)
    publishTotals(
      metrics,
      ownTotals({ metrics, health, log, traces: this.#traces, faults: this.#faults, loop: this.#loop }),
    )
    publishLevels(metrics, ownLevels({ traces: this.#traces }))
    publishStepTimes(metrics, this.#loop.times)
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, deadline])
  clearTimeout(timer)
}
