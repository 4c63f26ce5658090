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
  /** Its value is never shown. */
  readonly secret: boolean
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
const asList: Reader = { read: (text) => text.split(',').map((part) => part.trim()), form: 'a list such as a,b' }
const asUrls: Reader = {
  read: (text) => text.split(',').map((url) => ({ url: url.trim() })),
  form: 'URLs such as https://metrics.example/api/v1/write',
}
const asJson: Reader = {
  read: (text) => {
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  },
  form: 'JSON',
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
  log: { enabled: true, level: 'info', shipDeadlineMs: 2000 },
  admin: { enabled: true, host: '127.0.0.1', port: 9090, basePath: '', guardProbes: false, insecure: false },
  collect: { intervalMs: 5000 },
  thresholds: { memoryBytes: 200_000_000, cpuPercent: 80 },
  http: { metrics: 'media', log: true, correlation: true },
  tracing: {
    enabled: true,
    spansPerSecond: 200,
    maxSpans: 50_000,
    propagation: ['tracecontext', 'baggage'],
    requestId: false,
  },
  metrics: { enabled: true, maxSeriesPerMetric: 10_000, exemplars: true },
  health: { timeoutMs: 1000, cacheMs: 5000, findBreakers: true },
  drain: { delayMs: 5000, graceMs: 25_000 },
  store: {
    enabled: true,
    intervalMs: 15_000,
    fsync: 'interval',
    retentionMs: 86_400_000,
    maxBytes: 268_435_456,
    maxSeries: 100_000,
    outOfOrderMs: 0,
  },
  query: { timeoutMs: 120_000, concurrency: 20, maxSamples: 50_000_000 },
  ingest: { remoteWrite: false, otlp: false },
}

