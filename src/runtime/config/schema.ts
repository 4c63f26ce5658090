import * as v from 'valibot'
import { isModulePattern, LEVELS, MODULE_PATTERN, parseLevels, PRESETS } from '../../logging/index.ts'
import { isAddressRange } from '../address-ranges.ts'
import { HOSTS, ORIGINS, TLS_FILES, TOKEN, TOKENS, USERS } from './access-schema.ts'
import { FORWARD, HEARTBEAT } from './alerting-schema.ts'
import type { Config } from './config.ts'
import { REDACT } from './redact-schema.ts'
import { ascending, flag, group, isHttpUrl, listOf, matching, positive, wholeNumber } from './schema-parts.ts'
import { secret } from './secret-schema.ts'
import { SINKS } from './sink-schema.ts'
import { isPublicUrl, isServerUrl, PUBLIC_URL, SERVER_URL } from './server-url.ts'

const TEXT = matching(/^[^\p{Cc}]{1,100}$/u, 'a text of 1 to 100 characters')

const RANGES = "a list of addresses and ranges, such as ['10.0.0.0/8', '::1'], or ['private']"

const REMOTES =
  "a list of 1 to 10 such as [{ url: 'https://metrics.example/api/v1/write' }], each with url, name, headers or version (1.0, 2.0)"
const REMOTE = v.strictObject(
  {
    url: secret(v.pipe(v.string(REMOTES), v.check(isHttpUrl, REMOTES)), 'url'),
    name: v.optional(matching(/^[\w-][\w.-]{0,99}$/, REMOTES)),
    headers: v.optional(v.record(v.string(REMOTES), secret(v.string(REMOTES)), REMOTES)),
    version: v.optional(v.picklist(['1.0', '2.0'], REMOTES)),
  },
  REMOTES,
)
const PROPAGATORS = "a list of tracecontext, baggage, b3 and b3multi, or ['none']"
const PROPAGATOR = v.picklist(['tracecontext', 'baggage', 'b3', 'b3multi', 'none'], PROPAGATORS)
const KUBERNETES_NAME = matching(/^[\w.:-]{1,200}$/, 'a name of 1 to 200 letters, digits and _ . : -')
const LEVEL = `one of ${LEVELS.join(', ')}, or a list with modules such as info,wallet.*=debug`
const MODULE_LEVELS = `levels by ${MODULE_PATTERN}, each one of ${LEVELS.join(', ')}`
const FILES = "a list of files, such as ['rules.yml']"

