import { parseDuration } from '../../series/index.ts'
import type { Config } from './config.ts'

/** How a variable's text is read. */
interface Reader {
  /** Undefined for a text that is not of this form. */
  readonly read: (text: string) => unknown
  readonly form: string
}

/** A value that can be configured. The one place that knows its variable, its default and its meaning. */
export interface ConfigField extends Reader {
  /** `admin.port` */
  readonly path: string
  /** `BOXMAN_ADMIN_PORT` */
  readonly variable: string
  readonly fallback: unknown
  readonly meaning: string
}

const FLAGS = new Map([
  ['true', true],
  ['1', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['off', false],
])

const asText: Reader = { read: (text) => text, form: 'a text' }
const asFlag: Reader = { read: (text) => FLAGS.get(text), form: 'true, false, on or off' }
const asNumber: Reader = {
  read: (text) => (/^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined),
  form: 'a number',
}
const asDuration: Reader = {
  read: (text) => {
    try {
      return parseDuration(text)
    } catch {
      return undefined
    }
  },
  form: 'a duration such as 5s or 500ms',
}
const asLabels: Reader = {
  read: (text) => {
    const pairs = text.split(',').map((pair) => pair.split('=').map((part) => part.trim()))
    return pairs.every((pair) => pair.length === 2) ? Object.fromEntries(pairs) : undefined
  },
  form: 'labels such as region=eu,tier=gold',
}

const FALLBACK: Config = {
  service: 'service',
  prefix: 'bitcraps',
  constantLabels: {},
  log: { enabled: true, level: 'info' },
  admin: { enabled: true, host: '127.0.0.1', port: 9090, basePath: '' },
  collect: { intervalMs: 5000 },
  thresholds: { memoryBytes: 200_000_000, cpuPercent: 80 },
  http: { metrics: 'media', log: true },
  metrics: { enabled: true, maxSeriesPerMetric: 10_000 },
  health: { timeoutMs: 1000, cacheMs: 5000 },
}

export const CONFIG_FIELDS: readonly ConfigField[] = [
  field(
    'service',
    FALLBACK.service,
    asText,
    'Names the service in logs and pages. Default: `name` in `package.json` of the working directory, if there is one.',
  ),
  field('version', undefined, asText, "The service's version, shown on the page."),
  field('environment', undefined, asText, 'Where it runs, such as `production`; shown on the page.'),
  field('prefix', FALLBACK.prefix, asText, 'Before the names of the packs’ metrics: `bitcraps_bets_total`.'),
  field(
    'constantLabels',
    FALLBACK.constantLabels,
    asLabels,
    'Labels on every metric, merged name by name. Variable: `region=eu,tier=gold`.',
  ),
  field('log.enabled', FALLBACK.log.enabled, asFlag, 'Whether log lines are written.'),
  field(
    'log.level',
    FALLBACK.log.level,
    asText,
    'The least severe level written: trace, debug, info, warn, error, fatal, silent. Can be changed at run time.',
  ),
  field(
    'admin.enabled',
    FALLBACK.admin.enabled,
    asFlag,
    'Whether the admin server listens. The handler can be mounted either way.',
  ),
  field(
    'admin.host',
    FALLBACK.admin.host,
    asText,
    'Address the admin server listens on. `0.0.0.0` or `::` lets other machines in.',
  ),
  field('admin.port', FALLBACK.admin.port, asNumber, 'Port of the admin server; 0 takes a free one.'),
  field('admin.basePath', FALLBACK.admin.basePath, asText, 'Path before all endpoints, such as `/ops/boxman`.'),
  field(
    'collect.intervalMs',
    FALLBACK.collect.intervalMs,
    asDuration,
    'Between two rounds of the background loop. Variable: a duration such as `5s`.',
    'BOXMAN_COLLECT_INTERVAL',
  ),
  field(
    'thresholds.memoryBytes',
    FALLBACK.thresholds.memoryBytes,
    asNumber,
    'Resident memory above this is logged as critical.',
  ),
  field(
    'thresholds.cpuPercent',
    FALLBACK.thresholds.cpuPercent,
    asNumber,
    'CPU use above this is logged as a warning; 100 is one core.',
  ),
  field(
    'http.metrics',
    FALLBACK.http.metrics,
    asText,
    'Metrics of instrumented servers: `media` (`http_requests_total`, `http_request_duration_seconds`) or `off`.',
  ),
  field(
    'http.log',
    FALLBACK.http.log,
    asFlag,
    'Whether each request to an instrumented server is logged as `Request completed`.',
  ),
  field(
    'metrics.enabled',
    FALLBACK.metrics.enabled,
    asFlag,
    'Whether anything is recorded. Off, every instrument’s calls are empty and `/metrics` answers 404.',
    'BOXMAN_METRICS',
  ),
  field(
    'metrics.maxValuesPerLabel',
    undefined,
    asNumber,
    'Values that one label of a metric may have; further ones become `__overflow__`. Default: no limit but that of series.',
  ),
  field(
    'metrics.maxSeriesPerMetric',
    FALLBACK.metrics.maxSeriesPerMetric,
    asNumber,
    'Series a metric may have; further ones share one series.',
  ),
  field(
    'health.timeoutMs',
    FALLBACK.health.timeoutMs,
    asDuration,
    'Time-out of checks that state none. Variable: a duration.',
    'BOXMAN_HEALTH_TIMEOUT',
  ),
  field(
    'health.cacheMs',
    FALLBACK.health.cacheMs,
    asDuration,
    'How long a check’s result is answered again. Variable: a duration.',
    'BOXMAN_HEALTH_CACHE',
  ),
]

/** Where Kubernetes says what runs where, once the downward API hands it to the container. */
export const KUBERNETES_LABELS: readonly { readonly label: string; readonly variable: string }[] = [
  { label: 'pod', variable: 'POD_NAME' },
  { label: 'namespace', variable: 'POD_NAMESPACE' },
  { label: 'node', variable: 'NODE_NAME' },
  { label: 'zone', variable: 'NODE_ZONE' },
]

function field(
  path: string,
  fallback: unknown,
  reader: Reader,
  meaning: string,
  variable = `BOXMAN_${path.replace(/[A-Z]/g, '_$&').replaceAll('.', '_').toUpperCase()}`,
): ConfigField {
  return { path, variable, ...reader, fallback, meaning }
}
