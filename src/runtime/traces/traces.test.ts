import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { JaegerTrace } from '../../tracing/index.ts'
import { type Boxman, type ConfigInput, createBoxman } from '../index.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function observed(code: ConfigInput = {}): Promise<Boxman> {
  const quiet = { log: false, thresholds: { memoryBytes: 1e12, cpuPercent: 1e6 } }
  const boxman = await createBoxman(
    { service: 'gateway', ...quiet, ...code, admin: { port: 0 } },
    { env: {}, cwd: tmpdir() },
  )
  closing.push(() => boxman.stop())
  return boxman
}

async function listening(listener: RequestListener): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('BUG: no port')
  return { server, url: `http://127.0.0.1:${address.port}` }
}

interface Answer<T> {
  readonly status: number
  readonly data: readonly T[]
  readonly errors: readonly { readonly msg: string }[] | null
}

async function ask<T>(boxman: Boxman, path: string): Promise<Answer<T>> {
  const response = await fetch(`${boxman.admin.url}${path}`)
  return { status: response.status, ...((await response.json()) as Omit<Answer<T>, 'status'>) }
}

/** A gateway that asks a validator, which fails when asked for `/bad`. */
async function gateway(boxman: Boxman): Promise<string> {
  const validator = await listening((request, response) => {
    response.writeHead(request.url === '/bad' ? 503 : 200).end()
  })
  const call = boxman.instrument.fetch()
  const front = await listening((request, response) => {
    void call(`${validator.url}${request.url ?? ''}`).then(({ status }) => response.writeHead(status).end())
  })
  boxman.instrument.http(front.server, { route: ({ url }) => url })
  return front.url
}

const spansOf = (trace: JaegerTrace | undefined): readonly string[] =>
  (trace?.spans ?? []).map(({ operationName, tags, references }) => {
    const tag = (key: string): unknown => tags.find((each) => each.key === key)?.value
    const shown = ['span.kind', 'http.response.status_code', 'error'].map((key) => JSON.stringify(tag(key)) ?? 'none')
    return [references.length, operationName, ...shown].join(' ')
  })

describe('traces of a service', () => {
  it('are a span a request and one a call, found by Jaeger’s query API', async () => {
    const boxman = await observed()
    const url = await gateway(boxman)
    const response = await fetch(`${url}/bad`, { headers: { 'x-correlation-id': 'bet-17' } })
    expect([response.status, response.headers.get('x-correlation-id')]).toEqual([503, 'bet-17'])
    await fetch(`${url}/good`)
    await expect.poll(async () => (await ask(boxman, '/api/services')).data).toEqual(['gateway'])
    const found = await ask<JaegerTrace>(boxman, '/api/traces?service=gateway&operation=%2Fbad')
    expect(found.data.map(spansOf)).toEqual([['0 GET /bad "server" 503 true', '1 GET "client" 503 true']])
    const id = found.data[0]?.traceID ?? ''
    expect((await ask<JaegerTrace>(boxman, `/api/traces/${id}`)).data).toEqual(found.data)
    const operations = await ask<string>(boxman, '/api/services/gateway/operations')
    expect(operations.data).toEqual(expect.arrayContaining(['GET /bad', 'GET /good']))
    expect(await (await fetch(`${boxman.admin.url}/metrics`)).text()).toMatch(/boxman_tracing_spans_kept_total [2-9]/)
  })

  it.each([
    ['/api/traces', 400, "parameter 'service' is required"],
    ['/api/traces/abcdef', 404, 'trace not found'],
  ])('%s is refused', async (path, status, msg) => {
    expect(await ask(await observed(), path)).toMatchObject({ status, data: [], errors: [{ msg }] })
  })

  it('go to a collector in OTLP, what waits at the end too', async () => {
    const received: { readonly token: string | undefined; readonly body: Buffer }[] = []
    const collector = await listening((request, response) => {
      const pieces: Buffer[] = []
      request
        .on('data', (piece: Buffer) => pieces.push(piece))
        .on('end', () => {
          received.push({ token: request.headers.authorization, body: gunzipSync(Buffer.concat(pieces)) })
          response.end()
        })
    })
    const otlpUrl = `${collector.url}/v1/traces`
    const boxman = await observed({ version: '1.2', tracing: { otlpUrl, otlpToken: 's3cret' } })
    boxman.instrument.outgoing()
    const url = await gateway(boxman)
    await fetch(`${url}/bad`)
    await expect.poll(() => received.length, { timeout: 5000 }).toBe(1)
    // An export makes no span, whose export would be the next.
    const call = boxman.instrument.fetch()
    await call(`${url}/good`)
    await boxman.stop()
    expect(received.map(({ body }) => String(body).includes(new URL(otlpUrl).host))).toEqual([false, false])
    expect(received.map(({ token }) => token)).toEqual(['Bearer s3cret', 'Bearer s3cret'])
    for (const text of ['gateway', '1.2', '/bad']) expect(String(received[0]?.body)).toContain(text)
  })

  it('are not made when they are off; correlation goes on', async () => {
    const boxman = await observed({ tracing: { enabled: false } })
    const url = await gateway(boxman)
    const response = await fetch(`${url}/good`, { headers: { 'x-correlation-id': 'bet-18' } })
    expect(response.headers.get('x-correlation-id')).toBe('bet-18')
    expect((await fetch(`${boxman.admin.url}/api/services`)).status).toBe(404)
  })

  it('have spans of their own besides, of this instance of the service', async () => {
    const boxman = await observed({ store: { instance: 'v1' } })
    await boxman.tracer?.withSpan('settle', async () => boxman.tracer?.startSpan('pay').end())
    const { data } = await ask<JaegerTrace>(boxman, '/api/traces?service=gateway')
    expect(data.map(spansOf)).toEqual([['0 settle "internal" none none', '1 pay "internal" none none']])
    expect(data[0]?.processes['p1']?.tags).toContainEqual({ key: 'service.instance.id', type: 'string', value: 'v1' })
    expect((await observed({ tracing: { enabled: false } })).tracer).toBeUndefined()
  })

  it('are made by hand too', async () => {
    const boxman = await observed()
    const work = (): void => {
      throw new TypeError('dice')
    }
    expect(() => boxman.instrument.request({ route: '/settle' }, work)).toThrow('dice')
    const { data } = await ask<JaegerTrace>(boxman, '/api/traces?service=gateway')
    expect(data.map(spansOf)).toEqual([['0 GET /settle "server" 500 true']])
  })
})
