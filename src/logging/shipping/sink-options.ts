import type { Severity } from '../levels.ts'

/** What any sink may state. */
export interface SinkCommon {
  /** By which it is known in metrics. Default: its kind. */
  readonly name?: string | undefined
  /** The least severe level that goes there. Default: all that are written. */
  readonly level?: Severity | undefined
  /** Of what waits in memory. Defaults: 20 000 lines, 16 MiB. */
  readonly maxLines?: number | undefined
  readonly maxBytes?: number | undefined
  /** Of one request. Defaults: 1000 lines, 1 MiB. */
  readonly batchLines?: number | undefined
  readonly batchBytes?: number | undefined
  /** How long a line waits for others. Default: 1000. */
  readonly delayMs?: number | undefined
  /** Of one attempt. Default: 10 000. */
  readonly timeoutMs?: number | undefined
  /** The longest pause between two attempts; the first is at most 500 ms. Default: 30 000. */
  readonly maxBackoffMs?: number | undefined
  /** A folder for what has not been sent, of this sink of this process alone: it survives the process. */
  readonly spool?: string | undefined
  /** Default: 64 MiB. */
  readonly spoolMaxBytes?: number | undefined
}

interface OverHttp {
  readonly url: string
  /** Such as authorization. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Default: true. */
  readonly gzip?: boolean | undefined
}

interface OverSocket {
  /** `tcp://host:port`, `tls://host:port`; syslog also `udp://host:port`. */
  readonly url: string
  /** Files of PEM for TLS: whom to trust, and what to show. */
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

export interface ElasticsearchSink extends SinkCommon, OverHttp {
  readonly kind: 'elasticsearch'
  /** An index or data stream. Default: `logs-SERVICE-default`. */
  readonly index?: string | undefined
}

export interface FluentdSink extends SinkCommon, OverSocket {
  readonly kind: 'fluentd'
  /** Default: the service's name. */
  readonly tag?: string | undefined
  /** Default: true. */
  readonly ack?: boolean | undefined
  readonly sharedKey?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
}

export interface LokiSink extends SinkCommon, OverHttp {
  readonly kind: 'loki'
  /** Default: `service_name`. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly tenant?: string | undefined
}

export interface OtlpSink extends SinkCommon, OverHttp {
  readonly kind: 'otlp'
}

export interface SyslogSink extends SinkCommon, OverSocket {
  readonly kind: 'syslog'
  /** 0 to 23. Default: 16, `local0`. */
  readonly facility?: number | undefined
  /** Of `udp://`. Default: 8192. */
  readonly maxDatagram?: number | undefined
}

export interface FileSink extends SinkCommon {
  readonly kind: 'file'
  readonly path: string
  /** Default: 100 MiB. */
  readonly rotateBytes?: number | undefined
  /** Default: a day. */
  readonly rotateAfterMs?: number | undefined
  /** How many files are kept besides. Default: 7. */
  readonly keep?: number | undefined
  /**
   * Whether SIGHUP has it opened anew; then the process no longer ends by one. A file that was moved away is found out in any
   * case. For who calls `reopen`: nothing here listens to signals. Default: false.
   */
  readonly reopenOnHangup?: boolean | undefined
}

/** Where lines are to go, and how. */
export type SinkOptions = ElasticsearchSink | FluentdSink | LokiSink | OtlpSink | SyslogSink | FileSink
