import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { attempt, type Client, OURS, PEER } from './oracle.conformance.ts'

interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const received: Received[] = []
let answer: (response: ServerResponse) => void

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const whole = Buffer.concat(chunks)
  const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole).toString()
  received.push({ method: request.method, url: request.url, headers: request.headers, body })
  answer(response)
}

const server = http.createServer((request, response) => {
  receive(request, response).catch((error: unknown) => response.destroy(error as Error))
})
let url = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
afterEach(() => {
  vi.restoreAllMocks()
})

type Params = { jobName: string; groupings?: Record<string, string> }
type Case = readonly [method: 'push' | 'pushAdd' | 'delete', path: string, options: object, params: Params | object]

/** What the gateway got, and what the caller did. */
async function deliver(client: Client, [method, path, options, params]: Case): Promise<unknown> {
  const registry = new client.Registry()
  new client.Counter({ name: 'c', help: 'C.', registers: [registry] }).inc(3)
  const gateway = new client.Pushgateway(url + path, options, registry)
  received.length = 0
  const outcome = await attempt(() =>
    gateway[method](params as Params).then(
      ({ body }) => body,
      (error: unknown) => `rejected: ${String(error)}`,
    ),
  )
  return [
    outcome,
    received.map(({ headers, ...rest }) => ({ ...rest, type: headers['x-own'], auth: headers.authorization })),
  ]
}

const CASES: readonly Case[] = [
  ['push', '', {}, { jobName: 'job' }],
  ['pushAdd', '/', {}, { jobName: 'a b/c', groupings: { key: 'välue', k2: '/' } }],
  ['delete', '/prefix', {}, { jobName: 'job', groupings: {} }],
  ['push', '/prefix/?query=1#hash', {}, { jobName: 'job' }],
  ['push', '', { headers: { 'Content-Encoding': 'gzip', 'x-own': '1' } }, { jobName: 'job' }],
  ['delete', '', { headers: { 'Content-Encoding': 'gzip', 'x-own': '1' } }, { jobName: 'job' }],
  ['push', '', { requireJobName: false }, {}],
  ['push', '', { requireJobName: false }, { groupings: { a: 'b' } }],
  ['push', '', {}, {}],
  ['pushAdd', '', {}, {}],
  ['delete', '', {}, {}],
  ['push', '', { auth: 'user:pass' }, { jobName: 'job' }],
]

describe('Pushgateway', () => {
  it.each(CASES)('%s to %j with %j and %j', async (...one) => {
    answer = (response) => response.end('thank you')
    expect(await deliver(OURS, one)).toEqual(await deliver(PEER, one))
  })

  it.each([400, 404, 500])('rejects status %i, and takes a user from the address', async (status) => {
    answer = (response) => response.writeHead(status).end('no')
    const plain = url
    url = url.replace('//', '//me:my%20word@')
    const one: Case = ['push', '', {}, { jobName: 'job' }]
    const [ours, theirs] = [await deliver(OURS, one), await deliver(PEER, one)]
    url = plain
    expect(ours).toEqual(theirs)
    expect(ours).toMatchObject([
      `rejected: Error: push failed with status ${status}, no`,
      [{ auth: `Basic ${Buffer.from('me:my word').toString('base64')}` }],
    ])
  })

  it('rejects when nobody answers in time, or at all', async () => {
    answer = () => undefined
    const late = new OURS.Pushgateway(url, { timeout: 30 })
    await expect(late.push({ jobName: 'job' })).rejects.toThrow('Pushgateway request timed out')
    await expect(new OURS.Pushgateway('http://127.0.0.1:1').push({ jobName: 'job' })).rejects.toThrow('ECONNREFUSED')
  })

  it('asks http.request(options, callback), with all that matters in the options', async () => {
    answer = (response) => response.end()
    const request = vi.spyOn(http, 'request')
    const options = { headers: { 'Content-Encoding': 'gzip' }, agent: new http.Agent() }
    const gateway = new OURS.Pushgateway(`${url.replace('//', '//a:b@')}/x`, options)
    await gateway.delete({ jobName: 'job' })
    await gateway.push({ jobName: 'job' })
    const asked = request.mock.calls.map(([given]) => given)
    expect(asked).toMatchObject([
      { method: 'DELETE', path: '/x/metrics/job/job', auth: 'a:b', headers: {}, agent: options.agent },
      { method: 'PUT', path: '/x/metrics/job/job', auth: 'a:b', headers: options.headers },
    ])
    expect(request.mock.calls.map(([, callback]) => typeof callback)).toEqual(['function', 'function'])
  })

  it('takes a registry in place of options', async () => {
    answer = (response) => response.end()
    const registry = new OURS.Registry()
    new OURS.Gauge({ name: 'mine', help: 'M.', registers: [registry] }).set(4)
    received.length = 0
    await new OURS.Pushgateway(url, registry).push({ jobName: 'job' })
    expect(received[0]?.body).toContain('mine 4')
  })
})
