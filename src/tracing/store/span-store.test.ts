import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  jaegerAnswer,
  jaegerJson,
  jaegerSearch,
  type SpanData,
  SpanStore,
  type TraceData,
  type TraceSearch,
} from '../index.ts'

const id = (n: number) => n.toString(16).padStart(32, '0')
const spanId = (n: number) => n.toString(16).padStart(16, '0')

function span(part: Partial<SpanData> = {}): SpanData {
  return {
    traceId: id(1),
    spanId: spanId(1),
    parentSpanId: undefined,
    parentIsRemote: false,
    traceFlags: 1,
    traceState: undefined,
    name: 'GET',
    kind: 'server',
    startMs: 1000,
    endMs: 1010,
    status: 'unset',
    statusMessage: undefined,
    attributes: {},
    events: [],
    links: [],
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
    scope: undefined,
    ...part,
  }
}

function part(n: number, data: Partial<TraceData> = {}, ...spans: readonly Partial<SpanData>[]): TraceData {
  return {
    traceId: id(n),
    correlationId: `c-${n}`,
    resource: { 'service.name': 'gateway' },
    spans: (spans.length === 0 ? [{}] : spans).map((one, i) =>
      span({ traceId: id(n), spanId: spanId(n * 100 + i), startMs: n * 1000, endMs: n * 1000 + 10, ...one }),
    ),
    route: '/bets/:id',
    failed: false,
    reason: 'base',
    adjustedCount: 1,
    partial: false,
    droppedSpans: 0,
    ...data,
  }
}

describe('search', () => {
  const store = new SpanStore()
  store.add(part(1))
  store.add(part(2, { failed: true }, { status: 'error', statusMessage: 'Dice are gone' }))
  store.add(
    part(3, { route: '/rolls' }, { endMs: 3500 }, { name: 'SELECT', kind: 'client', attributes: { 'db.rows': 3 } }),
  )
  store.add(part(4, { resource: { 'service.name': 'validator', zone: 'eu' } }, { attributes: { vote: true } }))
  store.add(part(3, { resource: { 'service.name': 'validator' } }, { name: 'verify', startMs: 3100, endMs: 3200 }))

  it.each<[TraceSearch, number[]]>([
    [{}, [4, 3, 2, 1]],
    [{ limit: 2 }, [4, 3]],
    [{ service: 'gateway' }, [3, 2, 1]],
    [{ service: 'validator' }, [4, 3]],
    [{ service: 'nobody' }, []],
    [{ operation: 'SELECT' }, [3]],
    [{ operation: '/bets/:id' }, [4, 3, 2, 1]],
    [{ operation: '/rolls' }, [3]],
    [{ kind: 'client' }, [3]],
    [{ status: 'error' }, [2]],
    [{ status: 'ok' }, [4, 3, 1]],
    [{ minDurationMs: 100 }, [3]],
    [{ maxDurationMs: 5 }, []],
    [{ operation: 'SELECT', minDurationMs: 100 }, []],
    [{ attributes: { 'db.rows': '3' } }, [3]],
    [{ attributes: { vote: 'true', zone: 'eu' } }, [4]],
    [{ attributes: { vote: 'false' } }, []],
    [{ attributes: { error: 'true' } }, [2]],
    [{ attributes: { 'span.kind': 'client' } }, [3]],
    [{ text: 'dice' }, [2]],
    [{ text: 'C-4' }, [4]],
    [{ text: 'roll' }, [3]],
    [{ fromMs: 2000, toMs: 3000 }, [3, 2]],
  ])('%j finds %j', (search, want) => {
    expect(store.search(search).map(({ traceId }) => Number.parseInt(traceId, 16))).toEqual(want)
  })

  it('knows services and their operations', () => {
    expect(store.services()).toEqual(['gateway', 'validator'])
    expect(store.operations('gateway')).toEqual([
      { name: 'GET', spanKind: 'server' },
      { name: 'SELECT', spanKind: 'client' },
    ])
    expect(store.operations('nobody')).toEqual([])
  })

  it('puts the parts of a trace together', () => {
    expect(store.get(id(3))?.parts.map(({ spans }) => spans.map(({ name }) => name))).toEqual([
      ['GET', 'SELECT'],
      ['verify'],
    ])
    expect(store.get(id(9))).toBeUndefined()
    expect(store.stats).toMatchObject({ traces: 4, spans: 6 })
  })
})

