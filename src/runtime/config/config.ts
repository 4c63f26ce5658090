import type { Level, Preset, RedactionOptions, SinkOptions } from '../../logging/index.ts'
import type { Fsync } from '../../tsdb/index.ts'
import type { RemoteWriteVersion } from '../../wire/index.ts'
import type { AdminTls, AdminToken, AdminUser } from '../admin/access/scope.ts'
import type { ForwardTarget } from '../alerting/forward/peers.ts'
import type { HeartbeatTarget } from '../alerting/heartbeat/heartbeat.ts'

/** Under whose names instrumented servers are counted and timed. */
export type HttpPreset = 'media' | 'bitcraps' | 'otel' | 'prom-bundle' | 'off'

/** A way to tell a callee whose work it does, by the names of `OTEL_PROPAGATORS`; `none` stands alone. */
export type Propagator = 'tracecontext' | 'baggage' | 'b3' | 'b3multi' | 'none'

/** The configuration in force. `docs/configuration.md` says what each value means. */
export interface Config {
  readonly service: string
  readonly version?: string | undefined
  readonly environment?: string | undefined
  readonly prefix: string
  readonly constantLabels: Readonly<Record<string, string>>
  /** Whether the file, and the files of secrets, are read anew when they change. */
  readonly watch: boolean
  readonly log: {
    readonly enabled: boolean
    /** Of all, and of modules: `info,wallet.*=debug`. */
    readonly level: string
    readonly levels?: Readonly<Record<string, Level>> | undefined
    readonly levelSignal?: 'SIGUSR2' | 'SIGHUP' | undefined
    readonly preset: Preset
    readonly limit: {
      readonly enabled: boolean
      readonly perSecond: number
      readonly burst: number
      readonly oneIn: number
      readonly errorsPerSecond?: number | undefined
    }
    readonly tail: { readonly enabled: boolean; readonly lines: number; readonly bytes: number }
    readonly ship?: readonly SinkOptions[] | undefined
    readonly shipDeadlineMs: number
  }
  readonly redact: Required<RedactionOptions>
  readonly admin: {
    readonly enabled: boolean
    readonly host: string
    readonly port: number
    readonly basePath: string
    readonly token?: string | readonly string[] | undefined
    readonly tokens?: readonly AdminToken[] | undefined
    readonly basic?: readonly AdminUser[] | undefined
    readonly tls?: AdminTls | undefined
    readonly allow?: readonly string[] | undefined
    readonly guardProbes: boolean
    readonly hosts?: readonly string[] | undefined
    readonly origins?: readonly string[] | undefined
    readonly insecure: boolean
  }
  readonly collect: { readonly intervalMs: number }
  readonly thresholds: { readonly memoryBytes: number; readonly cpuPercent: number }
  readonly http: {
    readonly metrics: HttpPreset
    readonly bucketsMs?: readonly number[] | undefined
    readonly log: boolean
    readonly correlation: boolean
  }
  readonly tracing: {
    readonly enabled: boolean
    readonly spansPerSecond: number
    readonly maxSpans: number
    readonly propagation: readonly Propagator[]
    readonly requestId: boolean
    /** Undefined: where it is installed and nobody else has registered. */
    readonly openTelemetry?: boolean | undefined
    readonly otlpUrl?: string | undefined
    readonly otlpToken?: string | undefined
  }
  readonly metrics: {
    readonly enabled: boolean
    readonly prometheus: boolean
    readonly eventLoop: boolean
    readonly windowMs: number
    readonly windowSamples?: number | undefined
    readonly maxSeriesPerMetric: number
    readonly maxValuesPerLabel?: number | undefined
    readonly exemplars: boolean
    readonly internal: boolean
  }
  readonly errors: { readonly uncaught: boolean; readonly maxGroups: number }
  readonly kubernetes: {
    /** Whether what is found becomes constant labels; `auto`: in a pod. */
    readonly labels: 'auto' | 'on' | 'off'
    readonly pod?: string | undefined
    readonly namespace?: string | undefined
    readonly node?: string | undefined
    readonly zone?: string | undefined
    readonly uid?: string | undefined
  }
  readonly health: { readonly timeoutMs: number; readonly cacheMs: number; readonly findBreakers: boolean }
  readonly drain: { readonly delayMs: number; readonly graceMs: number }
  readonly store: {
    readonly enabled: boolean
    readonly intervalMs: number
    readonly instance?: string | undefined
    readonly folder?: string | undefined
    readonly fsync: Fsync
    readonly retentionMs: number
    readonly maxBytes: number
    readonly maxSeries: number
    readonly outOfOrderMs: number
  }
  readonly rules?: readonly string[] | undefined
  readonly alerting: {
    readonly config?: string | undefined
    readonly folder?: string | undefined
    readonly externalUrl?: string | undefined
    readonly forward?: readonly ForwardTarget[] | undefined
    readonly heartbeat?: HeartbeatTarget | undefined
  }
  readonly query: {
    readonly timeoutMs: number
    readonly concurrency: number
    readonly maxSamples: number
    readonly backend?: string | undefined
    readonly backendToken?: string | undefined
    readonly backendTenant?: string | undefined
  }
  readonly ingest: { readonly remoteWrite: boolean; readonly otlp: boolean }
  readonly remoteWrite?: readonly RemoteWriteTarget[] | undefined
}

