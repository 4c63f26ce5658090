import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { socketAddress, type TlsOptions } from './address.ts'
import type { Outlet } from './delivery.ts'
import { Elasticsearch } from './elasticsearch.ts'
import { Fluentd } from './fluentd/fluentd.ts'
import type { Fetch } from './http-post.ts'
import { Loki } from './loki.ts'
import { OtlpLogs } from './otlp-logs.ts'
import { RotatingFile } from './rotating-file.ts'
import { type LineSink, Shipper } from './shipper.ts'
import type { FluentdSink, SinkOptions, SyslogSink } from './sink-options.ts'
import { Spool } from './spool.ts'
import { SyslogDatagrams, type SyslogOptions, SyslogStream } from './syslog.ts'

/** What sinks need to know of where they are. */
export interface SinkSurroundings {
  readonly service: string
  readonly version?: string | undefined
  readonly environment?: string | undefined
  readonly host: string
  readonly pid: number
  /** Of OTLP logs besides service, version, environment and host. */
  readonly resource?: Readonly<Record<string, string>> | undefined
  /** ms since the epoch. */
  readonly now: () => number
  /** Best one that is not instrumented. Default: Node's own. */
  readonly fetch?: Fetch
  /** From 0 to 1. Default: Math.random. */
  readonly random?: () => number
  /** Told when lines of a sink do not get through, each time anew, and (without a detail) when they do again. */
  readonly onState?: (sink: string, detail: string | undefined) => void
}

const MIB = 1024 * 1024
const MAX_LINE_BYTES = 256 * 1024
const BACKOFF_MS = 500

export async function openSink(options: SinkOptions, surroundings: SinkSurroundings): Promise<LineSink> {
  const { name = options.kind, level = 'trace', spool: folder, spoolMaxBytes = 64 * MIB } = options
  const maxBytes = atLeast(1024, 'maxBytes', options.maxBytes ?? 16 * MIB)
  const maxLineBytes = Math.min(MAX_LINE_BYTES, maxBytes)
  const outlet = outletOf(options, surroundings)
  const spool =
    folder === undefined
      ? undefined
      : await Spool.open({ folder, maxBytes: atLeast(1024, 'spoolMaxBytes', spoolMaxBytes), maxLineBytes })
  return new Shipper({
    name,
    outlet,
    spool,
    level,
    now: surroundings.now,
    random: surroundings.random ?? Math.random,
    origin: randomBytes(8).toString('hex'),
    maxLines: atLeast(1, 'maxLines', options.maxLines ?? 20_000),
    maxBytes,
    maxLineBytes,
    batchLines: atLeast(1, 'batchLines', options.batchLines ?? 1000),
    batchBytes: atLeast(1, 'batchBytes', options.batchBytes ?? MIB),
    delayMs: atLeast(0, 'delayMs', options.delayMs ?? 1000),
    backoffMs: BACKOFF_MS,
    maxBackoffMs: atLeast(1, 'maxBackoffMs', options.maxBackoffMs ?? 30_000),
    onState: (detail) => surroundings.onState?.(name, detail),
  })
}

function outletOf(
  options: SinkOptions,
  { service, version, environment, host, pid, now, ...rest }: SinkSurroundings,
): Outlet {
  const timeoutMs = atLeast(1, 'timeoutMs', options.timeoutMs ?? 10_000)
  const http = { timeoutMs, now, fetch: rest.fetch ?? globalThis.fetch }
  switch (options.kind) {
    case 'elasticsearch': {
      const { url, headers, gzip = true, index = `logs-${indexName(service)}-default` } = options
      return new Elasticsearch({ ...http, url, headers, gzip, index })
    }
    case 'loki': {
      const { url, headers, gzip = true, tenant, labels = { service_name: service } } = options
      return new Loki({ ...http, url, headers, gzip, tenant, labels })
    }
    case 'otlp': {
      const { url, headers, gzip = true } = options
      const resource = {
        'service.name': service,
        ...(version === undefined ? {} : { 'service.version': version }),
        ...(environment === undefined ? {} : { 'deployment.environment.name': environment }),
        'host.name': host,
        ...rest.resource,
      }
      return new OtlpLogs({ ...http, url, headers, gzip, resource })
    }
    case 'fluentd': {
      const { url, tag = service, ack = true, sharedKey, username, password } = options
      const address = socketAddress(url, 24_224, ['tcp', 'tls'])
      const credentials = sharedKey === undefined ? undefined : { sharedKey, username, password, hostname: host }
      return new Fluentd({ address, tls: tlsOf(options), tag, ack, credentials, timeoutMs })
    }
    case 'syslog': {
      const { url, facility = 16, maxDatagram = 8192 } = options
      const address = socketAddress(url, url.startsWith('tls:') ? 6514 : 514, ['tcp', 'tls', 'udp'])
      const head = { facility, host, app: service, pid }
      const syslog: SyslogOptions = { address, tls: tlsOf(options), head, timeoutMs, maxDatagram }
      return address.protocol === 'udp' ? new SyslogDatagrams(syslog) : new SyslogStream(syslog)
    }
    case 'file': {
      const { path, rotateBytes = 100 * MIB, rotateAfterMs = 86_400_000, keep = 7 } = options
      return new RotatingFile({ path, maxBytes: rotateBytes, maxAgeMs: rotateAfterMs, keep, now })
    }
  }
}

function tlsOf({ ca, cert, key }: FluentdSink | SyslogSink): TlsOptions {
  return { ca: pem(ca), cert: pem(cert), key: pem(key) }
}

function pem(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(file, 'utf8')
}

/** What Elasticsearch lets be a name; a hyphen would end the part of a data stream's name. */
function indexName(service: string): string {
  return service.toLowerCase().replaceAll(/[^a-z0-9_.]/g, '_')
}

function atLeast(least: number, name: string, value: number): number {
  if (!(value >= least)) throw new RangeError(`${name}: ${value} must be at least ${least}`)
  return value
}
