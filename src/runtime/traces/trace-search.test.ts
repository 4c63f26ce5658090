import { describe, expect, it } from 'vitest'
import { type SpanData, SpanStore, type TraceData } from '../../tracing/index.ts'
import type { FoundTraces } from './trace-search.ts'
import { searchTraces } from './trace-search.ts'

interface Given {
  readonly trace: string
  readonly service?: string
  readonly name?: string
  readonly startMs?: number
  readonly ms?: number
  readonly failed?: boolean
  readonly parent?: string
  readonly attributes?: SpanData['attributes']
  readonly partial?: boolean
}

function part(given: Given): TraceData {
  const { trace, service = 'shop', name = 'GET /', startMs = 1000, ms = 10, failed = false, parent, partial } = given
  const span: SpanData = {
    traceId: trace,
    spanId: `${service}-${name}`,
    parentSpanId: parent,
    parentIsRemote: parent !== undefined,
    traceFlags: 1,
    traceState: undefined,
    name,
    kind: 'server',
    startMs,
    endMs: startMs + ms,
    status: failed ? 'error' : 'unset',
    statusMessage: undefined,
    attributes: given.attributes ?? {},
    events: [],
    links: [],
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
    scope: undefined,
  }
  return {
    traceId: trace,
    correlationId: trace,
    resource: { 'service.name': service },
    spans: [span],
    route: undefined,
    failed,
    reason: 'error',
    adjustedCount: 1,
    partial: partial ?? false,
    droppedSpans: 0,
  }
}

function storeOf(...parts: readonly Given[]): SpanStore {
  const store = new SpanStore()
  for (const each of parts) store.add(part(each))
  return store
}

function found(store: SpanStore, query: string): FoundTraces {
  const { status, body } = searchTraces(store, new URLSearchParams(query))
  expect(status, JSON.stringify(body)).toBe(200)
  return body as FoundTraces
}

describe('the traces of the console', () => {
  const store = storeOf(
    { trace: 'a', name: 'GET /cart', startMs: 1000, ms: 10, attributes: { 'user.tier': 'gold', n: 3 } },
    { trace: 'b', name: 'POST /orders', startMs: 2000, ms: 300, failed: true },
    { trace: 'b', service: 'wallet', name: 'debit', startMs: 2010, ms: 400, parent: 'shop-POST /orders', failed: true },
    { trace: 'c', service: 'wallet', name: 'sweep', startMs: 3000, ms: 5, parent: 'elsewhere' },
  )

  it.each([
    ['', ['c', 'b', 'a']],
    ['sort=oldest', ['a', 'b', 'c']],
    ['sort=longest', ['b', 'a', 'c']],
    ['sort=shortest', ['c', 'a', 'b']],
    ['sort=spans&limit=1', ['b']],
    ['service=wallet', ['c', 'b']],
    ['operation=GET /cart', ['a']],
    ['status=error', ['b']],
    ['status=ok', ['c', 'a']],
    ['min=8', ['b', 'a']],
    ['min=8&max=50', ['a']],
    ['attribute=user.tier%3Dgold&attribute=n%3D3', ['a']],
    ['attribute=user.tier%3Dsilver', []],
    ['text=CART', ['a']],
    ['from=2&to=2.5', ['b']],
  ])('are found by %j', (query, expected) => {
    expect(found(store, query).traces.map(({ traceId }) => traceId)).toEqual(expected)
  })

  it('are told in one line each, of all their parts', () => {
    const { traces, matched, services, kept } = found(store, 'limit=2')
    expect(traces).toEqual([
      {
        traceId: 'c',
        startMs: 3000,
        durationMs: 5,
        root: { service: 'wallet', name: 'sweep', kind: 'server' },
        spans: 1,
        errors: 0,
        services: { wallet: 1 },
        partial: true,
      },
      {
        traceId: 'b',
        startMs: 2000,
        durationMs: 410,
        root: { service: 'shop', name: 'POST /orders', kind: 'server' },
        spans: 2,
        errors: 2,
        services: { shop: 1, wallet: 1 },
        partial: false,
      },
    ])
    expect([matched, services]).toEqual([3, ['shop', 'wallet']])
    expect(kept).toEqual({ traces: 3, spans: 4, maxSpans: 50_000, evicted: 0, oldestMs: 1000 })
  })

  it('say so when there are none', () => {
    expect(found(storeOf(), '')).toMatchObject({ traces: [], matched: 0, services: [], kept: { oldestMs: null } })
  })

  it.each([
    ['sort=random', /^sort: expected one of newest, .* given "random"$/],
    ['limit=0', /^limit: expected a whole number from 1 to 1500, given "0"$/],
    ['limit=1.5', /^limit: /],
    ['status=bad', /^status: expected ok or error, given "bad"$/],
    ['min=quick', /^min: expected a number of milliseconds, given "quick"$/],
    ['max=-1', /^max: /],
    ['attribute=gold', /^attribute: expected key=value, given "gold"$/],
    ['from=yesterday', /'from'/],
    ['route=a', /^route: unknown; known here: service, /],
  ])('are refused by %s', (query, problem) => {
    const { status, body } = searchTraces(store, new URLSearchParams(query))
    expect([status, body]).toEqual([400, { status: 'error', errors: [expect.stringMatching(problem)] }])
  })
})