describe('room', () => {
  it('is made by the oldest that is no error', () => {
    const store = new SpanStore({ maxSpans: 4 })
    store.add(part(1, { failed: true }))
    for (const n of [2, 3, 4, 5, 6]) store.add(part(n))
    expect(store.search({}).map(({ traceId }) => traceId)).toEqual([6, 5, 4, 1].map(id))
    expect(store.stats).toMatchObject({ traces: 4, evictedTraces: 2, evictedErrors: 0 })
  })

  it('is made by errors when they take more than three quarters of it', () => {
    const store = new SpanStore({ maxSpans: 4 })
    store.add(part(1))
    for (const n of [2, 3, 4, 5, 6]) store.add(part(n, { failed: true }))
    expect(store.search({}).map(({ traceId }) => traceId)).toEqual([6, 5, 4, 1].map(id))
    expect(store.stats).toMatchObject({ evictedTraces: 2, evictedErrors: 2 })
  })

  it('does not all go to one trace', () => {
    const store = new SpanStore({ maxBytes: 100_000 })
    for (let i = 0; i < 100; i++) store.add(part(1))
    expect(store.stats.bytes).toBeLessThanOrEqual(10_000)
    expect(store.refusedParts).toBeGreaterThan(80)
  })

  it('keeps to its ceilings, and its books are right (G17)', () => {
    const parts = fc.record({
      n: fc.nat(30),
      failed: fc.boolean(),
      spans: fc.integer({ min: 1, max: 6 }),
      text: fc.nat(2000),
    })
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 80 }), (all) => {
        const store = new SpanStore({ maxSpans: 20, maxBytes: 60_000 })
        for (const { n, failed, spans, text } of all) {
          const one = { attributes: { text: 'x'.repeat(text) } }
          store.add(part(n, { failed }, ...Array.from({ length: spans }, () => one)))
          const { stats } = store
          expect(stats.spans).toBeLessThanOrEqual(20)
          expect(stats.bytes).toBeLessThanOrEqual(60_000)
          const found = store.search({ limit: Infinity })
          expect(found).toHaveLength(stats.traces)
          const held = found.flatMap(({ parts: kept }) => kept.flatMap((each) => each.spans))
          expect(held).toHaveLength(stats.spans)
        }
      }),
    )
  })

  it.each([[{ maxSpans: 0 }], [{ maxSpans: NaN }], [{ maxBytes: 0 }]])('refuses %j', (options) => {
    expect(() => new SpanStore(options)).toThrow(RangeError)
  })
})

