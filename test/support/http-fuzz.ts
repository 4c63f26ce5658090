import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { API_PATHS } from '../../src/runtime/api/api.ts'
import { INGESTION_PATHS } from '../../src/runtime/ingest/ingestion.ts'
import { TRACES_PATHS } from '../../src/runtime/traces/traces-api.ts'
import { remoteWriteBody } from './served-admin.ts'

const write = Buffer.from(await remoteWriteBody(Date.now()))
const bomb = gzipSync(Buffer.alloc(80 * 2 ** 20))
/** Snappy that says it holds 4 GiB, and one of 60 MB that does hold that much. */
const snappyBombs = [Buffer.from('ffffffff0f00', 'hex'), snappyBomb(60_000_000)]
const otlp = Buffer.from(
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

const METHODS = [
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
const PATHS = [
  '/',
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
  '/diagnostics/circuit-breakers',
  '/-/reload',
  ...INGESTION_PATHS,
  ...[...API_PATHS.keys(), ...TRACES_PATHS].map((path) => path.replace('*', '__name__')),
]
const junk = fc.stringMatching(/^[\x01-\xff]{0,40}$/)

const method = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('GET', 'POST') },
  { weight: 3, arbitrary: fc.constantFrom(...METHODS) },
)
const path = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...PATHS) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...PATHS),
        fc.constantFrom(
          '/',
          '//',
          '/..',
          '/../metrics',
          '/.',
          '%2e%2e/',
          '%00',
          '%',
          '%ff',
          '%2F',
          '\\',
          ';x',
          '#x',
          '/%E2%82%AC',
          '\xe9',
          '*',
          '/a'.repeat(800),
        ),
      )
      .map(([base, tail]) => base + tail),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '*',
      '//',
      '///evil.example/',
      '/\0',
      '/%00',
      '/..',
      '/../../etc/passwd',
      'metrics',
      'http://127.0.0.1/metrics',
      'http://evil.example/',
      'http://',
      'https://[::1',
      'ftp://x/',
      'evil.example:80',
      '/%C0%AF',
      '/\\',
      `/${'x'.repeat(9000)}`,
      `/${'x'.repeat(20_000)}`,
      '/api/v1/label/%/values',
      '/api/v1/label//values',
      '/api/traces/zz',
      '/health/%',
      '/readyz/%00',
      '/__proto__',
      '/constructor',
    ),
  },
  { weight: 1, arbitrary: junk.map((text) => `/${text.replace(/[\r\n]/g, '')}`) },
)
const NAMES = [
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
  'x',
]
const VALUES = [
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
const pair = fc.tuple(fc.constantFrom(...NAMES), fc.oneof(fc.constantFrom(...VALUES), junk))
const form = fc
  .array(pair, { maxLength: 5 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'))
const query = fc.oneof(
  { weight: 3, arbitrary: form.map((text) => (text === '' ? '' : `?${text}`)) },
  { weight: 1, arbitrary: fc.constantFrom('?', '?%', '?%ff=%', '?&&==', '?a', '#', '?query=%') },
)
const HEADER_LINES = [
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
const headers = fc.array(fc.constantFrom(...HEADER_LINES), { maxLength: 4 })
const content = fc.oneof(
  { weight: 4, arbitrary: fc.constant(Buffer.alloc(0)) },
  { weight: 3, arbitrary: form.map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(write, otlp, gzipSync(otlp), gzipSync(write)), fc.nat(400))
      .map(([bytes, cut]) => bytes.subarray(0, cut)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(write, otlp), fc.nat(), fc.nat(255)).map(([bytes, at, value]) => {
      const changed = Buffer.from(bytes)
      changed[at % changed.length] = value
      return changed
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        '['.repeat(100_000),
        '{"a":'.repeat(50_000),
        '{"resourceMetrics":'.repeat(9999),
        'query='.padEnd(100_000, '('),
        'null',
        '0',
        '"x"',
        '[null]',
        '{"resourceMetrics":[null]}',
        '{"resourceMetrics":{"x":1}}',
      )
      .map((text) => Buffer.from(text)),
  },
)
const bombs = fc.constantFrom(bomb, bomb.subarray(0, 5000), ...snappyBombs)
const body = fc.oneof({ weight: 60, arbitrary: content }, { weight: 1, arbitrary: bombs })
const FRAMINGS = [
  'true',
  'none',
  'more',
  'less',
  'twice',
  'negative',
  'huge',
  'words',
  'chunked',
  'chunked-cut',
  'chunked-nonsense',
  'both',
] as const
const framing = fc.oneof(
  { weight: 6, arbitrary: fc.constant('true' as const) },
  { weight: 2, arbitrary: fc.constantFrom(...FRAMINGS) },
)
const AUTHORIZATIONS = [
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
/** What is sent. */
export interface Shot {
  readonly method: string
  readonly path: string
  /** With its question mark. */
  readonly query: string
  readonly headers: readonly string[]
  readonly body: Buffer
  /** How long it is said to be. */
  readonly framing: (typeof FRAMINGS)[number]
  /** Of somebody who may not ask. */
  readonly authorization: string
}

export const shot: fc.Arbitrary<Shot> = fc.record({
  method,
  path,
  query,
  headers,
  body,
  framing,
  authorization: fc.constantFrom(...AUTHORIZATIONS),
})

/** Of a request without its sender's name. */
export function bytesOf(
  { method: asks, path: at, query: which, headers: lines, body: bytes, framing: how }: Shot,
  authorization: string,
): readonly Buffer[] {
  const length = bytes.length
  const [declared, sent] = {
    true: [length > 0 || asks === 'POST' ? [`content-length: ${length}`] : [], bytes] as const,
    none: [[], bytes] as const,
    more: [[`content-length: ${length + 10}`], bytes] as const,
    less: [[`content-length: ${Math.max(0, length - 5)}`], bytes] as const,
    twice: [[`content-length: ${length}`, `content-length: ${length + 1}`], bytes] as const,
    negative: [['content-length: -1'], bytes] as const,
    huge: [['content-length: 99999999999999999999'], bytes] as const,
    words: [['content-length: many'], bytes] as const,
    chunked: [
      ['transfer-encoding: chunked'],
      Buffer.concat([
        Buffer.from(`${length.toString(16)}\r\n`),
        bytes,
        Buffer.from(length === 0 ? '\r\n' : '\r\n0\r\n\r\n'),
      ]),
    ] as const,
    'chunked-cut': [
      ['transfer-encoding: chunked'],
      Buffer.concat([Buffer.from(`${(length + 50).toString(16)}\r\n`), bytes]),
    ] as const,
    'chunked-nonsense': [['transfer-encoding: chunked'], Buffer.concat([Buffer.from('zz\r\n'), bytes])] as const,
    both: [['transfer-encoding: chunked', `content-length: ${length}`], bytes] as const,
  }[how]
  const head = [
    `${asks} ${at}${which} HTTP/1.1`,
    ...(lines.some((line) => line.startsWith('host')) ? [] : ['host: localhost']),
    ...lines,
    ...(authorization === '' ? [] : [`authorization: ${authorization}`]),
    ...declared,
  ]
  if (!lines.some((line) => line.startsWith('connection'))) head.push('connection: close')
  return [Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), sent]
}

/** Sent, and then hung up on: what is owed more of is not waited for. */
export const WHOLE: ReadonlySet<string> = new Set([
  'true',
  'twice',
  'negative',
  'huge',
  'words',
  'chunked',
  'chunked-nonsense',
  'both',
])
