import type { Need } from './scope.ts'

interface Role {
  readonly reads: Need
  /** Methods other than GET, HEAD and OPTIONS. */
  readonly writes: Need
}

function role(reads: Need, writes: Need = 'operate'): Role {
  return { reads, writes }
}

const PROBE = role('probe')
const METRICS = role('metrics')
const READ = role('read')
/** A POST that only asks, since what it asks may be long. */
const ASK = role('read', 'read')
const INGEST = role('ingest', 'ingest')
const OPERATE = role('operate')
const SIGNED = role('signed', 'signed')
const PAGE = role('page')
const LOGIN = role('page', 'page')

/**
 * What each endpoint asks: `*` is the rest of a path at its end, a segment elsewhere. One that is not here, or is none, asks `read`
 * of GET and `operate` of the rest: nobody learns whether it is there.
 */
const ROLES: ReadonlyMap<string, Role> = new Map([
  ['/', PAGE],
  ['/assets/*', PAGE],
  ['/api/console/login', LOGIN],
  ['/api/console/logout', LOGIN],
  ['/endpoints', READ],
  ['/style.css', READ],
  ['/api/console/facts', READ],
  ['/api/console/dashboards', READ],
  ['/api/console/snapshot', READ],
  ['/api/console/listings/*', READ],
  ['/api/console/stream', READ],
  ['/api/console/stream/*', ASK],
  ['/api/console/traces', READ],
  ['/config', READ],
  ['/log/levels', READ],
  ['/api/logs', READ],
  ['/metrics', METRICS],
  ['/internal/metrics', METRICS],
  ['/federate', METRICS],

  ['/health', PROBE],
  ['/healthz', PROBE],
  ['/livez', PROBE],
  ['/ready', PROBE],
  ['/readyz', PROBE],
  ['/readyz/*', PROBE],
  ['/startupz', PROBE],
  ['/-/healthy', PROBE],
  ['/-/ready', PROBE],
  ['/health/*', READ],
  ['/health/extended', READ],
  ['/status', READ],
  ['/version', READ],
  ['/diagnostics/errors', READ],
  ['/diagnostics/errors/*', READ],
  ['/diagnostics/metrics', READ],
  ['/diagnostics/metrics/schema', READ],
  ['/diagnostics/performance', READ],
  ['/diagnostics/system', READ],
  ['/diagnostics/circuit-breakers', READ],

  ['/api/v1/query', ASK],
  ['/api/v1/query_range', ASK],
  ['/api/v1/query_exemplars', ASK],
  ['/api/v1/format_query', ASK],
  ['/api/v1/parse_query', ASK],
  ['/api/v1/labels', ASK],
  ['/api/v1/series', ASK],
  ['/api/v1/read', ASK],
  ['/api/v1/label/*/values', READ],
  ['/api/v1/metadata', READ],
  ['/api/v1/targets', READ],
  ['/api/v1/targets/metadata', READ],
  ['/api/v1/scrape_pools', READ],
  ['/api/v1/alertmanagers', READ],
  ['/api/v1/rules', READ],
  ['/api/v1/alerts', READ],
  ['/api/v1/status/config', READ],
  ['/api/v1/status/flags', READ],
  ['/api/v1/status/runtimeinfo', READ],
  ['/api/v1/status/buildinfo', READ],
  ['/api/v1/status/tsdb', READ],
  ['/api/v1/status/walreplay', READ],
  ['/api/v1/features', READ],
  ['/api/v1/notifications', READ],

  ['/api/v2/status', READ],
  ['/api/v2/receivers', READ],
  // As a Prometheus posts them.
  ['/api/v2/alerts', role('read', 'ingest')],
  ['/api/v2/alerts/groups', READ],
  ['/api/v2/silences', READ],
  ['/api/v2/silence/*', READ],
  ['/api/alerting/acknowledge', READ],
  ['/api/alerting/maintenance', READ],
  ['/api/alerting/decisions', READ],
  ['/api/alerting/channels', READ],
  ['/api/alerting/escalations', READ],
  ['/api/alerting/route', ASK],
  ['/api/alerting/silence-preview', ASK],
  ['/api/alerting/test-channel', OPERATE],
  ['/api/alerting/backtest', ASK],
  ['/alerting/ack', SIGNED],

  ['/api/services', READ],
  ['/api/services/*/operations', READ],
  ['/api/operations', READ],
  ['/api/traces', READ],
  ['/api/traces/*', READ],
  // What there is without a store: a word about it.
  ['/api/*', READ],

  ['/api/v1/write', INGEST],
  ['/api/v1/otlp/v1/metrics', INGEST],

  ['/api/v1/admin/tsdb/delete_series', OPERATE],
  ['/api/v1/admin/tsdb/clean_tombstones', OPERATE],
  ['/api/v1/admin/tsdb/snapshot', OPERATE],
  ['/-/reload', OPERATE],
  ['/-/quit', OPERATE],
])

const PATTERNS = [...ROLES]
  .filter(([path]) => path.includes('*'))
  .map(([path, of]) => ({ pattern: patternOf(path), role: of }))

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What a request asks of its visitor, whether there is such an endpoint or not. */
export function needOf(method: string, path: string): Need {
  const found = ROLES.get(path) ?? PATTERNS.find(({ pattern }) => pattern.test(path))?.role ?? READ
  return SAFE.has(method) ? found.reads : found.writes
}

/** Whether an endpoint's path, or its pattern, says who may ask it. */
export function isDeclared(path: string): boolean {
  return ROLES.has(path)
}

function patternOf(path: string): RegExp {
  const [rest, body] = path.endsWith('*') ? ['.*', path.slice(0, -1)] : ['', path]
  return new RegExp(`^${body.replaceAll('*', '[^/]+')}${rest}$`)
}
