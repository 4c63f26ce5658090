import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { portOf } from '../../test/support/port-of.ts'
import { createIdSource, extractContext, runWithContext } from '../tracing/index.ts'
import { type FetchCall, type FetchOptions, instrumentFetch } from './index.ts'

interface Echo {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let server: Server
let url: string
const ids = createIdSource()

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += String(chunk)
    })
    request.on('end', () => {
      const { searchParams } = new URL(request.url ?? '', 'http://a')
      const duration = searchParams.get('duration')
      if (duration !== null) response.setHeader('x-service-duration', duration)
      response.statusCode = Number(searchParams.get('status') ?? 200)
      if (!searchParams.has('hang'))
        response.end(JSON.stringify({ method: request.method, headers: request.headers, body }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${portOf(server)}/`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function instrument(options: Partial<FetchOptions> = {}) {
  const calls: FetchCall[] = []
  const faults: unknown[] = []
  let clock = 0
  const correlated = instrumentFetch(fetch, {
    ids,
    now: () => (clock += 5),
    record: (call) => calls.push(call),
    onFault: (error) => faults.push(error),
    ...options,
  })
  const echo = async (...args: Parameters<typeof fetch>): Promise<Echo> => {
    const answer: Echo = JSON.parse(await (await correlated(...args)).text())
    return answer
  }
  return { correlated, echo, calls, faults }
}

const request = () => extractContext({ 'x-correlation-id': 'bet-1', baggage: 'table=7' }, ids)

describe('a call downstream (G13)', () => {
  const post = { method: 'POST', body: '10 on pass' } as const
  it.each<[string, () => Parameters<typeof fetch>]>([
    ['a text', () => [url, post]],
    ['a URL', () => [new URL(url), post]],
    ['a request', () => [new Request(url, post)]],
    ['a request and options', () => [new Request(url, { method: 'PUT', body: 'other' }), post]],
    [
      'a request with a stream',
      () => [new Request(url, { ...post, body: new Blob(['10 on pass']).stream(), duplex: 'half' })],
    ],
  ])('to %s carries the headers of a child span, its body and method', async (_, args) => {
    const context = request()
    const { echo, calls } = instrument()
    const { headers, body, method } = await runWithContext(context, () => echo(...args()))
    const call = calls[0]?.context
    expect([method, body]).toEqual(['POST', '10 on pass'])
    expect(headers).toMatchObject({
      'x-correlation-id': 'bet-1',
      'x-parent-span-id': context.spanId,
      'x-span-id': call?.spanId,
      traceparent: `00-${context.traceId}-${call?.spanId}-00`,
      baggage: 'table=7',
    })
    expect(call?.spanId).not.toBe(context.spanId)
  })

  it('outside of a context carries those of a new root', async () => {
    const { echo } = instrument()
    const { headers } = await echo(url)
    expect(headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-02$/)
    expect(headers['traceparent']).toContain(headers['x-correlation-id'])
    expect(headers['x-parent-span-id']).toBeUndefined()
  })

  it('keeps what the caller has set', async () => {
    const context = extractContext({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'v=1' }, ids)
    const { echo } = instrument()
    const own = { 'X-Correlation-Id': 'mine', traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-00`, 'x-own': '1' }
    for (const input of [url, new Request(url, { headers: own })]) {
      const init = input === url ? { headers: own } : {}
      const { headers } = await runWithContext(context, () => echo(input, init))
      expect(headers).toMatchObject({ 'x-correlation-id': 'mine', traceparent: own.traceparent, 'x-own': '1' })
      expect(headers['tracestate']).toBeUndefined()
      expect(headers['x-span-id']).toMatch(/^[0-9a-f]{16}$/)
    }
  })

  it('leaves the options and the request of the caller as they were', async () => {
    const { echo } = instrument()
    const init = { headers: { 'x-own': '1' } }
    const asked = new Request(url, init)
    await echo(url, init)
    await echo(asked)
    expect(init).toEqual({ headers: { 'x-own': '1' } })
    expect([...asked.headers.keys()]).toEqual(['x-own'])
  })

  it('is recorded with what the callee says it took', async () => {
    const { echo, calls } = instrument()
    for (const query of ['?duration=12.5&status=503', '', '?duration=soon', '?duration=-1', '?duration=Infinity']) {
      await echo(url + query)
    }
    const host = new URL(url).host
    expect(calls[0]).toMatchObject({ host, method: 'GET', status: 503, durationMs: 5, serviceDurationMs: 12.5 })
    expect(calls.slice(1).map((call) => 'serviceDurationMs' in call)).toEqual([false, false, false, false])
  })
})

describe('a call that fails', () => {
  it.each<[string, () => Parameters<typeof fetch>, string]>([
    ['nobody listens', () => ['http://127.0.0.1:1/'], '127.0.0.1:1'],
    ['no address', () => ['nowhere'], ''],
    ['bad headers', () => [url, { headers: { 'not a name': '1' } }], 'unmeasured'],
  ])('gives the error of fetch: %s', async (_, args, host) => {
    const { correlated, calls } = instrument()
    const want = await fetch(...args()).catch(String)
    const error: unknown = await correlated(...args()).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toBe(want)
    expect(calls).toMatchObject(host === 'unmeasured' ? [] : [{ host, status: 0, error }])
  })

  it.each<[string, (signal: AbortSignal) => Parameters<typeof fetch>]>([
    ['options', (signal) => [`${url}?hang`, { signal }]],
    ['a request', (signal) => [new Request(`${url}?hang`, { signal })]],
  ])('obeys the signal of %s, and gives its very reason', async (_, args) => {
    const { correlated, calls } = instrument()
    const controller = new AbortController()
    const reason = new Error('enough')
    const pending = correlated(...args(controller.signal)).catch((error: unknown) => error)
    controller.abort(reason)
    expect(await pending).toBe(reason)
    expect(calls).toMatchObject([{ status: 0, error: reason }])
  })
})

describe('a fault', () => {
  const fail = () => {
    throw new Error('bang')
  }
  it.each<[string, Partial<FetchOptions>]>([
    ['the recorder', { record: fail }],
    ['the ids', { ids: { traceId: fail, spanId: fail } }],
    ['the clock', { now: fail }],
  ])('of %s ends at onFault; the call goes on (B12)', async (_, options) => {
    const { echo, faults } = instrument(options)
    expect(await echo(url)).toMatchObject({ method: 'GET' })
    expect(String(faults)).toBe('Error: bang')
  })
})
