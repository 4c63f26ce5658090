import { FALLBACK } from '../fallback.ts'
import { asDuration, asFlag, asList, asNumber, asTarget, asText, asUrls } from '../readers.ts'
import { type ConfigField, field } from './field.ts'

export const STORE_FIELDS: readonly ConfigField[] = [
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
    { variable: 'BOXMAN_STORE_INTERVAL' },
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
    { variable: 'BOXMAN_STORE_RETENTION' },
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
    { variable: 'BOXMAN_STORE_OUT_OF_ORDER' },
  ),
  field(
    'rules',
    undefined,
    asList,
    'Files of recording and alerting rules in Prometheus’s format, evaluated over the store. Variable: `a.yml,b.yml`.',
  ),
  field(
    'alerting.config',
    undefined,
    asText,
    'An alertmanager.yml, or in code what `defineAlerting` returned: who is told of alerts, those of rules and those that are posted to `/api/v2/alerts`. Default: nobody is.',
  ),
  field(
    'alerting.folder',
    undefined,
    asText,
    'Where what is known of alerts and still to be told outlives the process, one process a folder. Default: `alerting` in `store.folder`, or in memory alone.',
  ),
  field(
    'alerting.externalUrl',
    undefined,
    asText,
    'Where people reach the endpoints, for the links in messages: `https://ops.example/boxman`, a path kept. Default: the admin server’s own address.',
  ),
  field(
    'alerting.forward',
    undefined,
    asUrls,
    'Alertmanagers that are all told of the alerts of rules: `[{ url, token, username, password, headers, ca, cert, key, timeoutMs }]`. Passwords, tokens and headers are never shown. Variable: `URL,URL`.',
  ),
  field(
    'alerting.heartbeat',
    undefined,
    asTarget,
    'Who raises the alarm when nothing more comes: `{ url, intervalMs, method, headers, body }`. The URL is never shown. Variable: the URL, or the same as JSON.',
  ),
  field(
    'query.timeoutMs',
    FALLBACK.query.timeoutMs,
    asDuration,
    'After which a query ends with an error. Variable: a duration.',
    { variable: 'BOXMAN_QUERY_TIMEOUT', changeable: 'live' },
  ),
  field('query.concurrency', FALLBACK.query.concurrency, asNumber, 'Queries at work at once; further ones wait.', {
    changeable: 'live',
  }),
  field(
    'query.maxSamples',
    FALLBACK.query.maxSamples,
    asNumber,
    'Samples that one query may read and calculate before it ends with an error.',
    { changeable: 'live' },
  ),
  field(
    'query.backend',
    undefined,
    asText,
    'A Prometheus, VictoriaMetrics or Mimir whose samples answer the queries, in place of the service’s own store: `http://prometheus:9090`.',
  ),
  field('query.backendToken', undefined, asText, 'Sent to it as `Authorization: Bearer ...`. Never shown.', {
    changeable: 'file',
  }),
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