/** A server that gets all that the store takes. */
export interface RemoteWriteTarget {
  readonly url: string
  /** By which it is known in metrics and in the store's folder; default: made of the URL. */
  readonly name?: string | undefined
  /** Such as authorization; their values are never shown. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** What is tried first; default 2.0. */
  readonly version?: RemoteWriteVersion | undefined
}

/** Where a secret is to be found: in a variable, or in a file, whose last line break is none of it. */
export type SecretReference = { readonly env: string } | { readonly file: string }

/** What is, or holds, secrets: each text in it may be a {@link SecretReference}. */
type SecretKey = 'token' | 'otlpToken' | 'backendToken' | 'url' | 'headers' | 'sharedKey' | 'password'

type Referable<T> = T extends string
  ? T | SecretReference
  : T extends readonly (infer Item)[]
    ? readonly Referable<Item>[]
    : { readonly [Key in keyof T]: Referable<T[Key]> }

/** Of a list, such as a server to write to. */
type Item<T> = T extends object ? { [Key in keyof T]: Key extends SecretKey ? Referable<T[Key]> : T[Key] } : T

type Value = string | number | boolean | readonly unknown[] | undefined

type Stated<Key, T> = Key extends SecretKey
  ? Referable<T>
  : T extends readonly (infer Element)[]
    ? readonly Item<Element>[]
    : T

type Part<T> = {
  readonly [Key in keyof T]?: (T[Key] extends Value ? Stated<Key, T[Key]> : Part<T[Key]> | Switch<T[Key]>) | undefined
}

/** `log: false` is short for `log: { enabled: false }`. */
type Switch<T> = T extends { readonly enabled: boolean } ? boolean : never

/** What a file or the code states: any part of {@link Config}. */
export type ConfigInput = Part<Config>

/** What is to change in a running service; null goes back to what file, code and environment state. */
export type ConfigChange = Nullable<ConfigInput>

type Nullable<T> = {
  readonly [Key in keyof T]: T[Key] | null | (NonNullable<T[Key]> extends Value ? never : Nullable<T[Key]>)
}

/** Where a value comes from; a change by the API with its time. */
export type Provenance = 'default' | 'code' | `file ${string}` | `environment ${string}` | `api ${string}`

export interface ResolvedConfig extends Config {
  /** By path, such as `admin.port` or `constantLabels.region`. */
  readonly provenance: Readonly<Record<string, Provenance>>
  /** By path, such as `admin.token` or `remoteWrite.0.headers.authorization`: where a secret stated by reference was found. */
  readonly references: Readonly<Record<string, string>>
}

/** Types a `boxman.config.ts`: `export default defineConfig({ service: 'wallet' })`. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}
