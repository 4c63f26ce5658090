import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineOf, quickSink } from '../../../test/support/sinks.ts'
import type { Entry } from './delivery.ts'
import { otlpRequest } from './otlp-logs.ts'
import { SEVERITIES } from './severities.ts'

type Official = Parameters<typeof JsonLogsSerializer.serializeRequest>[0][number]

const NUMBERS = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 } as const
const RESOURCE = { 'service.name': 'gateway' }
const hex = (length: number) =>
  fc
    .uint8Array({ minLength: length / 2, maxLength: length / 2 })
    .map((bytes) => Buffer.from(bytes).toString('hex'))
    .filter((id) => /[^0]/.test(id))
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }),
    fc.boolean(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any
const record = fc.record({
  at: fc.nat(2 ** 41),
  level: fc.constantFrom(...SEVERITIES),
  msg: fc.string(),
  traceId: fc.option(hex(32), { nil: undefined }),
  spanId: hex(16),
  attributes: fc.dictionary(fc.stringMatching(/^x_[a-z.]{1,9}$/), value, { maxKeys: 5, noNullPrototype: true }),
})
type Fields = typeof record extends fc.Arbitrary<infer T> ? T : never

function entryOf({ at, level, msg, traceId, spanId, attributes }: Fields, number: number): Entry {
  const ids = traceId === undefined ? {} : { trace_id: traceId, span_id: spanId }
  const fields = { level, time: new Date(at).toISOString(), service: 'gateway', ...ids, ...attributes, msg }
  const line = JSON.stringify(fields)
  return { line, level, at, origin: 'a', number, bytes: line.length }
}

const resource = { attributes: RESOURCE }
const scope = { name: 'boxman' }

function officialOf({ at, level, msg, traceId, spanId, attributes }: Fields): Official {
  const time: [number, number] = [Math.floor(at / 1000), (at % 1000) * 1e6]
  return {
    hrTime: time,
    hrTimeObserved: time,
    severityNumber: NUMBERS[level],
    severityText: level.toUpperCase(),
    body: msg,
    attributes,
    droppedAttributesCount: 0,
    resource,
    instrumentationScope: scope,
    ...(traceId === undefined ? {} : { spanContext: { traceId, spanId, traceFlags: 0 } }),
  } as unknown as Official
}

/** Without what says nothing: zeros and what is empty. */
function told(message: unknown): unknown {
  if (Array.isArray(message)) return message.map(told)
  if (typeof message !== 'object' || message === null) return message
  const entries = Object.entries(message).filter(
    ([key, value]) =>
      value !== undefined && !(['flags', 'droppedAttributesCount', 'traceId', 'spanId'].includes(key) && !value),
  )
  return Object.fromEntries(entries.map(([key, value]) => [key, told(value)]))
}

describe('lines to OTLP', () => {
  it('say what the official transformer says of the same records', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
        const bytes = JsonLogsSerializer.serializeRequest(records.map(officialOf))
        const official: unknown = JSON.parse(Buffer.from(bytes ?? []).toString())
        const ours: unknown = JSON.parse(JSON.stringify(otlpRequest(records.map(entryOf), RESOURCE)))
        expect(told(ours)).toEqual(told(official))
      }),
      { numRuns: 200 },
    )
  })

  it('take fields under the names of ECS too, and a text that is no JSON', () => {
    const at = 5
    const entry = { level: 'warn', at, origin: 'a', number: 0, bytes: 0 } as const
    const traceId = 'a'.repeat(32)
    const ecs = { '@timestamp': 'x', 'log.level': 'warn', 'trace.id': traceId, message: 'm', 'http.method': 'GET' }
    const request = otlpRequest(
      [
        { ...entry, line: JSON.stringify(ecs) },
        { ...entry, line: 'text' },
      ],
      {},
    )
    expect(request).toMatchObject({
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: [
                {
                  traceId,
                  body: { stringValue: 'm' },
                  attributes: [{ key: 'http.method', value: { stringValue: 'GET' } }],
                },
                { timeUnixNano: '5000000', severityNumber: 13, body: { stringValue: 'text' }, attributes: [] },
              ],
            },
          ],
        },
      ],
    })
  })

  const json = { 'content-type': 'application/json' }
  it.each<[string, readonly Response[], object]>([
    ['200', [new Response('{}', { headers: json })], { sent: 2 }],
    [
      'a partial success',
      [new Response('{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"old"}}', { headers: json })],
      { sent: 1, dropped: { rejected: 1 } },
    ],
    [
      '502 and 504',
      [new Response('', { status: 502 }), new Response('', { status: 504 })],
      { sent: 2, retried: { server: 4 } },
    ],
    [
      '500, which OTLP has nobody try again',
      [new Response('', { status: 500 })],
      { sent: 0, dropped: { rejected: 2 } },
    ],
    ['a redirection', [new Response('', { status: 307 })], { sent: 0, dropped: { rejected: 2 } }],
  ])('after %s', async (_, answers, stats) => {
    const left = [...answers]
    const bodies: unknown[] = []
    const take: typeof fetch = async (input, init) => {
      const request = new Request(input, init)
      bodies.push(await request.json())
      expect([request.url, request.headers.get('content-type')]).toEqual(['http://c.test/v1/logs', 'application/json'])
      return left.shift() ?? new Response('{}')
    }
    const options = { kind: 'otlp', url: 'http://c.test/v1/logs', gzip: false } as const
    const sink = await quickSink(options, { fetch: take, version: '1.2.3', environment: 'test' })
    sink.write(lineOf(0), 'info')
    sink.write(lineOf(1), 'info')
    await sink.stop(5000)
    expect(sink.stats).toMatchObject({ queued: 2, waiting: 0, ...stats })
    expect(bodies[0]).toMatchObject({
      resourceLogs: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: { stringValue: 'gateway' } },
              { key: 'service.version', value: { stringValue: '1.2.3' } },
              { key: 'deployment.environment.name', value: { stringValue: 'test' } },
              { key: 'host.name', value: { stringValue: 'here' } },
            ],
          },
        },
      ],
    })
  })
})
