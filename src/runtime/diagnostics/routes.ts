import type { Health } from '../../health/index.ts'
import type { AdminApp } from '../admin/app.ts'
import { shownConfig } from '../config/shown.ts'
import { extendedAnswer, performanceAnswer, snakeCase } from './answers.ts'
import type { Diagnostics } from './diagnostics.ts'
import { errorsAnswer, groupAnswer } from './error-answers.ts'
import { MetricValues } from './metric-values.ts'
import { METRICS_SCHEMA, metricsAnswer } from './metrics-answer.ts'
import { shownFlags } from './process-flags.ts'
import type { PerformanceGroup, Snapshot } from './snapshot.ts'

/** `/diagnostics/*`, `/health/extended`, `/version` and `/status`. */
export function addDiagnosticsRoutes(app: AdminApp, diagnostics: Diagnostics, health: HealthSource): void {
  const { sources, requests } = diagnostics
  const { config, errors, boxmanVersion, metrics, redact } = sources
  const versions = {
    service: config.service,
    version: config.version ?? null,
    environment: config.environment ?? null,
    node: process.version,
    boxman: boxmanVersion,
  }

  app.get('/version', (c) => c.json(versions))
  app.get('/status', (c) => {
    const { status } = health.readiness()
    return c.json({
      ...versions,
      status,
      ready: status !== 'fail',
      started: health.startup().status === 'pass',
      started_at: new Date(diagnostics.startedAt).toISOString(),
      uptime_seconds: diagnostics.uptimeMs / 1000,
    })
  })
  app.get('/health/extended', async (c) => {
    const snapshot = whole(await diagnostics.snapshot())
    const { status, checks } = health.readiness()
    return c.json({
      status,
      ...versions,
      ...extendedAnswer(snapshot),
      checks: Object.fromEntries(checks.map(({ name, status: of, outcome }) => [name, { status: of, outcome }])),
    })
  })

  app.get('/diagnostics/errors', (c) => {
    const [category, severity, limit] = ['category', 'severity', 'limit'].map((name) => c.req.query(name))
    const answer = errorsAnswer(errors, { category, severity, limit })
    return answer.ok ? c.json(answer.body) : c.json({ error: answer.detail }, 400)
  })
  app.get('/diagnostics/errors/:fingerprint', (c) => {
    const group = errors.group(c.req.param('fingerprint'))
    return group === undefined ? c.json({ error: 'no such group of errors is held' }, 404) : c.json(groupAnswer(group))
  })
  app.get('/diagnostics/metrics', async (c) => {
    const { performance } = whole(await diagnostics.snapshot())
    return c.json(metricsAnswer(performance))
  })
  app.get('/diagnostics/metrics/schema', (c) =>
    c.body(`${JSON.stringify(METRICS_SCHEMA, undefined, 2)}\n`, 200, { 'content-type': 'application/schema+json' }),
  )
  app.get('/diagnostics/performance', async (c) => {
    const snapshot = whole(await diagnostics.snapshot())
    const values = await MetricValues.of(metrics)
    const pauses = `${config.prefix}_gc_duration_seconds`
    const garbage = Object.fromEntries(
      Object.entries(values.histogramsBy(pauses, 'kind')).map(([kind, { count, sum }]) => [
        kind,
        { count, total_ms: sum * 1000 },
      ]),
    )
    return c.json(performanceAnswer(snapshot, requests.routes(), garbage, sources.traces()))
  })
  app.get('/diagnostics/system', (c) => {
    const shown = shownConfig(config)
    return c.json({
      ...versions,
      uptime_seconds: diagnostics.uptimeMs / 1000,
      started_at: new Date(diagnostics.startedAt).toISOString(),
      process: {
        pid: process.pid,
        platform: process.platform,
        arch: process.arch,
        uptime_seconds: process.uptime(),
        versions: process.versions,
        flags: shownFlags(process.execArgv, redact),
      },
      // As of the latest reading; what the machine does not tell is left out.
      reading: snakeCase(known(sources.system())),
      kubernetes: snakeCase(known(shown.kubernetes)),
      parts: {
        metrics: shown.metrics.enabled,
        tracing: shown.tracing.enabled,
        store: shown.store.enabled,
        log: shown.log.enabled,
      },
    })
  })
}

type HealthSource = Pick<Health, 'startup' | 'readiness'>

/** These two are always there. */
function whole(snapshot: Snapshot): Snapshot & Whole {
  const { performance, resources } = snapshot
  if (performance === undefined || resources === undefined) throw new Error('BUG: a snapshot without its own groups')
  return { ...snapshot, performance, resources }
}

interface Whole {
  readonly performance: PerformanceGroup
  readonly resources: NonNullable<Snapshot['resources']>
}

/** Without what is undefined, all the way down. */
function known(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]: [string, unknown]) => [
        key,
        typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? known(inner) : inner,
      ]),
  )
}