describe('as Jaeger shows it (O16)', () => {
  it('renders a trace', () => {
    const store = new SpanStore()
    store.add(
      part(
        1,
        { resource: { 'service.name': 'gateway', 'k8s.pod.name': 'g-0' } },
        {
          attributes: { text: 'a', yes: true, whole: 3, part: 0.5, none: NaN, list: ['a', 'b'] },
          endMs: 1010.5,
          status: 'error',
          statusMessage: 'odd',
          events: [{ name: 'sent', atMs: 1001, attributes: { bytes: 7 } }],
          links: [{ traceId: id(7), spanId: spanId(7), attributes: {} }],
          scope: { name: 'pg', version: '8' },
          droppedEvents: 2,
        },
        { name: 'db', kind: 'client', parentSpanId: spanId(100) },
      ),
    )
    store.add(part(1, { resource: { 'service.name': 'validator' } }, { name: 'verify', spanId: spanId(5) }))
    const trace = store.get(id(1))
    expect(jaegerAnswer(trace === undefined ? [] : [jaegerJson(trace)])).toEqual({
      data: [
        {
          traceID: id(1),
          spans: [
            {
              traceID: id(1),
              spanID: spanId(100),
              flags: 1,
              operationName: 'GET',
              references: [{ refType: 'FOLLOWS_FROM', traceID: id(7), spanID: spanId(7) }],
              startTime: 1_000_000,
              duration: 10_500,
              tags: [
                { key: 'text', type: 'string', value: 'a' },
                { key: 'yes', type: 'bool', value: true },
                { key: 'whole', type: 'int64', value: 3 },
                { key: 'part', type: 'float64', value: 0.5 },
                { key: 'none', type: 'string', value: 'NaN' },
                { key: 'list', type: 'string', value: '["a","b"]' },
                { key: 'otel.scope.name', type: 'string', value: 'pg' },
                { key: 'otel.scope.version', type: 'string', value: '8' },
                { key: 'span.kind', type: 'string', value: 'server' },
                { key: 'otel.status_code', type: 'string', value: 'ERROR' },
                { key: 'error', type: 'bool', value: true },
                { key: 'otel.status_description', type: 'string', value: 'odd' },
              ],
              logs: [
                {
                  timestamp: 1_001_000,
                  fields: [
                    { key: 'event', type: 'string', value: 'sent' },
                    { key: 'bytes', type: 'int64', value: 7 },
                  ],
                },
              ],
              processID: 'p1',
              warnings: ['2 attributes, events or links were dropped'],
            },
            {
              traceID: id(1),
              spanID: spanId(101),
              flags: 1,
              operationName: 'db',
              references: [{ refType: 'CHILD_OF', traceID: id(1), spanID: spanId(100) }],
              startTime: 1_000_000,
              duration: 10_000,
              tags: [{ key: 'span.kind', type: 'string', value: 'client' }],
              logs: [],
              processID: 'p1',
              warnings: null,
            },
            {
              traceID: id(1),
              spanID: spanId(5),
              flags: 1,
              operationName: 'verify',
              references: [],
              startTime: 1_000_000,
              duration: 10_000,
              tags: [{ key: 'span.kind', type: 'string', value: 'server' }],
              logs: [],
              processID: 'p2',
              warnings: null,
            },
          ],
          processes: {
            p1: { serviceName: 'gateway', tags: [{ key: 'k8s.pod.name', type: 'string', value: 'g-0' }] },
            p2: { serviceName: 'validator', tags: [] },
          },
          warnings: null,
        },
      ],
      total: 1,
      limit: 0,
      offset: 0,
      errors: null,
    })
  })

  it.each<[string, TraceSearch]>([
    ['service=gateway', { service: 'gateway', attributes: {}, limit: 20 }],
    [
      'service=g&operation=GET&start=1000000&end=2000500&limit=9999&lookback=1h',
      { service: 'g', operation: 'GET', fromMs: 1000, toMs: 2000.5, limit: 1500, attributes: {} },
    ],
    [
      'service=g&minDuration=1.5s&maxDuration=1m30s250ms10us',
      { service: 'g', minDurationMs: 1500, maxDurationMs: 90_250.01, limit: 20, attributes: {} },
    ],
    [
      'service=g&tags={"error":"true","n":5}&tag=http.url:http://a/b',
      { service: 'g', attributes: { error: 'true', n: '5', 'http.url': 'http://a/b' }, limit: 20 },
    ],
  ])('understands %s', (query, search) => {
    expect(jaegerSearch(new URLSearchParams(query))).toEqual({ ok: true, search })
  })

  it.each([
    ['', 'service'],
    ['service=g&limit=-1', 'limit'],
    ['service=g&start=soon', 'start'],
    ['service=g&minDuration=5', 'minDuration'],
    ['service=g&maxDuration=1d', 'maxDuration'],
    ['service=g&tag=x', 'tag'],
    ['service=g&tags=[1]', 'tags'],
    ['service=g&tags={', 'tags'],
  ])('refuses %s, naming %s', (query, name) => {
    expect(jaegerSearch(new URLSearchParams(query))).toMatchObject({
      ok: false,
      detail: expect.stringContaining(`'${name}'`),
    })
  })
})
