import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import {
  AUTHORIZATIONS,
  bomb,
  HEADER_LINES,
  METHODS,
  NAMES,
  otlp,
  PATHS,
  snappyBombs,
  VALUES,
  write,
} from './fuzz-corpus.ts'

const junk = fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 40 }).map((codes) => String.fromCharCode(...codes))

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
const pair = fc.tuple(fc.constantFrom(...NAMES), fc.oneof(fc.constantFrom(...VALUES), junk))
const form = fc
  .array(pair, { maxLength: 5 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'))
const query = fc.oneof(
  { weight: 3, arbitrary: form.map((text) => (text === '' ? '' : `?${text}`)) },
  { weight: 1, arbitrary: fc.constantFrom('?', '?%', '?%ff=%', '?&&==', '?a', '#', '?query=%') },
)
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
