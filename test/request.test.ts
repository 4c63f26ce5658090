import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { createBoxman, type Boxman } from 'boxman'
import { currentContext } from 'boxman/tracing'
import Fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'

describe('journey: request', () => {
  let boxman: Boxman
  let lines: string[]
  const undo: (() => Promise<unknown> | void)[] = []

  beforeEach(async () => {
    lines = []
    boxman = await createBoxman(
      { service: 'craps', admin: { port: 0 } },
      { logDestination: { write: (line) => lines.push(line) } },
    )
    undo.push(() => boxman.stop())
  })
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  })

  const completed = (): Record<string, unknown>[] =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'Request completed')

  it('headers become a context, which the downstream call carries on, the answer tells, and the log line names', async () => {
    const seen: IncomingHttpHeaders[] = []
    const downstream = createServer((request, response) => {
      seen.push(request.headers)
      response.end('ok')
    }).listen(0, '127.0.0.1')
    await once(downstream, 'listening')
    undo.push(() => void downstream.close())
    const address = downstream.address()
    const port = typeof address === 'object' ? address?.port : 0

    const call = boxman.instrument.fetch(fetch)
    const app = Fastify()
    boxman.instrument.fastify(app)
    app.get('/tables/:id', async () => {
      await (await call(`http://127.0.0.1:${port}/roll`)).text()
      return { spanId: currentContext()?.spanId }
    })
    undo.push(() => app.close())
    const url = await app.listen({ port: 0, host: '127.0.0.1' })

    const response = await fetch(`${url}/tables/7`, {
      headers: { 'x-correlation-id': 'bet-42', traceparent: `00-${TRACE}-${PARENT}-01` },
    })
    const { spanId } = (await response.json()) as { spanId: string }
    expect(response.headers.get('x-correlation-id')).toBe('bet-42')
    expect(response.headers.get('x-span-id')).toBe(spanId)

    const [headers] = seen
    expect(headers?.['x-correlation-id']).toBe('bet-42')
    const [, trace, child, flags] = headers?.['traceparent']?.toString().split('-') ?? []
    expect([trace, flags]).toEqual([TRACE, '01'])
    expect(headers?.['x-span-id']).toBe(child)
    expect(headers?.['x-parent-span-id']).toBe(spanId)
    expect(new Set([PARENT, spanId, child]).size).toBe(3)

    await expect.poll(completed).toHaveLength(1)
    expect(completed()[0]).toMatchObject({
      service: 'craps',
      correlation_id: 'bet-42',
      trace_id: TRACE,
      span_id: spanId,
      method: 'GET',
      route: '/tables/:id',
      status: 200,
      duration_ms: expect.any(Number),
    })

    const page = await (await fetch(`${boxman.admin.url}/metrics`)).text()
    expect(page).toContain('http_requests_total{method="GET",path="/tables/:id",status="200"} 1\n')
    expect(page).not.toContain('bet-42')
  })

  it('a client that hangs up is counted as 499, under its route', async () => {
    const app = Fastify()
    boxman.instrument.fastify(app)
    let entered: () => void = () => undefined
    const inside = new Promise<void>((resolve) => (entered = resolve))
    app.get('/slow', async () => {
      entered()
      await new Promise((resolve) => setTimeout(resolve, 100))
      return 'late'
    })
    undo.push(() => app.close())
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const hangUp = new AbortController()
    const request = fetch(`${url}/slow`, { signal: hangUp.signal })
    await inside
    hangUp.abort()
    await expect(request).rejects.toThrow(/abort/i)
    await expect
      .poll(async () => (await fetch(`${boxman.admin.url}/metrics`)).text())
      .toContain('http_requests_total{method="GET",path="/slow",status="499"} 1\n')
  })

  it('a malformed or overlong id is replaced, never echoed (G10)', async () => {
    const app = Fastify()
    boxman.instrument.fastify(app)
    app.get('/', async () => 'ok')
    undo.push(() => app.close())
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    for (const id of ['<script>', 'x'.repeat(129), 'a b']) {
      const response = await fetch(url, { headers: { 'x-correlation-id': id } })
      expect(response.headers.get('x-correlation-id')).toMatch(/^[0-9a-f]{32}$/)
    }
  })
})
