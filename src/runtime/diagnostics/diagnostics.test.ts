import { Ajv2020 } from 'ajv/dist/2020.js'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import express from 'express'
import Fastify from 'fastify'
import { LRUCache } from 'lru-cache'
import { afterEach, describe, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { casino } from '../../packs/index.ts'
import { type Boxman, type ConfigInput, createBoxman } from '../index.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

type Json = Readonly<Record<string, unknown>>

interface Started {
  readonly boxman: Boxman
  /** Of the service itself. */
  readonly url: string
  readonly json: (path: string) => Promise<Json>
  readonly page: () => Promise<string>
}

/** A server that answers `/ok`, `/slow`, fails on `/bang/ID`, and has a clock that the test moves. */
async function start(code: ConfigInput = {}, clock = { ms: 0 }): Promise<Started> {
  const thresholds = { memoryBytes: 1e12, cpuPercent: 1e6 }
  const boxman = await createBoxman(
    {
      service: 'wallet',
      version: '2.1.0',
      store: false,
      log: false,
      thresholds,
      ...code,
      admin: { port: 0, ...Object(code.admin) },
    },
    { env: {}, cwd: tmpdir(), now: () => performance.now() + clock.ms },
  )
  closing.push(() => boxman.stop())
  // The first round has come as far as that.
  await expect.poll(async () => (await boxman.snapshot(['performance'])).performance?.eventLoop.active).toBe(true)
  const server = createServer((request, response) => {
    response.statusCode = request.url?.startsWith('/bang') === true ? 503 : 200
    clock.ms += request.url === '/slow' ? 600 : 10
    response.end('done')
  })
  boxman.instrument.http(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const admin = boxman.admin.url ?? ''
  return {
    boxman,
    url: `http://127.0.0.1:${portOf(server)}`,
    json: async (path) => {
      const answer = await fetch(admin + path)
      expect([path, answer.status]).toEqual([path, 200])
      expect(answer.headers.get('content-type')).toMatch(/^application\/(schema\+)?json/)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      const body: unknown = await answer.json()
      return Object(body)
    },
    page: async () => (await fetch(`${admin}/metrics`)).text(),
  }
}

async function ask(url: string, ...paths: string[]): Promise<void> {
  for (const path of paths) await (await fetch(url + path)).text()
}

const counted = (page: string, series: RegExp): number =>
  page
    .split('\n')
    .filter((line) => !line.startsWith('#') && series.test(line))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)

describe('B8: /diagnostics/metrics', () => {
  it('answers as its schema says, before and after the first request, and as /metrics does', async () => {
    const { boxman, url, json, page } = await start()
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      await json('/diagnostics/metrics/schema'),
    )
    const empty = await json('/diagnostics/metrics')
    expect([validate(empty), validate.errors]).toEqual([true, null])
    expect(empty).toMatchObject({ total_requests: 0, error_rate: 0, p99_latency_ms: null, cache: { hit_rate: null } })
    expect(Object.keys(empty)).toEqual([
      'total_requests',
      'error_rate',
      'avg_latency_ms',
      'p50_latency_ms',
      'p90_latency_ms',
      'p95_latency_ms',
      'p99_latency_ms',
      'latency_histogram',
      'cache',
      'event_loop',
      'websocket',
    ])

    const cache = new LRUCache<string, number>({ max: 1 })
    boxman.instrument.cache(cache, { name: 'tables' })
    cache.get('a')
    cache.set('a', 1)
    cache.get('a')
    cache.get('a')
    cache.set('b', 1)
    const { network } = boxman.use(casino())
    network.connections(3)
    network.sent(10)
    network.received(5)
    network.received(5)
    await ask(url, '/ok', '/ok', '/slow', '/bang/7')
    const answer = await json('/diagnostics/metrics')
    expect([validate(answer), validate.errors]).toEqual([true, null])
    expect(answer).toMatchObject({
      total_requests: 4,
      error_rate: 0.25,
      latency_histogram: { '25': 3, '50': 3, '500': 3, '750': 4, '5000': 4, '+Inf': 4 },
      cache: { hits: 2, misses: 1, evictions: 1, hit_rate: 2 / 3 },
      event_loop: { monitoring_active: true },
      websocket: { open_connections_estimate: 3, messages_sent: 1, messages_received: 2 },
    })
    expect(answer['p99_latency_ms']).toBeGreaterThan(590)

    const shown = await page()
    expect(counted(shown, /^http_requests_total\{/)).toBe(answer['total_requests'])
    expect(counted(shown, /^http_requests_total\{.*status="5/) / 4).toBe(answer['error_rate'])
    expect(counted(shown, /^cache_hits_total/)).toBe(2)
    expect(counted(shown, /^bitcraps_network_messages_received_total/)).toBe(2)
    expect(counted(shown, /^bitcraps_network_active_connections/)).toBe(3)
  })

  it('B1: what left the window counts no more', async () => {
    const clock = { ms: 0 }
    const { url, json } = await start({ metrics: { windowMs: 10_000 } }, clock)
    await ask(url, '/ok', '/bang/1')
    expect(await json('/diagnostics/metrics')).toMatchObject({ total_requests: 2 })
    clock.ms += 20_000
    expect(await json('/diagnostics/metrics')).toMatchObject({ total_requests: 0, latency_histogram: { '+Inf': 0 } })
    expect(await json('/diagnostics/performance')).toMatchObject({ requests: { count: 0 }, routes: [] })
  })
})

describe('S1: snapshots', () => {
  it('has the groups that are in use, whatever their prefix; each is to be had alone', async () => {
    const { boxman } = await start()
    const before = await boxman.snapshot()
    expect(Object.keys(before).toSorted()).toEqual(['at', 'errors', 'performance', 'resources', 'uptimeSeconds'])
    expect(before.performance).toMatchObject({ cache: undefined, webSocket: undefined })
    const { gaming, consensus } = boxman.use(casino({ prefix: 'craps' }))
    gaming.gameStarted()
    gaming.betPlaced({ playerId: 'p', amount: 5, at: 0 })
    consensus.proposalAccepted(30)
    boxman.node.errors.record({ category: 'gaming', message: 'm' })
    const alone = await boxman.snapshot(['gaming', 'consensus', 'errors'])
    expect(alone).toEqual({
      at: alone.at,
      uptimeSeconds: alone.uptimeSeconds,
      gaming: {
        games: 1,
        gamesActive: 1,
        bets: 1,
        volume: 5,
        payouts: 0,
        disputes: 0,
        averageDurationSeconds: undefined,
        houseEdge: undefined,
      },
      consensus: { proposalsAccepted: 1, proposalsRejected: 0, forks: 0, averageLatencyMs: 30 },
      errors: {
        total: 1,
        byCategory: { network: 0, consensus: 0, validation: 0, gaming: 1, storage: 0, security: 0, other: 0 },
        bySeverity: { info: 0, warning: 0, error: 1, critical: 0 },
        groups: 1,
      },
    })
    expect((await boxman.snapshot(['network'])).network).toMatchObject({ messagesSent: 0, averageLatencyMs: undefined })
    // @ts-expect-error what a caller without types may pass
    await expect(boxman.snapshot(['weather'])).rejects.toThrow(/snapshot group "weather": use network, consensus/)
  })

  it('B7: /health/extended has it all, and its name is not to be had by a check', async () => {
    const { boxman, url, json } = await start()
    boxman.use(casino()).gaming.gameStarted()
    boxman.health.check({ name: 'db', run: () => {} })
    await boxman.health.settled()
    await ask(url, '/ok', '/bang/1')
    expect(await json('/health/extended')).toMatchObject({
      status: 'pass',
      service: 'wallet',
      version: '2.1.0',
      checks: { db: { status: 'pass' } },
      performance: {
        total_requests: 2,
        error_rate: 0.5,
        window_seconds: 300,
        cache: { hits: 0 },
        event_loop: { monitoring_active: true },
      },
      gaming: { games: 1, games_active: 1, house_edge: null },
      network: { messages_sent: 0 },
      errors: { total: 1, by_category: { other: 1 }, groups: 1 },
      resources: { heap: { used_bytes: expect.any(Number) } },
    })
    expect(() => boxman.health.check({ name: 'extended', run: () => {} })).toThrow(RangeError)
  })
})

describe('B7: who it is and how it runs', () => {
  it('/version, /status and /diagnostics/system', async () => {
    const { boxman, json } = await start({ environment: 'test' })
    const versions = { service: 'wallet', version: '2.1.0', environment: 'test', node: process.version }
    expect(await json('/version')).toMatchObject(versions)
    expect(await json('/status')).toMatchObject({ ...versions, status: 'pass', ready: true, started: true })
    boxman.drain()
    expect(await json('/status')).toMatchObject({ status: 'fail', ready: false })
    expect(await json('/diagnostics/system')).toMatchObject({
      ...versions,
      process: { pid: process.pid, versions: { v8: process.versions.v8 }, flags: expect.any(Array) },
      parts: { metrics: true, tracing: true, store: false, log: false },
    })
  })

  it('/diagnostics/performance: routes with their slowest traces, event loop, heap', async () => {
    const { url, json } = await start()
    await ask(url, '/ok', '/ok', '/bang/1', '/bang/2')
    const answer = await json('/diagnostics/performance')
    expect(answer).toMatchObject({
      window_seconds: 300,
      requests: { count: 4, error_rate: 0.5 },
      event_loop: { monitoring_active: true },
      garbage_collection: { minor: { count: expect.any(Number) } },
      heap: { limit_bytes: expect.any(Number), spaces: expect.any(Array) },
    })
    const routes = Array.isArray(answer['routes']) ? answer['routes'] : []
    expect(routes).toMatchObject([
      { method: 'GET', route: '/ok', count: 2, error_rate: 0 },
      { method: 'GET', route: '/bang/:number', count: 2, error_rate: 1, slowest_traces: expect.any(Array) },
    ])
    // What failed is kept.
    expect(routes[1]).toMatchObject({
      slowest_traces: [{ trace_id: /^[0-9a-f]{32}$/.exec(routes[1].slowest_traces[0].trace_id)?.[0] }, {}],
    })
  })

  it.each([
    [true, 200],
    [false, 404],
  ])('metrics.internal %j: /internal/metrics answers %i', async (internal, status) => {
    const { boxman } = await start({ metrics: { internal } })
    const answer = await fetch(`${boxman.admin.url}/internal/metrics`)
    expect(answer.status).toBe(status)
    expect((await answer.text()).includes('bitcraps_errors_total')).toBe(internal)
  })

  it('without metrics, what does not need them is there all the same', async () => {
    const { url, json } = await start({ metrics: false })
    await ask(url, '/ok')
    expect(await json('/diagnostics/metrics')).toMatchObject({ total_requests: 1 })
    const extended = await json('/health/extended')
    expect(extended['errors']).toBeUndefined()
  })

  it('a token guards them', async () => {
    const { boxman } = await start({ admin: { token: 'a-long-enough-token' } })
    for (const path of ['/health/extended', '/diagnostics/errors', '/diagnostics/system', '/status', '/version']) {
      expect([path, (await fetch(boxman.admin.url + path)).status]).toEqual([path, 401])
    }
  })
})

interface Errors {
  readonly groups: readonly (Json & { readonly fingerprint: string })[]
  readonly recent: readonly Json[]
}

describe('S7: /diagnostics/errors', () => {
  const errorsOf = async ({ json }: Started, query = ''): Promise<Errors> => {
    const { groups, recent } = await json(`/diagnostics/errors${query}`)
    return { groups: Array.isArray(groups) ? groups : [], recent: Array.isArray(recent) ? recent : [] }
  }

  it('groups and recent ones, the latest first, by category and severity; one by its fingerprint', async () => {
    const started = await start()
    const { boxman, json } = started
    const { errors } = boxman.node
    errors.record({ category: 'gaming', message: 'bet 7 was late' })
    errors.record({ category: 'gaming', message: 'bet 8 was late' })
    errors.record(new Error('no answer', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }))
    const { groups, recent } = await errorsOf(started)
    expect(groups).toMatchObject([
      { name: 'Error', message: 'no answer', category: 'network', count: 1, causes: [{ code: 'ECONNREFUSED' }] },
      { name: null, message: 'bet 8 was late', category: 'gaming', count: 2, stack: null, trace_id: null },
    ])
    expect(recent.map(({ message }) => message)).toEqual(['no answer', 'bet 8 was late', 'bet 7 was late'])
    expect(await json(`/diagnostics/errors/${groups[0]?.fingerprint}`)).toEqual(groups[0])
    expect((await errorsOf(started, '?category=gaming&limit=1')).recent).toMatchObject([{ message: 'bet 8 was late' }])
    expect((await errorsOf(started, '?severity=warning')).groups).toHaveLength(1)
    const { url = '' } = boxman.admin
    for (const query of ['?category=x', '?severity=fatal', '?limit=0', '?limit=-1', '?limit=9999', '?limit=1e2']) {
      const answer = await fetch(`${url}/diagnostics/errors${query}`)
      expect([query, answer.status, await answer.json()]).toMatchObject([query, 400, { error: expect.any(String) }])
    }
    expect((await fetch(`${url}/diagnostics/errors/0000000000000000`)).status).toBe(404)
  })

  it('B6: failures of requests are there once, with route and trace, and agree with /metrics', async () => {
    const started = await start()
    const { boxman, url, page } = started
    await ask(url, '/bang/1', '/ok', '/bang/2')
    const pay = boxman.instrumentRoute('/pay/:id', (id: number) => {
      const error = new RangeError(`no table ${id}`)
      if (id === 2) boxman.node.errors.record(error)
      throw error
    })
    for (const id of [1, 2]) expect(() => pay(id)).toThrow('no table')
    const gone = Object.assign(new Error('m'), { status: 404 })
    await expect(boxman.request({ route: '/a' }, () => Promise.reject(gone))).rejects.toBe(gone)
    boxman.request({ route: '/b' }, (scope) => void scope.setStatus(504))
    const { groups } = await errorsOf(started)
    expect(groups).toMatchObject([
      { message: 'GET /b answered 504 Gateway Timeout', category: 'network', count: 1, route: '/b' },
      { name: 'RangeError', message: 'no table 2', count: 2, route: '/pay/:id' },
      { message: 'GET /bang/:number answered 503 Service Unavailable', category: 'other', count: 2 },
    ])
    expect(groups.every(({ trace_id: id }) => /^[0-9a-f]{32}$/.test(String(id)))).toBe(true)
    expect(counted(await page(), /^bitcraps_errors_total/)).toBe(5)
  })

  it('B6: what handlers of Express and Fastify throw', async () => {
    const started = await start()
    const { boxman } = started
    const app = express()
    boxman.instrument.express(app)
    app.get('/tables/:id', () => {
      throw new TypeError('of express')
    })
    app.use((_error: unknown, _request: unknown, response: express.Response, _next: unknown) => {
      response.status(500).end()
    })
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    closing.push(() => server.close())
    const fastify = Fastify()
    boxman.instrument.fastify(fastify)
    fastify.get('/bets/:id', async () => {
      throw new TypeError('of fastify')
    })
    fastify.get('/gone', async () => {
      throw Object.assign(new Error('gone'), { statusCode: 410 })
    })
    await fastify.listen({ port: 0, host: '127.0.0.1' })
    closing.push(() => fastify.close())
    await ask(`http://127.0.0.1:${portOf(server)}`, '/tables/1')
    await ask(`http://127.0.0.1:${portOf(fastify.server)}`, '/bets/1', '/gone')
    const { groups } = await errorsOf(started)
    expect(groups).toMatchObject([
      { name: 'TypeError', message: 'of fastify', route: '/bets/:id', count: 1 },
      { name: 'TypeError', message: 'of express', route: '/tables/:id', count: 1 },
    ])
  })

  it('O18: secrets stay out', async () => {
    const started = await start()
    const { errors } = started.boxman.node
    errors.record(new Error('connect postgres://app:hunter2hunter2@db/x failed'))
    errors.record(new Error('refused: Authorization: Bearer eyJhbGciOi.abc password=swordfish'))
    const text = JSON.stringify(await errorsOf(started))
    expect(text).not.toMatch(/hunter2|eyJhbGciOi|swordfish/)
    expect(text).toContain('[redacted]@db/x')
  })
})
