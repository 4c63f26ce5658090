import type { RequestScope, RequestStart, RouteInstrument } from '../instrument/index.ts'
import type { Health } from '../health/index.ts'
import {
  createRedactor,
  type Destination,
  type Logger,
  type LogTail,
  type Redactor,
  type RootLogger,
} from '../logging/index.ts'
import type { Registry } from '../metrics/index.ts'
import type { NodeMetrics, Pack } from '../packs/index.ts'
import type { QueryResult } from '../promql/index.ts'
import type { Tracer } from '../tracing/index.ts'
import type { Tsdb } from '../tsdb/index.ts'
import { bindingProblem } from './admin/access/binding.ts'
import type { Admin } from './admin/admin.ts'
import type { AlertingDoor } from './alerting/door.ts'
import { type BoxmanInput, takeAlerting } from './alerting/given-alerting.ts'
import type { ConfigChange, ResolvedConfig } from './config/config.ts'
import { safelyNamed } from './config/named.ts'
import type { Environment } from './config/resolve.ts'
import { type Change, Settings } from './config/settings.ts'
import type { Snapshot, SnapshotGroup } from './diagnostics/snapshot.ts'
import { BoxmanError, ConfigError } from './error.ts'
import type { QueryTime } from './history/history.ts'
import type { OpenHistory } from './history/open-history.ts'
import type { Instruments } from './instruments.ts'
import type { Capture } from './logs/capture.ts'
import { historyOf, openTelemetryOf, shippingOf, spanSenderOf } from './optional-parts.ts'
import type { ExitOptions } from './health/exit.ts'
import type { Checks } from './health/ready-made.ts'
import type { Rules } from './rules/rules.ts'
import { Wiring } from './wiring.ts'

/** What the process gives; stated only by who runs several in one, or tests. */
export interface Host {
  readonly env: Environment
  /** Where the configuration file and `package.json` are looked for. */
  readonly cwd: string
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Default standard output. */
  readonly logDestination: Destination | undefined
  /** Where the files of Kubernetes are looked for. Default `/`. */
  readonly root: string
}

/** Observability of one service. */
export interface Boxman {
  /** Each part is the one in force whenever it is asked for. */
  readonly config: ResolvedConfig
  readonly metrics: Registry
  readonly health: Health
  /** Ready-made: `boxman.health.check(boxman.checks.postgres({ name: 'db', client: pool }))`. */
  readonly checks: Checks
  /** `boxman.log.levels.set('wallet.*', 'debug', 900_000)` changes levels at run time. */
  readonly log: RootLogger
  /** The last lines, to be searched; undefined when `log.tail.enabled` is false. */
  readonly logTail: LogTail | undefined
  /** Takes what is printed on the console, and logged by winston and bunyan, for lines. */
  readonly capture: Capture
  /** Takes secrets out of texts and fields, as in logs, traces and whatever else leaves the process. */
  readonly redactor: Redactor
  /** The process, its machine and its errors: `boxman.node.errors.record(...)`. */
  readonly node: NodeMetrics
  readonly instrument: Instruments
  /** `@boxman.instrumentRoute('/tables/:id')` on a method, or `boxman.instrumentRoute('/tables/:id', handler)`. */
  readonly instrumentRoute: RouteInstrument
  /** A request measured by hand: `using scope = boxman.request({ route })`, or what a function does. */
  request(start: RequestStart): RequestScope
  request<T>(start: RequestStart, work: (scope: RequestScope) => T): T
  /** Makes spans by hand, beside those of requests and calls; undefined when `tracing.enabled` is false. */
  readonly tracer: Tracer | undefined
  readonly admin: Admin
  /** How the service is now: all groups that are in use, or those that are named. @throws RangeError for one that there is not. */
  snapshot(): Promise<Snapshot>
  snapshot<Group extends SnapshotGroup>(
    groups: readonly Group[],
  ): Promise<Pick<Snapshot, 'at' | 'uptimeSeconds' | Group>>
  /** What the metrics were, and whatever else is put there; undefined when `store.enabled` is false. */
  readonly store: Tsdb | undefined
  /**
   * Answers a PromQL expression from the store: at a moment, by default now, or over a range.
   * @throws BoxmanError when `store.enabled` is false; RangeError for a time that is none.
   */
  query(expr: string, when?: QueryTime): Promise<QueryResult>
  /** Recording and alerting rules over the store; undefined when `store.enabled` is false. */
  readonly rules: Rules | undefined
  /** Who is told of alerts; undefined without `alerting.config`. */
  readonly alerting: AlertingDoor | undefined
  /** Reads the files of rules anew. @throws BoxmanError with all that is wrong; then the rules stay as they are. */
  reloadRules(): Promise<void>
  /**
   * Changes values while the service runs, as a JSON merge patch: null goes back to what was stated. What changed; docs/configuration.md
   * says what can be. Rejects with ConfigError and every problem; then all stays as it is.
   */
  reconfigure(change: ConfigChange | null): Promise<readonly Change[]>
  logger(module: string): Logger
  /** Installs a pack; returns its recorders. */
  use<T>(pack: Pack<T>): T
  /** Not ready from now on, so that no new traffic comes; everything else goes on. */
  drain(): void
  /** Ends it all; never rejects. Signals are the application's: call this where it shuts down, or `exitOnSignals`. */
  stop(): Promise<void>
  /**
   * At SIGTERM: not ready at once, connections taken for `drain.delayMs` more, every request answered, `stop()`, exit code 0; all
   * within `drain.graceMs`. A second signal exits at once. Returns what takes the handlers off.
   */
  exitOnSignals(options?: ExitOptions): () => void
}

