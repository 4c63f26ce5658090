import type { Health } from '../../health/index.ts'
import type { Redactor } from '../../logging/index.ts'
import { type Dashboard, runtimeRow } from '../../packs/index.ts'
import type { Engine } from '../../promql/index.ts'
import type { AlertingDoor } from '../alerting/door.ts'
import type { ResolvedConfig } from '../config/config.ts'
import { alertsVersion, healthVersion } from '../console/changes.ts'
import type { ConsoleOptions } from '../console/console.ts'
import { cpuMs } from '../console/cpu.ts'
import type { OwnTarget } from './own-target.ts'
import type { Rules } from './rules.ts'

interface Parts {
  readonly settings: ResolvedConfig
  readonly boxmanVersion: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly engine: Engine
  readonly own: OwnTarget
  readonly rules: Rules
  readonly health: Health
  readonly alerting: () => AlertingDoor | undefined
  readonly redactor: Redactor
  readonly now: () => number
  readonly wallNow: () => number
}

/** What the console of `boxman serve` is about: its targets, and the server itself. */
export function serveConsole(parts: Parts): ConsoleOptions {
  const { settings, engine, own, rules, health, alerting } = parts
  return {
    now: parts.now,
    cpu: cpuMs,
    query: (expr, at, signal) => engine.instant(expr, at, { signal }),
    scrape: (at) => own.scrape(at),
    dashboards: () => Promise.resolve([overview()]),
    facts: () => ({
      service: settings.service,
      version: undefined,
      environment: settings.environment,
      boxmanVersion: parts.boxmanVersion,
      node: process.version,
      startedAt: parts.startedAt,
      scrapeIntervalMs: own.intervalMs,
      parts: { store: true, traces: false, logs: false, alerting: alerting() !== undefined, diagnostics: false },
    }),
    snapshot: {
      redactor: parts.redactor,
      wallNow: parts.wallNow,
      range: (expr, { from, to, step }, signal) => engine.range(expr, from, to, step, { signal }),
      ruleGroups: () => rules.status,
      alerting,
      health,
      config: settings,
      changes: () => [],
    },
    versions: () => ({
      logs: 0,
      traces: 0,
      errors: 0,
      health: healthVersion(health),
      alerts: alertsVersion(rules.status, alerting()),
    }),
  }
}

function overview(): Dashboard {
  return {
    id: 'overview',
    title: 'Overview',
    rows: [
      {
        title: 'Targets',
        panels: [
          { kind: 'stat', title: 'Up', width: 6, unit: 'short', queries: [{ expr: 'sum(up)', legend: 'up' }] },
          {
            kind: 'stat',
            title: 'Down',
            description: 'Targets that did not answer the last time. The table names them.',
            width: 6,
            unit: 'short',
            queries: [{ expr: 'count(up) - sum(up)', legend: 'down' }],
            thresholds: [
              { from: undefined, level: 'good' },
              { from: 1, level: 'critical' },
            ],
          },
          {
            kind: 'stat',
            title: 'Samples a round',
            width: 6,
            unit: 'short',
            queries: [{ expr: 'sum(scrape_samples_scraped)', legend: 'samples' }],
          },
          {
            kind: 'stat',
            title: 'Failed scrapes',
            description: 'In the last hour.',
            width: 6,
            unit: 'short',
            decimals: 0,
            queries: [{ expr: 'increase(boxman_scrape_failures_total{job="boxman"}[1h])', legend: 'failed' }],
          },
          {
            kind: 'time-series',
            title: 'Samples',
            description: 'What the pages of the targets hold, by job.',
            width: 12,
            unit: 'short',
            queries: [{ expr: 'sum by (job) (scrape_samples_scraped)', legend: '{{job}}' }],
            min: 0,
          },
          {
            kind: 'time-series',
            title: 'Slowest scrape',
            description: 'How long the slowest target of each job took to answer. Near its time-out, scrapes fail.',
            width: 12,
            unit: 'seconds',
            queries: [{ expr: 'max by (job) (scrape_duration_seconds)', legend: '{{job}}' }],
            min: 0,
          },
          {
            kind: 'table',
            title: 'Target by target',
            width: 24,
            labels: ['job', 'instance'],
            queries: [
              { column: 'Up', expr: 'up', unit: 'none' },
              { column: 'Duration', expr: 'scrape_duration_seconds', unit: 'seconds' },
              { column: 'Samples', expr: 'scrape_samples_scraped', unit: 'short' },
              { column: 'New series', expr: 'scrape_series_added', unit: 'short' },
            ],
          },
        ],
      },
      {
        title: 'Store',
        panels: [
          {
            kind: 'time-series',
            title: 'Series',
            unit: 'short',
            queries: [{ expr: 'boxman_tsdb_series{job="boxman"}', legend: 'series' }],
            min: 0,
          },
          {
            kind: 'time-series',
            title: 'Samples taken',
            unit: 'per-second',
            queries: [{ expr: 'rate(boxman_tsdb_samples_total{job="boxman"}[$__rate_interval])', legend: 'samples' }],
            min: 0,
          },
          {
            kind: 'time-series',
            title: 'Queries',
            unit: 'per-second',
            queries: [
              {
                expr: 'sum by (outcome) (rate(boxman_promql_queries_total{job="boxman"}[$__rate_interval])) > 0',
                legend: '{{outcome}}',
              },
            ],
            min: 0,
          },
        ],
      },
      runtimeRow({ prefix: 'boxman' }),
    ],
  }
}
