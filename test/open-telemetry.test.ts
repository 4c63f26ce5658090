import { once } from 'node:events'
import { createServer, get, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { propagation, context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { type Boxman, createBoxman } from 'boxman'
import { currentContext, type JaegerSpan, type JaegerTrace } from 'boxman/tracing'
import { afterEach, describe, expect, it } from 'vitest'
import { portOf } from './support/port-of.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'

// As applications have it: made when the module is loaded, before there is a Boxman. It is required, the API here is imported.
const undici = new UndiciInstrumentation()
const early = trace.getTracer('shop', '1.2')

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step()
})

async function served(listener: RequestListener): Promise<{ url: string; server: ReturnType<typeof createServer> }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  undo.push(() => server.close())
  return { server, url: `http://127.0.0.1:${portOf(server)}` }
}

async function observed(): Promise<Boxman> {
  const boxman = await createBoxman({ service: 'shop', log: false, admin: { port: 0 } }, { env: {} })
  undo.push(() => boxman.stop())
  return boxman
}

async function traceOf(boxman: Boxman, id: string): Promise<JaegerTrace | undefined> {
  const answer = await fetch(`${boxman.admin.url}/api/traces/${id}`)
  const { data } = (await answer.json()) as { readonly data: readonly JaegerTrace[] }
  return data[0]
}

const tagsOf = ({ tags }: Pick<JaegerSpan, 'tags'>): Record<string, unknown> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]))

describe('journey: OpenTelemetry', () => {
  it("others' instrumentations and tracers make spans of a request's trace, and send our headers", async () => {
    const seen: IncomingHttpHeaders[] = []
    const downstream = await served((request, response) => {
      seen.push(request.headers)
      response.writeHead(404).end()
    })
    const boxman = await observed()
    const injected: Record<string, string> = {}
    const front = await served((_, response) => {
      const links = [{ context: { traceId: 'd'.repeat(32), spanId: 'e'.repeat(16), traceFlags: 1 } }]
      void early.startActiveSpan('checkout', { kind: SpanKind.PRODUCER, links }, async (span) => {
        span.setAttributes({ items: 3, rush: true }).addEvent('paid', { cents: 1999 })
        await wait(1)
        await fetch(`${downstream.url}/stock`)
        propagation.inject(context.active(), injected)
        expect(currentContext()?.spanId).toBe(span.spanContext().spanId)
        span.recordException(new RangeError('sold out'))
        span.setStatus({ code: SpanStatusCode.ERROR, message: 'sold out' }).end()
        response.end()
      })
    })
    boxman.instrument.http(front.server, { route: () => '/checkout' })
    // Not by fetch: that is instrumented.
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01`, 'x-correlation-id': 'order-7', baggage: 'tier=gold' }
    await once(get(front.url, { headers }), 'response')

    await expect.poll(async () => (await traceOf(boxman, TRACE))?.spans.length).toBe(3)
    const found = await traceOf(boxman, TRACE)
    const [request, checkout, call] = found?.spans ?? []
    if (request === undefined || checkout === undefined || call === undefined) throw new Error('no spans')
    const parents = [request, checkout, call].map(({ references }) => references.map(({ spanID }) => spanID))
    expect(parents).toEqual([[PARENT], [request.spanID, 'e'.repeat(16)], [checkout.spanID]])
    expect([request, checkout, call].map(({ operationName }) => operationName)).toEqual([
      'GET /checkout',
      'checkout',
      'GET',
    ])
    expect(tagsOf(checkout)).toMatchObject({
      'span.kind': 'producer',
      'otel.scope.name': 'shop',
      'otel.scope.version': '1.2',
      items: 3,
      rush: true,
      error: true,
      'otel.status_description': 'sold out',
    })
    const events = checkout.logs.map(({ fields }) => tagsOf({ tags: fields }))
    expect(events).toMatchObject([
      { event: 'paid', cents: 1999 },
      { event: 'exception', 'exception.type': 'RangeError', 'exception.message': 'sold out' },
    ])
    expect(tagsOf(call)).toMatchObject({
      'span.kind': 'client',
      'otel.scope.name': '@opentelemetry/instrumentation-undici',
      'http.response.status_code': 404,
      'url.path': '/stock',
      error: true,
    })
    const carried = { 'x-correlation-id': 'order-7', baggage: 'tier=gold' }
    expect(seen).toMatchObject([{ traceparent: `00-${TRACE}-${call.spanID}-01`, ...carried }])
    expect(injected).toMatchObject({ traceparent: `00-${TRACE}-${checkout.spanID}-01`, ...carried })
  })

  it('at the end it is as it was before', async () => {
    const boxman = await observed()
    const tracer = trace.getTracer('late')
    expect(tracer.startSpan('one').isRecording()).toBe(true)
    await boxman.stop()
    for (const each of [early, tracer, trace.getTracer('later')]) {
      expect(each.startSpan('one').isRecording()).toBe(false)
    }
    undici.disable()
    const again = await observed()
    expect(trace.getTracer('again').startSpan('one').isRecording()).toBe(true)
    expect(again.metrics.stats.collectFailures).toBe(0)
  })
})
