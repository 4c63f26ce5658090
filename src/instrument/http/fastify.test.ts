import { createServer } from 'node:http'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { createIdSource, currentContext } from '../../tracing/index.ts'
import { type HttpExchange, instrumentFastify } from '../index.ts'

let app: FastifyInstance
let exchanges: HttpExchange[]

function instrument(): void {
  instrumentFastify(app, {
    ids: createIdSource(),
    now: () => 0,
    record: (exchange) => exchanges.push(exchange),
    onFault: (error) =>
      queueMicrotask(() => {
        throw error
      }),
  })
}

async function routesOf(count: number): Promise<string[]> {
  await expect.poll(() => exchanges.length).toBe(count)
  return exchanges.map(({ method, route, status }) => `${method} ${route} ${status}`)
}

const answerContext = async () => ({ correlationId: currentContext()?.correlationId })

beforeEach(() => {
  app = fastify({ forceCloseConnections: true })
  exchanges = []
})
afterEach(() => app.close())

describe('the route of a request', () => {
  it.each([
    ['before the routes and plugins', true],
    ['after them', false],
  ])('is the pattern, instrumented %s (M4)', async (_, first) => {
    if (first) instrument()
    app.get('/tables/:id', answerContext)
    void app.register(async (child) => {
      child.addHook('preHandler', async (request, reply) => {
        if (request.url.endsWith('/secret')) await reply.code(401).send()
      })
      child.get('/players/:player/:part', answerContext)
    })
    if (!first) instrument()
    const url = await app.listen({ port: 0, host: '127.0.0.1' })

    for (const path of ['/tables/7', '/players/42/bets', '/players/42/secret', '/nowhere/7']) {
      await (await fetch(url + path)).arrayBuffer()
    }
    await fetch(`${url}/tables/8`, { method: 'HEAD' })
    await fetch(`${url}/tables/8`, { method: 'DELETE' })
    expect(await routesOf(6)).toEqual([
      'GET /tables/:id 200',
      'GET /players/:player/:part 200',
      'GET /players/:player/:part 401',
      'GET __not_found__ 404',
      'HEAD /tables/:id 200',
      'DELETE __not_found__ 404',
    ])
  })

  it('is known of a plugin that was loaded before, and where a later hook answers', async () => {
    await app.register(async (child) => {
      child.get('/early/:id', answerContext)
    })
    instrument()
    app.addHook('onRequest', async (request, reply) => {
      if (request.url.endsWith('/0')) await reply.code(401).send()
    })
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    await fetch(`${url}/early/1`)
    await fetch(`${url}/early/0`)
    expect(await routesOf(2)).toEqual(['GET /early/:id 200', 'GET /early/:id 401'])
  })

  it('stays unknown where a hook that came before the instrumentation answers', async () => {
    app.addHook('onRequest', async (_, reply) => {
      await reply.code(401).send()
    })
    instrument()
    app.get('/tables/:id', answerContext)
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    await fetch(`${url}/tables/7`)
    expect(await routesOf(1)).toEqual(['GET __not_found__ 401'])
  })

  it('is known of a request that fails', async () => {
    instrument()
    app.get('/bang', async () => {
      throw new Error('bang')
    })
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    await fetch(`${url}/bang`)
    expect(await routesOf(1)).toEqual(['GET /bang 500'])
  })
})

describe('the context of a request', () => {
  it('is current in hooks and handlers, and answered', async () => {
    instrument()
    const seen: unknown[] = []
    app.addHook('preHandler', async () => {
      seen.push((await answerContext()).correlationId)
    })
    app.post('/bets', answerContext)
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const answer = await fetch(`${url}/bets`, {
      method: 'POST',
      headers: { 'x-correlation-id': 'bet-1', 'content-type': 'application/json' },
      body: '{"amount":10}',
    })
    expect(await answer.json()).toEqual({ correlationId: 'bet-1' })
    expect(answer.headers.get('x-correlation-id')).toBe('bet-1')
    expect(answer.headers.get('x-span-id')).toMatch(/^[0-9a-f]{16}$/)
    expect(answer.headers.get('x-service-duration')).toBe('0.0')
    expect(seen).toEqual(['bet-1'])
  })

  it('reaches also what comes by a server beside the one of the instance', async () => {
    instrument()
    app.get('/tables/:id', answerContext)
    await app.ready()
    const beside = createServer((request, response) => app.routing(request, response)).listen(0, '127.0.0.1')
    await expect.poll(() => beside.listening).toBe(true)
    const answer = await fetch(`http://127.0.0.1:${portOf(beside)}/tables/7`, {
      headers: { 'x-correlation-id': 'c-1' },
    })
    expect(await answer.json()).toEqual({ correlationId: 'c-1' })
    expect(await routesOf(1)).toEqual(['GET /tables/:id 200'])
    beside.closeAllConnections()
    beside.close()
  })
})

it('refuses an instance that is ready: its routes can no longer be seen', async () => {
  await app.ready()
  expect(instrument).toThrow('already')
  expect(Object.hasOwn(app.server, 'emit')).toBe(false)
})
