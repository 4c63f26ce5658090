import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { jaegerJson, outgoingHeaders, SpanStore, type TraceData, Tracer } from 'boxman/tracing'
import { encodeTracesJson, encodeTracesProtobuf, OtlpSender } from 'boxman/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { portOf } from './support/port-of.ts'

interface Received {
  readonly contentType: string | undefined
  readonly body: Buffer
}
interface Request {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: object }[] }
    readonly scopeSpans: readonly {
      readonly scope: object
      readonly spans: readonly {
        readonly name: string
        readonly traceId: string
        readonly spanId: string
        readonly parentSpanId?: string
      }[]
    }[]
  }[]
}

let collector: Server
let received: Received[]
let at = 1_700_000_000_000
const OWN = { name: 'boxman' }

beforeEach(async () => {
  received = []
  collector = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      received.push({ contentType: request.headers['content-type'], body: gunzipSync(Buffer.concat(pieces)) })
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(collector, 'listening')
})
afterEach(() => {
  collector.closeAllConnections()
  collector.close()
})

function sender(format: 'json' | 'protobuf'): OtlpSender<TraceData> {
  return new OtlpSender({
    url: `http://127.0.0.1:${portOf(collector)}/v1/traces`,
    contentType: format === 'json' ? 'application/json' : 'application/x-protobuf',
    encode: (parts) => (format === 'json' ? encodeTracesJson(parts, OWN) : encodeTracesProtobuf(parts, OWN)),
    weigh: ({ spans }) => spans.length,
    wallNow: () => at,
  })
}

/** A bet goes through the gateway and two validators. */
function bet(onTrace: (part: TraceData) => void): void {
  const service = (name: string) => new Tracer({ now: () => at++, onTrace, resource: { 'service.name': name } })
  const gateway = service('gateway')
  const request = gateway.startRequest('POST', { headers: { 'x-correlation-id': 'bet-17' }, route: '/bets' })
  for (const name of ['validator-1', 'validator-2']) {
    const call = gateway.startSpan(`ask ${name}`, { parent: request, kind: 'client' })
    service(name)
      .startRequest('verify', { headers: outgoingHeaders(call) })
      .end()
    call.end()
  }
  request.end()
}

describe('a bet through three services', () => {
  it('is one trace in the store, and one at the collector (G13, O16)', async () => {
    const store = new SpanStore()
    const out = sender('json')
    bet((part) => {
      store.add(part)
      out.push(part)
    })
    await out.stop(5000)
    expect(out.stats).toMatchObject({ sent: 5, dropped: 0, failed: 0 })

    const { resourceSpans } = JSON.parse(String(received[0]?.body)) as Request
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
    const parent = (id: string | undefined) => spans.find(({ spanId }) => spanId === id)?.name ?? 'nobody'
    expect(spans.map(({ name, parentSpanId }) => `${name} < ${parent(parentSpanId)}`).toSorted()).toEqual([
      'POST < nobody',
      'ask validator-1 < POST',
      'ask validator-2 < POST',
      'verify < ask validator-1',
      'verify < ask validator-2',
    ])
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)

    const [found] = store.search({ operation: '/bets' })
    expect(found?.parts).toHaveLength(3)
    const shown = found === undefined ? undefined : jaegerJson(found)
    expect(Object.values(shown?.processes ?? {}).map(({ serviceName }) => serviceName)).toEqual([
      'validator-1',
      'validator-2',
      'gateway',
    ])
    expect(shown?.spans).toHaveLength(5)
    expect(store.services()).toEqual(['gateway', 'validator-1', 'validator-2'])
  })

  it('leaves in protobuf as well', async () => {
    const out = sender('protobuf')
    bet((part) => out.push(part))
    await out.stop(5000)
    expect(received.map(({ contentType }) => contentType)).toEqual(['application/x-protobuf'])
    for (const text of ['gateway', 'validator-2', 'ask validator-1']) expect(String(received[0]?.body)).toContain(text)
  })
})
