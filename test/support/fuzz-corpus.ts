import { gzipSync } from 'node:zlib'
import { LOGIN_PATHS } from '../../src/runtime/admin/access/login.ts'
import { ALERTING_PATHS } from '../../src/runtime/alerting/api/paths.ts'
import { BACKTEST_PATHS } from '../../src/runtime/backtest/backtest-paths.ts'
import { API_PATHS } from '../../src/runtime/api/api.ts'
import { CONSOLE_PATHS } from '../../src/runtime/console/late-console.ts'
import { INGESTION_PATHS } from '../../src/runtime/ingest/ingestion.ts'
import { LOGS_PATHS } from '../../src/runtime/logs/logs.ts'
import { TRACES_PATHS } from '../../src/runtime/traces/traces-api.ts'
import { remoteWriteBody } from './served-admin.ts'

export const METHODS: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'M-SEARCH',
  'QUERY',
  'get',
  'Post',
  'G\0T',
  '',
  'X'.repeat(300),
]

export const PATHS: readonly string[] = [
  '/',
  '/endpoints',
  '/assets/index.js',
  ...LOGIN_PATHS,
  ...CONSOLE_PATHS.filter((path) => path !== '/api/console/stream').map((path) => path.replace('*', 'x')),
  '/style.css',
  '/metrics',
  '/config',
  '/health',
  '/ready',
  '/livez',
  '/readyz',
  '/readyz/db',
  '/startupz',
  '/healthz',
  '/health/db',
  '/health/extended',
  '/status',
  '/version',
  '/internal/metrics',
  '/diagnostics/errors',
  '/diagnostics/errors/0123456789abcdef',
  '/diagnostics/metrics',
  '/diagnostics/metrics/schema',
  '/diagnostics/performance',
  '/diagnostics/system',
  ...LOGS_PATHS,
  '/diagnostics/circuit-breakers',
  '/-/reload',
  ...INGESTION_PATHS,
  ...[...API_PATHS.keys(), ...TRACES_PATHS, ...ALERTING_PATHS, ...BACKTEST_PATHS].map((path) =>
    path.replace('*', '__name__'),
  ),
]

export const NAMES: readonly string[] = [
  'query',
  'start',
  'end',
  'step',
  'time',
  'timeout',
  'limit',
  'match[]',
  'stats',
  'lookback_delta',
  'exclude',
  'verbose',
  'service',
  'operation',
  'tags',
  'minDuration',
  'lookback',
  'metric',
  'type',
  'state',
  'group_limit',
  'group_next_token',
  'filter',
  'receiver',
  'receiver_matchers',
  'silenced',
  'token',
  'fingerprint',
  'x',
]

export const VALUES: readonly string[] = [
  '',
  '1',
  '-1',
  '0',
  'NaN',
  'Inf',
  '1e999',
  '1e-999',
  '99999999999999999999',
  '2026-01-01T00:00:00Z',
  '2026-13-45T99:99:99Z',
  '5m',
  '1y',
  'up',
  'up{',
  '{}',
  '{__name__=~".*"}',
  '{__name__=~"("}',
  'sum(rate(up[5m]))',
  'up[1y:1ms]',
  'count_values("x",up)',
  '(',
  '('.repeat(3000),
  '-'.repeat(3000),
  '1+'.repeat(3000),
  'label_replace(up,"a","$1","b","(")',
  '\0',
  '%',
  '%ff',
  'true',
  '{"a":"b"}',
  '{',
  '[]',
  '__proto__',
  'x'.repeat(5000),
]

export const HEADER_LINES: readonly string[] = [
  'accept: application/json',
  'accept: */*;q=banana',
  'accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  'accept: application/openmetrics-text;version=99;q=1,text/plain;version=;escaping=nothing',
  `accept: ${'a/b,'.repeat(2000)}`,
  'accept-encoding: gzip',
  'accept-encoding: gzip;q=0, identity;q=0, *;q=0',
  'accept-encoding: \xff',
  'content-encoding: gzip',
  'content-encoding: snappy',
  'content-encoding: br, gzip',
  'content-encoding: nonsense',
  'content-type: application/json',
  'content-type: application/x-protobuf',
  'content-type: application/x-protobuf;proto=io.prometheus.write.v2.Request',
  'content-type: application/x-protobuf;proto=',
  'content-type: application/x-www-form-urlencoded',
  'content-type: multipart/form-data',
  'content-type: ;',
  'expect: 100-continue',
  'expect: nothing',
  'upgrade: h2c',
  'connection: upgrade, close',
  'range: bytes=0-1',
  'if-none-match: *',
  'x-requested-with: fetch',
  'x-forwarded-for: 10.0.0.1',
  'x-forwarded-host: evil.example',
  'x-http-method-override: DELETE',
  'origin: https://evil.example',
  'origin: null',
  'origin: http://[',
  'sec-fetch-site: cross-site',
  'sec-fetch-site: same-origin',
  'cookie: a=b',
  'traceparent: 00-zz-zz-00',
  'host: evil.example',
  'host:',
  'no colon here',
  'bad name: x',
  ' folded: x',
  'x: \x01',
]

export const AUTHORIZATIONS: readonly string[] = [
  '',
  'Bearer',
  'Bearer some-tokenx',
  'Basic !!!!',
  'Basic Og==',
  `Basic ${Buffer.from('a:b').toString('base64')}`,
  'Digest x',
  `Bearer ${'x'.repeat(5000)}`,
  '\xff\xfe',
]

export const write: Buffer = Buffer.from(await remoteWriteBody(Date.now()))
export const bomb: Buffer = gzipSync(Buffer.alloc(80 * 2 ** 20))
/** Snappy that says it holds 4 GiB, and one of 60 MB that does hold that much. */
export const snappyBombs: readonly Buffer[] = [Buffer.from('ffffffff0f00', 'hex'), snappyBomb(60_000_000)]
export const otlp: Buffer = Buffer.from(
  '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{"timeUnixNano":"1","asDouble":1}]}}]}]}]}',
)

/** One byte, and copies of it. */
function snappyBomb(bytes: number): Buffer {
  const copies = Buffer.alloc(Math.floor((bytes - 1) / 64) * 3)
  for (let at = 0; at < copies.length; at += 3) copies.set([(63 << 2) | 2, 1, 0], at)
  return Buffer.concat([Buffer.from(varint(bytes)), Buffer.from([0, 0]), copies])
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]
}
