import type { HeartbeatTarget } from '../alerting/heartbeat/heartbeat.ts'

/** What `boxman serve` is told. */
export interface ServeOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Where samples outlive the process; none: they are in memory alone. */
  readonly folder: string | undefined
  readonly retentionMs: number
  /** Of memory, and of disk when there is a folder. */
  readonly maxBytes: number
  /** A prometheus.yml. */
  readonly configFile: string | undefined
  /** Files of rules besides those of the configuration; patterns are allowed. */
  readonly rules: readonly string[]
  /** An alertmanager.yml: who is told of alerts; none: nobody is. */
  readonly alertmanagerConfigFile?: string | undefined
  /** Alertmanagers that are told of the alerts of rules, besides those of the configuration. */
  readonly alertmanagerUrls?: readonly string[] | undefined
  /** Where people reach this server, for links; default: where it listens. */
  readonly externalUrl?: string | undefined
  /** Who raises the alarm when nothing more comes from here. */
  readonly heartbeat?: HeartbeatTarget | undefined
  /** A server whose samples answer the queries, those of rules too, in place of the store. */
  readonly queryBackend: string | undefined
  /** Whether others may write: remote write at /api/v1/write. */
  readonly receivesRemoteWrite: boolean
  /** Whether /-/reload and /-/quit do what they say. */
  readonly lifecycle: boolean
  /** Whether everybody may ask who reaches the host; default: that must be said in another way. */
  readonly insecure?: boolean | undefined
}

/** By Prometheus's names. */
export function flagsOf(options: ServeOptions, retention: string): Readonly<Record<string, string>> {
  return {
    'config.file': options.configFile ?? '',
    'alertmanager.config.file': options.alertmanagerConfigFile ?? '',
    'storage.tsdb.path': options.folder ?? '',
    'storage.tsdb.retention.size': `${options.maxBytes}B`,
    'storage.tsdb.retention.time': retention,
    'web.external-url': options.externalUrl ?? '',
    'web.enable-lifecycle': String(options.lifecycle),
    'web.enable-remote-write-receiver': String(options.receivesRemoteWrite),
    'web.listen-address': `${options.host}:${options.port}`,
  }
}