/**
 * Observes this process: resolves the configuration, serves the endpoints, starts the background loop.
 * @throws ConfigError, BoxmanError; nothing is left running then.
 */
export async function createBoxman(input: BoxmanInput = {}, host: Partial<Host> = {}): Promise<Boxman> {
  const { env, cwd = process.cwd(), wallNow = Date.now, now = () => performance.now(), logDestination, root } = host
  const { code, given } = takeAlerting(input)
  const settings = await Settings.open({ code, env, cwd, root })
  const redactor = createRedactor(settings.live.redact)
  const config = safelyNamed(settings.live, redactor)
  const unguarded = bindingProblem(config.admin)
  if (unguarded !== undefined) throw new ConfigError([unguarded])
  if (config.remoteWrite !== undefined && !config.store.enabled) {
    throw new BoxmanError(
      'remoteWrite: there is no store to send from; store.enabled, or BOXMAN_STORE_ENABLED, turns it on',
    )
  }
  if ((config.rules ?? []).length > 0 && !config.store.enabled) {
    throw new ConfigError(['rules: there is no store to evaluate them over; turn store.enabled on'])
  }
  if (config.alerting.forward !== undefined && !config.store.enabled) {
    throw new ConfigError(['alerting.forward: there is no store whose rules could fire; turn store.enabled on'])
  }
  const createSpanSender = await spanSenderOf(config)
  const openTelemetry = await openTelemetryOf(config, cwd)
  const shipping = await shippingOf({ config, cwd, wallNow })
  let history: OpenHistory | undefined
  let boxman: Wiring | undefined
  try {
    history = await historyOf(config, cwd)
    const parts = {
      config,
      given,
      redactor,
      wallNow,
      now,
      logDestination,
      history,
      createSpanSender,
      cwd,
      openTelemetry,
      shipping,
    }
    boxman = new Wiring(settings, parts)
    if (config.admin.enabled) await boxman.admin.listen()
    await boxman.start()
    return boxman
  } catch (error) {
    await boxman?.alerting?.stop()
    await boxman?.admin.close(0)
    await history?.store.close()
    await shipping?.stop()
    throw error
  }
}
