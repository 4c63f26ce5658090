import * as v from 'valibot'
import { LEVELS } from '../../logging/index.ts'
import { isAddressRange } from '../address-ranges.ts'
import { HOSTS, ORIGINS, TLS_FILES, TOKEN, TOKENS, USERS } from './access-schema.ts'
import type { Config } from './config.ts'
import { SINKS } from './sink-schema.ts'
import { isServerUrl, SERVER_URL } from './server-url.ts'

/** The keys of every group, for unknown ones to be named beside them. */
const ENTRIES = new Map<v.GenericSchema, Readonly<Record<string, v.GenericSchema>>>()

const text = matching(/^[^\p{Cc}]{1,100}$/u, 'a text of 1 to 100 characters')

const RANGES = "a list of addresses and ranges, such as ['10.0.0.0/8', '::1'], or ['private']"

const REMOTES =
  "a list of 1 to 10 such as [{ url: 'https://metrics.example/api/v1/write' }], each with url, name, headers or version (1.0, 2.0)"
const REMOTE = v.strictObject(
  {
    url: v.pipe(v.string(REMOTES), v.check(isHttpUrl, REMOTES)),
    name: v.optional(matching(/^[\w-][\w.-]{0,99}$/, REMOTES)),
    headers: v.optional(v.record(v.string(REMOTES), v.string(REMOTES), REMOTES)),
    version: v.optional(v.picklist(['1.0', '2.0'], REMOTES)),
  },
  REMOTES,
)
const PROPAGATORS = "a list of tracecontext, baggage, b3 and b3multi, or ['none']"
const PROPAGATOR = v.picklist(['tracecontext', 'baggage', 'b3', 'b3multi', 'none'], PROPAGATORS)
const FILES = "a list of files, such as ['rules.yml']"

/** Every message says what was expected: it ends up in `PATH: expected ..., given ...`. */
const CONFIG = group({
  service: text,
  version: v.optional(text),
  environment: v.optional(text),
  prefix: matching(/^[a-zA-Z_](?:\w{0,62}[a-zA-Z0-9])?$/, 'letters, digits and _, not a digit first nor a _ last'),
  constantLabels: v.record(v.string(), matching(/^[^]{0,200}$/, 'a label value: a text of at most 200 characters')),
  log: group({
    enabled: flag(),
    level: v.picklist(LEVELS, `one of ${LEVELS.join(', ')}`),
    ship: v.optional(SINKS),
    shipDeadlineMs: wholeNumber(0, 600_000, 'milliseconds'),
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
    otlpToken: v.optional(matching(/^[\x21-\x7e]{1,4000}$/, 'a token of visible ASCII characters')),
  }),
  metrics: group({
    enabled: flag(),
    maxSeriesPerMetric: wholeNumber(1, 1_000_000, 'a number of series'),
    maxValuesPerLabel: v.optional(wholeNumber(1, 1_000_000, 'a number of values')),
    exemplars: flag(),
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
    instance: v.optional(text),
    folder: v.optional(matching(/^[^\0]{1,1000}$/, 'the path of a folder')),
    fsync: v.picklist(['always', 'interval', 'never'], 'one of always, interval, never'),
    retentionMs: wholeNumber(60_000, 3_155_760_000_000, 'milliseconds'),
    maxBytes: wholeNumber(1_048_576, 2 ** 50, 'bytes'),
    maxSeries: wholeNumber(1, 10_000_000, 'a number of series'),
    outOfOrderMs: wholeNumber(0, 86_400_000, 'milliseconds'),
  }),
  rules: v.optional(listOf(matching(/^[^\0]{1,1000}$/, FILES), FILES)),
  query: group({
    timeoutMs: wholeNumber(1, 3_600_000, 'milliseconds'),
    concurrency: wholeNumber(1, 1000, 'a number of queries'),
    maxSamples: wholeNumber(1, 1_000_000_000, 'a number of samples'),
    backend: v.optional(v.pipe(v.string(SERVER_URL), v.check(isServerUrl, SERVER_URL))),
    backendToken: v.optional(matching(/^[\x21-\x7e]{1,4000}$/, 'a token of visible ASCII characters')),
    backendTenant: v.optional(matching(/^[\x21-\x7e]{1,200}$/, 'a tenant of visible ASCII characters')),
  }),
  ingest: group({ remoteWrite: flag(), otlp: flag() }),
  remoteWrite: v.optional(v.pipe(v.array(REMOTE, REMOTES), v.minLength(1, REMOTES), v.maxLength(10, REMOTES))),
})

const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/

type Place =
  | { readonly kind: 'value'; readonly schema: v.GenericSchema }
  | { readonly kind: 'group'; readonly keys: readonly string[] }
  | { readonly kind: 'labels' }
  | { readonly kind: 'unknown' }

/** What the configuration has at a path of keys; the empty path is the whole. */
export function placeAt(path: readonly string[]): Place {
  const { constantLabels } = CONFIG.entries
  let schema: v.GenericSchema = CONFIG
  for (const key of path) {
    if (schema === constantLabels) {
      const usable = LABEL_NAME.test(key) && key !== 'le' && key !== 'quantile'
      return usable ? { kind: 'value', schema: constantLabels.value } : { kind: 'unknown' }
    }
    const entries = ENTRIES.get(schema) ?? {}
    const entry = Object.hasOwn(entries, key) ? entries[key] : undefined
    if (entry === undefined) return { kind: 'unknown' }
    schema = entry
  }
  if (schema === constantLabels) return { kind: 'labels' }
  const entries = ENTRIES.get(schema)
  return entries === undefined ? { kind: 'value', schema } : { kind: 'group', keys: Object.keys(entries) }
}

/** What was expected instead of a value; undefined when the value is right. */
export function expectedBy(schema: v.GenericSchema, value: unknown): string | undefined {
  return v.safeParse(schema, value).issues?.[0].message
}

/** A tree that has been checked value by value, as the type that it is. */
export function asConfig(tree: unknown): Config {
  return v.parse(CONFIG, tree)
}

function group<const Entries extends Readonly<Record<string, v.GenericSchema>>>(
  entries: Entries,
): v.StrictObjectSchema<Entries, undefined> {
  const schema = v.strictObject(entries)
  ENTRIES.set(schema, entries)
  return schema
}

function matching(pattern: RegExp, expected: string): v.GenericSchema<string> {
  return v.pipe(v.string(expected), v.regex(pattern, expected))
}

function listOf(item: v.GenericSchema<string>, expected: string): v.GenericSchema<readonly string[]> {
  return v.pipe(v.array(item, expected), v.minLength(1, expected), v.maxLength(100, expected))
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

function flag(): v.GenericSchema<boolean> {
  return v.boolean('true or false')
}

function wholeNumber(min: number, max: number, what: string): v.GenericSchema<number> {
  const expected = `${what} from ${min} to ${max}`
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected))
}

function positive(expected: string): v.GenericSchema<number> {
  return v.pipe(v.number(expected), v.finite(expected), v.gtValue(0, expected))
}
