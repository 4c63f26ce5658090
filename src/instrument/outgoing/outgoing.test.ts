import { once } from 'node:events'
import http, { createServer, get as namedGet, type IncomingHttpHeaders, type Server } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { createIdSource, extractContext, runWithContext, suppressInstrumentation } from '../../tracing/index.ts'
import { instrumentFetch, instrumentOutgoing, type OutgoingCall, type OutgoingOptions } from '../index.ts'

const ids = createIdSource()
let server: Server
let url: string
/** The server's own tally. */
let arrived: IncomingHttpHeaders[]

beforeAll(async () => {
  server = createServer((request, response) => {
    arrived.push(request.headers)
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://a')
    if (pathname === '/hang') return
    if (pathname === '/cut') return void request.socket.destroy()
    const duration = searchParams.get('duration')
    if (duration !== null) response.setHeader('x-service-duration', duration)
    response.statusCode = Number(searchParams.get('status') ?? 200)
    if (pathname === '/early') response.writeEarlyHints({ link: '</a.css>; rel=preload' })
    if (pathname === '/moved') response.setHeader('location', '/')
    response.end('ok')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${portOf(server)}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

let undo = (): void => undefined
beforeEach(() => {
  arrived = []
})
afterEach(() => undo())

function start(options: Partial<OutgoingOptions> = {}) {
  const calls: OutgoingCall[] = []
  const faults: unknown[] = []
  let clock = 0
  const whole: OutgoingOptions = {
    ids,
    now: () => (clock += 5),
    record: (call) => calls.push(call),
    onFault: (error) => faults.push(error),
    ...options,
  }
  undo = instrumentOutgoing(whole)
  return { calls, faults, whole }
}

type Send = (to: string, options?: { headers?: Record<string, string>; method?: string }) => Promise<unknown>

function sendWith(make: () => typeof http.get): Send {
  return async (to, options = {}) => {
    const request = make()(to, options)
    request.end()
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    response.resume()
    await once(response, 'close')
  }
}
const clients: readonly (readonly [string, Send])[] = [
  ['fetch', async (to, options) => (await fetch(to, options)).text()],
  ['http.get', sendWith(() => http.get)],
  ['http.request', sendWith(() => http.request)],
  ['get of an import', sendWith(() => namedGet)],
]

describe.each(clients)('%s', (_, send) => {
  it('carries the headers of a child span, and is recorded once (G13)', async () => {
    const { calls } = start()
    const context = extractContext({ 'x-correlation-id': 'bet-1', baggage: 'table=7' }, ids)
    await runWithContext(context, () => send(`${url}/?duration=12.5&status=503`))
    expect(calls).toHaveLength(1)
    const [call] = calls
    expect(call).toMatchObject({ host: new URL(url).host, method: 'GET', status: 503, serviceDurationMs: 12.5 })
    expect(call?.durationMs).toBe(5)
    expect(call?.context.parentSpanId).toBe(context.spanId)
    expect(arrived).toMatchObject([
      {
        'x-correlation-id': 'bet-1',
        'x-parent-span-id': context.spanId,
        'x-span-id': call?.context.spanId,
        traceparent: `00-${context.traceId}-${call?.context.spanId}-00`,
        baggage: 'table=7',
      },
    ])
  })

  it("leaves the caller's own headers", async () => {
    start()
    const own = { 'X-Correlation-Id': 'mine', traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-00` }
    const context = extractContext({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'v=1' }, ids)
    await runWithContext(context, () => send(url, { headers: own }))
    expect(arrived).toMatchObject([{ 'x-correlation-id': 'mine', traceparent: own.traceparent }])
    expect(arrived[0]?.['tracestate']).toBeUndefined()
  })

  it('is a root outside of a context; early hints are no answer', async () => {
    const { calls } = start()
    await send(`${url}/early`, { method: 'POST' })
    expect(calls).toMatchObject([{ method: 'POST', status: 200 }])
    expect(arrived[0]?.['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-02$/)
  })

  it('is left alone where instrumentation is suppressed, and measured again after it', async () => {
    const { calls, whole } = start()
    const context = extractContext({}, ids)
    await runWithContext(context, () =>
      suppressInstrumentation(async () => {
        await send(url)
        await wait(1)
        await send(`${url}/cut`).catch(() => undefined)
        await (await instrumentFetch(fetch, whole)(url)).text()
      }),
    )
    expect(calls).toEqual([])
    expect(arrived).toHaveLength(3)
    for (const headers of arrived) {
      expect(Object.keys(headers)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(traceparent|x-)/)]))
    }
    await runWithContext(context, () => send(url))
    expect(calls).toHaveLength(1)
  })

  it('carries what the propagation names, and nothing of ours beside what the caller has of another parent', async () => {
    start({ propagation: { traceContext: false, baggage: false, b3: ['single', 'multi'], requestId: true } })
    const context = extractContext({ 'x-correlation-id': 'bet-1', baggage: 'table=7' }, ids)
    await runWithContext(context, () => send(url))
    await runWithContext(context, () => send(url, { headers: { 'X-B3-TraceId': 'd'.repeat(16) } }))
    const [own, mixed] = arrived
    const spanId = String(own?.['x-span-id'])
    expect(own).toMatchObject({
      'x-request-id': 'bet-1',
      b3: `${context.traceId}-${spanId}-0-${context.spanId}`,
      'x-b3-traceid': context.traceId,
      'x-b3-spanid': spanId,
      'x-b3-parentspanid': context.spanId,
      'x-b3-sampled': '0',
    })
    for (const name of ['traceparent', 'tracestate', 'baggage']) expect(own).not.toHaveProperty(name)
    expect(mixed).toMatchObject({ 'x-b3-traceid': 'd'.repeat(16) })
    for (const name of ['x-b3-spanid', 'x-b3-sampled']) expect(mixed).not.toHaveProperty(name)
  })

  it('that breaks is recorded with its error, which the caller gets too', async () => {
    const { calls } = start()
    const error: unknown = await send(`${url}/cut`).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Error)
    expect(calls).toMatchObject([{ status: 0, host: new URL(url).host }])
    expect(calls[0]?.error).toBeInstanceOf(Error)
  })

  it('is let alone after the undo', async () => {
    const { calls } = start()
    undo()
    await send(url)
    expect([calls, arrived[0]?.['traceparent']]).toEqual([[], undefined])
  })

  it.each<[string, Partial<OutgoingOptions>]>([
    ['recorder', { record: fail }],
    ['ids', { ids: { traceId: fail, spanId: fail } }],
    ['clock', { now: fail }],
  ])('goes on when the %s fails; after ten faults in a row it is let alone (B12)', async (_, options) => {
    const { faults } = start(options)
    for (let i = 0; i < 30; i++) await send(url)
    expect(arrived).toHaveLength(30)
    expect(faults.length).toBeGreaterThanOrEqual(10)
    expect(faults.length).toBeLessThan(15)
    expect(String(faults.at(-1))).toMatch(/^Error: measuring (undici|node:http) is switched off/)
  })
})

function fail(): never {
  throw new Error('bang')
}

describe('all together', () => {
  it('what an instrumented fetch wraps is counted there alone, redirects and errors included', async () => {
    const { calls, whole } = start()
    const own: OutgoingCall[] = []
    const wrapped = instrumentFetch(fetch, { ...whole, record: (call) => own.push(call) })
    await (await wrapped(url)).text()
    await (await wrapped(`${url}/moved?status=302`)).text()
    await (await wrapped(url, { headers: { 'x-span-id': 'mine' } })).text()
    await wrapped(`${url}/cut`).catch(() => undefined)
    expect(own.map(({ status }) => status)).toEqual([200, 200, 200, 0])
    expect(arrived).toHaveLength(5)
    expect(calls).toEqual([])
    await (await fetch(url)).text()
    expect(calls).toHaveLength(1)
  })

  it('each call that the server saw is recorded once, with a span of its own', async () => {
    const { calls } = start()
    const sends = Array.from({ length: 100 }, async (_, i) => clients[i % clients.length]?.[1](`${url}/?duration=${i}`))
    await Promise.all(sends)
    expect(new Set(calls.map((call) => call.context.spanId))).toEqual(
      new Set(arrived.map((headers) => headers['x-span-id'])),
    )
    expect(calls).toHaveLength(100)
    expect(new Set(arrived.map((headers) => headers['x-span-id'])).size).toBe(100)
  })

  it('a call given up is an error', async () => {
    const { calls } = start()
    const controller = new AbortController()
    const pending = fetch(`${url}/hang`, { signal: controller.signal }).catch((error: unknown) => error)
    const request = http.get(`${url}/hang`)
    const closed = once(request, 'error')
    while (arrived.length < 2) await wait(5)
    controller.abort()
    request.destroy()
    await Promise.all([pending, closed])
    expect(calls.map(({ status, error }) => [status, error instanceof Error])).toEqual([
      [0, true],
      [0, true],
    ])
  })

  it('headers given as a list, that node sends at once, are left as they are', async () => {
    const { calls, faults } = start()
    const request = http.get(url, { headers: ['Host', 'here', 'X-Own', '1'] as never })
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    response.resume()
    expect(arrived[0]).toMatchObject({ 'x-own': '1' })
    expect([calls.length, faults]).toEqual([1, []])
  })

  it('refuses to count twice, and starts again after the undo', async () => {
    start()
    expect(() => start()).toThrow('outgoing HTTP is instrumented already; undo that first')
    undo()
    const { calls } = start()
    await (await fetch(url)).text()
    expect(calls).toHaveLength(1)
  })
})
