import type { Level, SinkOptions } from '../../logging/index.ts'
import type { Fsync } from '../../tsdb/index.ts'
import type { RemoteWriteVersion } from '../../wire/index.ts'
import type { AdminTls, AdminToken, AdminUser } from '../admin/access/scope.ts'

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
  readonly log: {
    readonly enabled: boolean
    readonly level: Level
    readonly ship?: readonly SinkOptions[] | undefined
    readonly shipDeadlineMs: number
  }
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
  readonly http: { readonly metrics: HttpPreset; readonly log: boolean; readonly correlation: boolean }
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
    readonly maxSeriesPerMetric: number
    readonly maxValuesPerLabel?: number | undefined
    readonly exemplars: boolean
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

type Value =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly RemoteWriteTarget[]
  | readonly SinkOptions[]
  | readonly AdminToken[]
  | readonly AdminUser[]
  | AdminTls
  | undefined

type Part<T> = {
  readonly [Key in keyof T]?: (T[Key] extends Value ? T[Key] : Part<T[Key]> | Switch<T[Key]>) | undefined
}

/** `log: false` is short for `log: { enabled: false }`. */
type Switch<T> = T extends { readonly enabled: boolean } ? boolean : never

/** What a file or the code states: any part of {@link Config}. */
export type ConfigInput = Part<Config>

/** Where a value comes from. */
export type Provenance = 'default' | 'code' | `file ${string}` | `environment ${string}`

export interface ResolvedConfig extends Config {
  /** By path, such as `admin.port` or `constantLabels.region`. */
  readonly provenance: Readonly<Record<string, Provenance>>
}

/** Types a `boxman.config.ts`: `export default defineConfig({ service: 'wallet' })`. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}