/** Every message says what was expected: it ends up in `PATH: expected ..., given ...`. */
export const CONFIG: v.GenericSchema<unknown, Config> = group({
  service: TEXT,
  version: v.optional(TEXT),
  environment: v.optional(TEXT),
  prefix: matching(/^[a-zA-Z_](?:\w{0,62}[a-zA-Z0-9])?$/, 'letters, digits and _, not a digit first nor a _ last'),
  constantLabels: v.record(v.string(), matching(/^[^]{0,200}$/, 'a label value: a text of at most 200 characters')),
  watch: flag(),
  log: group({
    enabled: flag(),
    level: v.pipe(
      v.string(LEVEL),
      v.check((text) => parseLevels(text) !== undefined, LEVEL),
    ),
    levels: v.optional(
      v.record(
        v.pipe(v.string(MODULE_LEVELS), v.check(isModulePattern, MODULE_LEVELS)),
        v.picklist(LEVELS, MODULE_LEVELS),
        MODULE_LEVELS,
      ),
    ),
    levelSignal: v.optional(v.picklist(['SIGUSR2', 'SIGHUP'], 'SIGUSR2 or SIGHUP')),
    preset: v.picklist(PRESETS, `one of ${PRESETS.join(', ')}`),
    limit: group({
      enabled: flag(),
      perSecond: wholeNumber(1, 1_000_000, 'a number of lines'),
      burst: wholeNumber(1, 1_000_000, 'a number of lines'),
      oneIn: wholeNumber(0, 1_000_000, 'a number of lines'),
      errorsPerSecond: v.optional(wholeNumber(1, 1_000_000, 'a number of lines')),
    }),
    tail: group({
      enabled: flag(),
      lines: wholeNumber(1, 1_000_000, 'a number of lines'),
      bytes: wholeNumber(4096, 2 ** 30, 'bytes'),
    }),
    ship: v.optional(SINKS),
    shipDeadlineMs: wholeNumber(0, 600_000, 'milliseconds'),
  }),
  redact: group({
    paths: REDACT.paths,
    keys: REDACT.names,
    allow: REDACT.names,
    shapes: REDACT.shapes,
    emails: flag(),
    replacement: REDACT.replacement,
  }),
  admin: group({
    enabled: flag(),
    host: matching(/^[^\s/]{1,255}$/, "a host name or address to listen on, such as 127.0.0.1 or '::'"),
    port: wholeNumber(0, 65_535, 'a port'),
    basePath: matching(/^(?:\/[\w.~-]+)*$/, "a path such as '/ops/boxman', without a slash at its end, or ''"),
    token: v.optional(TOKEN),
    tokens: v.optional(TOKENS),
    basic: v.optional(USERS),
    tls: v.optional(TLS_FILES),
    allow: v.optional(listOf(v.pipe(v.string(RANGES), v.check(isAddressRange, RANGES)), RANGES)),
    guardProbes: flag(),
    hosts: v.optional(HOSTS),
    origins: v.optional(ORIGINS),
    insecure: flag(),
  }),
  collect: group({ intervalMs: wholeNumber(100, 3_600_000, 'milliseconds') }),
  thresholds: group({
    memoryBytes: positive('bytes above 0'),
    cpuPercent: positive('a percentage above 0'),
  }),
  http: group({
    metrics: v.picklist(
      ['media', 'bitcraps', 'otel', 'prom-bundle', 'off'],
      'one of media, bitcraps, otel, prom-bundle, off',
    ),
    bucketsMs: v.optional(ascending('up to 100 ascending numbers of milliseconds above 0, such as [25, 50, 100]')),
    log: flag(),
    correlation: flag(),
  }),
  tracing: group({
    enabled: flag(),
    spansPerSecond: wholeNumber(1, 1_000_000, 'a number of spans'),
    maxSpans: wholeNumber(100, 10_000_000, 'a number of spans'),
    propagation: v.pipe(
      v.array(PROPAGATOR, PROPAGATORS),
      v.check((names) => names.length <= 1 || !names.includes('none'), PROPAGATORS),
    ),
    requestId: flag(),
    openTelemetry: v.optional(flag()),
    otlpUrl: v.optional(v.pipe(v.string(SERVER_URL), v.check(isServerUrl, SERVER_URL))),
    otlpToken: v.optional(secret(matching(/^[\x21-\x7e]{1,4000}$/, 'a token of visible ASCII characters'))),
  }),
  metrics: group({
    enabled: flag(),
    prometheus: flag(),
    eventLoop: flag(),
    windowMs: wholeNumber(1000, 86_400_000, 'milliseconds'),
    windowSamples: v.optional(wholeNumber(1, 1_000_000_000, 'a number of requests')),
    maxSeriesPerMetric: wholeNumber(1, 1_000_000, 'a number of series'),
    maxValuesPerLabel: v.optional(wholeNumber(1, 1_000_000, 'a number of values')),
    exemplars: flag(),
    internal: flag(),
  }),
  errors: group({ uncaught: flag(), maxGroups: wholeNumber(1, 10_000, 'a number of groups') }),
  kubernetes: group({
    labels: v.picklist(['auto', 'on', 'off'], 'one of auto, on, off'),
    pod: v.optional(KUBERNETES_NAME),
    namespace: v.optional(KUBERNETES_NAME),
    node: v.optional(KUBERNETES_NAME),
    zone: v.optional(KUBERNETES_NAME),
    uid: v.optional(KUBERNETES_NAME),
  }),
  health: group({
    timeoutMs: wholeNumber(1, 600_000, 'milliseconds'),
    cacheMs: wholeNumber(0, 3_600_000, 'milliseconds'),
    findBreakers: flag(),
  }),
  drain: group({
    delayMs: wholeNumber(0, 600_000, 'milliseconds'),
    graceMs: wholeNumber(1, 3_600_000, 'milliseconds'),
  }),
  store: group({
    enabled: flag(),
    intervalMs: wholeNumber(100, 3_600_000, 'milliseconds'),
    instance: v.optional(TEXT),
    folder: v.optional(matching(/^[^\0]{1,1000}$/, 'the path of a folder')),
    fsync: v.picklist(['always', 'interval', 'never'], 'one of always, interval, never'),
    retentionMs: wholeNumber(60_000, 3_155_760_000_000, 'milliseconds'),
    maxBytes: wholeNumber(1_048_576, 2 ** 50, 'bytes'),
    maxSeries: wholeNumber(1, 10_000_000, 'a number of series'),
    outOfOrderMs: wholeNumber(0, 86_400_000, 'milliseconds'),
  }),
  rules: v.optional(listOf(matching(/^[^\0]{1,1000}$/, FILES), FILES)),
  alerting: group({
    config: v.optional(
      matching(/^[^\0]{1,1000}$/, 'the path of an alertmanager.yml, or from code what defineAlerting returned'),
    ),
    folder: v.optional(matching(/^[^\0]{1,1000}$/, 'the path of a folder')),
    externalUrl: v.optional(v.pipe(v.string(PUBLIC_URL), v.check(isPublicUrl, PUBLIC_URL))),
    forward: v.optional(FORWARD),
    heartbeat: v.optional(HEARTBEAT),
  }),
  query: group({
    timeoutMs: wholeNumber(1, 3_600_000, 'milliseconds'),
    concurrency: wholeNumber(1, 1000, 'a number of queries'),
    maxSamples: wholeNumber(1, 1_000_000_000, 'a number of samples'),
    backend: v.optional(v.pipe(v.string(SERVER_URL), v.check(isServerUrl, SERVER_URL))),
    backendToken: v.optional(secret(matching(/^[\x21-\x7e]{1,4000}$/, 'a token of visible ASCII characters'))),
    backendTenant: v.optional(matching(/^[\x21-\x7e]{1,200}$/, 'a tenant of visible ASCII characters')),
  }),
  ingest: group({ remoteWrite: flag(), otlp: flag() }),
  remoteWrite: v.optional(v.pipe(v.array(REMOTE, REMOTES), v.minLength(1, REMOTES), v.maxLength(10, REMOTES))),
})
