import type { Health } from '../../health/index.ts'
import type { BreakerReading } from '../../instrument/index.ts'
import type { LogTail, Redactor } from '../../logging/index.ts'
import { type ErrorMetrics, type Listing, type Pack, overviewDashboard } from '../../packs/index.ts'
import type { QueryResult } from '../../promql/index.ts'
import type { SpanStore } from '../../tracing/index.ts'
import type { AlertingDoor } from '../alerting/door.ts'
import type { ResolvedConfig } from '../config/config.ts'
import type { Reconfigured } from '../config/reconfiguration.ts'
import type { History, QueryTime } from '../history/history.ts'
import { alertsVersion, healthVersion } from './changes.ts'
import type { ConsoleOptions } from './console.ts'
import { cpuMs } from './cpu.ts'
import { shownDashboards } from './shown-dashboards.ts'

interface Parts {
  readonly config: ResolvedConfig
  readonly boxmanVersion: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly packs: ReadonlySet<Pack<unknown>>
  readonly listings: readonly Listing[]
  readonly logTail: LogTail | undefined
  readonly traces: SpanStore | undefined
  readonly errors: ErrorMetrics
  readonly health: Health
  readonly history: History | undefined
  readonly alerting: () => AlertingDoor | undefined
  readonly breakers: () => readonly BreakerReading[]
  /** Of the configuration, the latest first. */
  readonly changes: () => readonly Reconfigured[]
  readonly redactor: Redactor
  readonly now: () => number
  readonly wallNow: () => number
}

/** What the console of a service is about. */
export function consoleOf(parts: Parts): ConsoleOptions {
  const { config, history, logTail, traces, alerting, health, errors } = parts
  const ask = async (expr: string, when: QueryTime, signal?: AbortSignal): Promise<QueryResult> => {
    if (history !== undefined) return history.query(expr, when, signal)
    const message = 'there is no store; store.enabled, or BOXMAN_STORE_ENABLED, turns it on'
    return { ok: false, error: { kind: 'execution', message }, warnings: [], infos: [] }
  }
  const query = (expr: string, at?: number, signal?: AbortSignal): Promise<QueryResult> =>
    ask(expr, at === undefined ? {} : { at }, signal)
  return {
    now: parts.now,
    cpu: cpuMs,
    query,
    scrape: (at) => history?.scrape(at) ?? Promise.resolve(),
    dashboards: () => {
      const { prefix, http } = config
      const overview = overviewDashboard({ prefix, http: http.metrics === 'off' ? undefined : http.metrics })
      const all = [overview, ...Array.from(parts.packs, ({ dashboards = [] }) => dashboards).flat()]
      return shownDashboards(all, query)
    },
    listings: () => parts.listings,
    facts: () => ({
      service: config.service,
      version: config.version,
      environment: config.environment,
      boxmanVersion: parts.boxmanVersion,
      node: process.version,
      startedAt: parts.startedAt,
      scrapeIntervalMs: config.store.intervalMs,
      prefix: config.prefix,
      parts: {
        store: history !== undefined,
        traces: traces !== undefined,
        logs: logTail !== undefined,
        alerting: alerting() !== undefined,
        diagnostics: true,
      },
    }),
    snapshot: {
      redactor: parts.redactor,
      wallNow: parts.wallNow,
      range: (expr, { from: start, to: end, step }, signal) => ask(expr, { start, end, step }, signal),
      ruleGroups: () => history?.rules.status ?? [],
      alerting,
      health,
      config,
      changes: parts.changes,
      breakers: parts.breakers,
      traces,
      logTail,
      errors,
    },
    versions: () => ({
      logs: logTail === undefined ? 0 : logTail.stats.lines + logTail.stats.dropped,
      traces: traces === undefined ? 0 : tracesAdded(traces),
      errors: errors.groups().reduce((sum, { count }) => sum + count, 0),
      health: healthVersion(health),
      alerts: alertsVersion(history?.rules.status ?? [], alerting()),
    }),
  }
}

function tracesAdded({ stats }: SpanStore): number {
  return stats.traces + stats.evictedTraces + stats.evictedErrors
}