const SECRET_PATHS: ReadonlySet<string> = new Set([
  'admin.token',
  'admin.tokens',
  'admin.basic',
  'tracing.otlpToken',
  'query.backendToken',
  'remoteWrite',
  'log.ship',
])

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
    'log.ship',
    undefined,
    asJson,
    'Where lines go besides standard output: `[{ kind, url, ... }]`, of the kinds `elasticsearch`, `fluentd`, `loki`, `otlp`, `syslog` and `file`; see docs/logs.md. Keys, passwords and headers are never shown. Variable: the same as JSON.',
  ),
  field(
    'log.shipDeadlineMs',
    FALLBACK.log.shipDeadlineMs,
    asDuration,
    'How long the process’s end waits for lines that have not been shipped. Variable: a duration.',
    'BOXMAN_LOG_SHIP_DEADLINE',
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
    'Address the admin server listens on. `0.0.0.0` or `::` lets other machines in: then one of `token`, `tokens`, `basic`, `tls` with `ca`, `allow` or `insecure` must be stated. See docs/access.md.',
  ),
  field('admin.port', FALLBACK.admin.port, asNumber, 'Port of the admin server; 0 takes a free one.'),
  field('admin.basePath', FALLBACK.admin.basePath, asText, 'Path before all endpoints, such as `/ops/boxman`.'),
  field(
    'admin.token',
    undefined,
    asList,
    'Asked for as `Authorization: Bearer ...` by every endpoint but the probes: one token or a list of them, which may do everything. Never shown. Variable: `a,b`.',
  ),
  field(
    'admin.tokens',
    undefined,
    asJson,
    'Tokens that may do some things: `[{ token, scopes, name }]`, with scopes of `metrics`, `read`, `operate`, `ingest`. Never shown. Variable: the same as JSON.',
  ),
  field(
    'admin.basic',
    undefined,
    asJson,
    'Users with a password: `[{ user, password, scopes }]`; the password plain or as `$scrypt$ln=14,r=8,p=1$SALT$HASH`. Never shown. Variable: the same as JSON.',
  ),
  field(
    'admin.tls',
    undefined,
    asJson,
    'Files of PEM, read again when they change: `{ cert, key, ca, clientAuth, allow }`. With `ca` clients are known by their certificates. Variable: the same as JSON.',
  ),
  field(
    'admin.allow',
    undefined,
    asList,
    'Addresses and ranges that may ask, such as `10.0.0.0/8` or `::1`, or `private` for those of private networks; of the connection itself, whatever its headers say. Variable: `10.0.0.0/8,::1`.',
  ),
  field(
    'admin.guardProbes',
    FALLBACK.admin.guardProbes,
    asFlag,
    'Whether the probes are guarded too. Off, `/health`, `/ready`, `/livez` and the like answer everybody, as a kubelet has no token; why a check fails is told to who may ask.',
  ),
  field(
    'admin.hosts',
    undefined,
    asList,
    'Names by which requests may call the server, besides the loopback’s: `ops.example`, `*.svc.example`. Variable: `a,b`.',
  ),
  field(
    'admin.origins',
    undefined,
    asList,
    'Origins whose pages may read in a browser, such as `https://grafana.example`; default: none may. Variable: `a,b`.',
  ),
  field(
    'admin.insecure',
    FALLBACK.admin.insecure,
    asFlag,
    'Lets everybody in who reaches `admin.host`, where nothing else says who may ask.',
  ),
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
    'Resident memory above this is logged as critical, and fails the check `process:memory`.',
  ),
  field(
    'thresholds.cpuPercent',
    FALLBACK.thresholds.cpuPercent,
    asNumber,
    'CPU use above this is logged as a warning, and fails the check `process:cpu`; 100 is one core.',
  ),
  field(
    'http.metrics',
    FALLBACK.http.metrics,
    asText,
    'Under whose names instrumented servers are measured: `media`, `bitcraps`, `otel`, `prom-bundle` or `off`; see docs/http-servers.md.',
  ),
  field(
    'http.log',
    FALLBACK.http.log,
    asFlag,
    'Whether each request to an instrumented server is logged as `Request completed`.',
  ),
  field(
    'http.correlation',
    FALLBACK.http.correlation,
    asFlag,
    'Whether requests are answered with their ids, are current in what they start, and are spans. Off, they are counted, timed and logged alone.',
  ),
  field(
    'tracing.enabled',
    FALLBACK.tracing.enabled,
    asFlag,
    'Whether requests and calls are spans. Off, correlation ids and trace context are still carried on.',
  ),
  field(
    'tracing.spansPerSecond',
    FALLBACK.tracing.spansPerSecond,
    asNumber,
    'Spans a second that the sampler keeps on average; errors, slow requests and rare routes go before the rest.',
  ),
  field(
    'tracing.maxSpans',
    FALLBACK.tracing.maxSpans,
    asNumber,
    'Spans that are held in memory; the oldest trace goes, errors last.',
  ),
  field(
    'tracing.propagation',
    FALLBACK.tracing.propagation,
    asList,
    'How calls carry a trace on, and requests bring it: `tracecontext`, `baggage`, `b3` (one header), `b3multi`, or `none`; the correlation headers go in any case. Variable: `tracecontext,b3`.',
  ),
  field(
    'tracing.requestId',
    FALLBACK.tracing.requestId,
    asFlag,
    'Whether answers and calls carry the correlation id as `x-request-id` too. It is read in any case.',
  ),
  field(
    'tracing.openTelemetry',
    undefined,
    asFlag,
    'Whether `@opentelemetry/api` makes spans of our traces. Default: where the application has it installed and nobody else has registered a provider.',
  ),
  field(
    'tracing.otlpUrl',
    undefined,
    asText,
    'Where kept spans are sent in OTLP/HTTP, the whole address: `http://collector:4318/v1/traces`.',
  ),
  field('tracing.otlpToken', undefined, asText, 'Sent along as `Authorization: Bearer ...`. Never shown.'),
  field(
    'metrics.enabled',
    FALLBACK.metrics.enabled,
    asFlag,
    'Whether anything is recorded. Off, every instrument’s calls are empty and `/metrics` answers 404.',
    'BOXMAN_METRICS',
  ),
  field(
    'metrics.exemplars',
    FALLBACK.metrics.exemplars,
    asFlag,
    'Whether durations of requests and calls point to the trace behind them, where it is kept.',
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
    'How old a check’s result may be before it is run again, in the background. Variable: a duration.',
    'BOXMAN_HEALTH_CACHE',
  ),
  field(
    'health.findBreakers',
    FALLBACK.health.findBreakers,
    asFlag,
    'Whether circuit breakers of opossum and cockatiel are found by themselves, where they are installed.',
  ),
  field(
    'drain.delayMs',
    FALLBACK.drain.delayMs,
    asDuration,
    'With `exitOnSignals`: how long after SIGTERM connections are still taken, until load balancers know. Variable: a duration.',
    'BOXMAN_DRAIN_DELAY',
  ),
  field(
    'drain.graceMs',
    FALLBACK.drain.graceMs,
    asDuration,
    'With `exitOnSignals`: after which the process ends in any case, from the signal on. Variable: a duration.',
    'BOXMAN_DRAIN_GRACE',
  ),
  field(
    'store.enabled',
    FALLBACK.store.enabled,
    asFlag,
    'Whether the history of the metrics is kept, and queries are answered from it.',
  ),
  field(
    'store.intervalMs',
    FALLBACK.store.intervalMs,
    asDuration,
    'Between two samples of every series. Variable: a duration.',
    'BOXMAN_STORE_INTERVAL',
  ),
  field(
    'store.instance',
    undefined,
    asText,
    'The label `instance` of all series; `job` is the service. Default: host and port of the admin server, or the host’s name without one. Of spans it is `service.instance.id`, if stated.',
  ),
  field(
    'store.folder',
    undefined,
    asText,
    'Where the history outlives the process, one process a folder. Default: in memory alone.',
  ),
  field(
    'store.fsync',
    FALLBACK.store.fsync,
    asText,
    'When the log is forced onto the medium: `always` (each scrape), `interval` (every second) or `never` (when the system likes).',
  ),
  field(
    'store.retentionMs',
    FALLBACK.store.retentionMs,
    asDuration,
    'How long a sample is kept. Variable: a duration such as `7d`.',
    'BOXMAN_STORE_RETENTION',
  ),
  field(
    'store.maxBytes',
    FALLBACK.store.maxBytes,
    asNumber,
    'Memory for the history, and as much disk when there is a folder. At the limit the oldest goes.',
  ),
  field('store.maxSeries', FALLBACK.store.maxSeries, asNumber, 'Series the store takes; further ones are not kept.'),
  field(
    'store.outOfOrderMs',
    FALLBACK.store.outOfOrderMs,
    asDuration,
    'How much older than its series’ newest a sample from outside may be. Variable: a duration.',
    'BOXMAN_STORE_OUT_OF_ORDER',
  ),
  field(
    'rules',
    undefined,
    asList,
    'Files of recording and alerting rules in Prometheus’s format, evaluated over the store. Variable: `a.yml,b.yml`.',
  ),
  field(
    'query.timeoutMs',
    FALLBACK.query.timeoutMs,
    asDuration,
    'After which a query ends with an error. Variable: a duration.',
    'BOXMAN_QUERY_TIMEOUT',
  ),
  field('query.concurrency', FALLBACK.query.concurrency, asNumber, 'Queries at work at once; further ones wait.'),
  field(
    'query.maxSamples',
    FALLBACK.query.maxSamples,
    asNumber,
    'Samples that one query may read and calculate before it ends with an error.',
  ),
  field(
    'query.backend',
    undefined,
    asText,
    'A Prometheus, VictoriaMetrics or Mimir whose samples answer the queries, in place of the service’s own store: `http://prometheus:9090`.',
  ),
  field('query.backendToken', undefined, asText, 'Sent to it as `Authorization: Bearer ...`. Never shown.'),
  field('query.backendTenant', undefined, asText, 'Sent to it as `X-Scope-OrgID`, which a Mimir asks for.'),
  field(
    'ingest.remoteWrite',
    FALLBACK.ingest.remoteWrite,
    asFlag,
    'Whether `/api/v1/write` takes samples of others into the store. See docs/remote-write.md.',
  ),
  field(
    'ingest.otlp',
    FALLBACK.ingest.otlp,
    asFlag,
    'Whether `/api/v1/otlp/v1/metrics` takes OpenTelemetry metrics of others into the store.',
  ),
  field(
    'remoteWrite',
    undefined,
    asUrls,
    'Servers that get all that the store takes: `[{ url, name, headers, version }]`. Passwords and headers are never shown. Variable: `URL,URL`.',
  ),
]

/** Whether the value at this path is never shown. */
export function isSecret(path: string): boolean {
  return SECRET_PATHS.has(path)
}

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
  return { path, variable, ...reader, fallback, meaning, secret: SECRET_PATHS.has(path) }
}
