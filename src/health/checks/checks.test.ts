import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type CheckOptions,
  type CheckResult,
  diskCheck,
  eventLoopCheck,
  Health,
  httpCheck,
  memoryCheck,
  type MemoryUse,
  postgresCheck,
  redisCheck,
  tcpCheck,
} from '../index.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** What one run comes to. */
async function ran(check: CheckOptions): Promise<Partial<CheckResult>> {
  const health = new Health({ now: () => 0 })
  health.check(check)
  await health.settled()
  return health.results()[0] ?? {}
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createTcpServer()
  const port = await portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('HTTP', () => {
  const server = (): Promise<number> =>
    portOf(
      createServer((request, response) => {
        const status = Number(request.url?.slice(1))
        if (status === 0) return
        response.writeHead(status, status === 302 ? { location: '/200' } : {}).end(request.method)
      }),
    )

  it.each([
    ['200', {}, 'pass', 'HTTP 200'],
    ['204', { method: 'HEAD' }, 'pass', 'HTTP 204'],
    ['302', {}, 'fail', 'ORIGIN answered 302'],
    ['503', {}, 'fail', 'ORIGIN answered 503'],
    ['401', { statuses: [200, 401] }, 'pass', 'HTTP 401'],
    ['0', { timeoutMs: 20 }, 'fail', 'timed out after 20 ms'],
  ] as const)('an answer of %s (%o): %s', async (path, options, outcome, output) => {
    const origin = `http://127.0.0.1:${await server()}`
    const result = await ran(httpCheck({ url: `${origin}/${path}`, ...options }))
    expect(result).toMatchObject({ outcome, output: output.replace('ORIGIN', origin) })
  })

  it('says why there is no answer, and is named for the host', async () => {
    const port = await closedPort()
    const check = httpCheck({ url: `http://user:secret@127.0.0.1:${port}/`, headers: { a: 'b' } })
    expect(check.name).toBe(`http:127.0.0.1:${port}`)
    const { outcome, output } = await ran(httpCheck({ url: `http://127.0.0.1:${port}/` }))
    expect([outcome, output]).toEqual(['fail', expect.stringContaining('ECONNREFUSED')])
  })

  it('refuses what is no URL of HTTP', () => {
    expect(() => httpCheck({ url: 'redis://x' })).toThrow('redis: is neither http: nor https:')
  })
})

describe('TCP', () => {
  it('passes where a connection is taken, and leaves none behind', async () => {
    let ended = (): void => {}
    const closed = new Promise<void>((resolve) => (ended = resolve))
    const port = await portOf(
      createTcpServer((socket) =>
        socket
          .on('error', () => {})
          .on('close', () => ended())
          .resume(),
      ),
    )
    expect(await ran(tcpCheck({ port }))).toMatchObject({ outcome: 'pass', name: `tcp:127.0.0.1:${port}` })
    await closed
  })

  it('fails where it is refused', async () => {
    const { outcome, output } = await ran(tcpCheck({ port: await closedPort() }))
    expect([outcome, output]).toEqual(['fail', expect.stringContaining('ECONNREFUSED')])
    expect(() => tcpCheck({ port: 0 })).toThrow('port 0 must be a number from 1 to 65535')
  })
})

describe('disk', () => {
  it.each([
    [100, 100, 'pass'],
    [0, 100, 'warn'],
    [0, 0, 'fail'],
  ] as const)('warns above %i %% and fails above %i %%: %s', async (warnAbovePercent, failAbovePercent, outcome) => {
    const result = await ran(diskCheck({ path: tmpdir(), warnAbovePercent, failAbovePercent }))
    expect(result).toMatchObject({ outcome, observedUnit: 'percent' })
    expect(result.observedValue).toBeGreaterThan(0)
    expect(result.output).toContain(`% of ${tmpdir()} is in use`)
  })

  it('fails for a path that is not there, and refuses limits that are none', async () => {
    expect(await ran(diskCheck({ path: '/nowhere/at/all' }))).toMatchObject({ outcome: 'fail' })
    expect(() => diskCheck({ path: '/', failAbovePercent: 101 })).toThrow('failAbovePercent 101')
    expect(() => diskCheck({ path: '/', failAbovePercent: 50, warnAbovePercent: 60 })).toThrow('warnAbovePercent 60')
  })
})

describe('memory', () => {
  it.each<[MemoryUse | undefined, string, number | undefined]>([
    [undefined, 'pass', undefined],
    [{ usedBytes: 1, limitBytes: 0 }, 'pass', undefined],
    [{ usedBytes: 85, limitBytes: 100 }, 'pass', 85],
    [{ usedBytes: 86, limitBytes: 100 }, 'warn', 86],
    [{ usedBytes: 96, limitBytes: 100 }, 'fail', 96],
  ])('%o: %s', async (use, outcome, observedValue) => {
    expect(await ran(memoryCheck({ read: () => use }))).toMatchObject({ outcome, observedValue })
  })
})

describe('event loop', () => {
  it.each([
    [undefined, 'pass'],
    [250, 'pass'],
    [251, 'warn'],
    [1001, 'fail'],
  ])('%s ms late: %s', async (lagMs, outcome) => {
    expect(await ran(eventLoopCheck({ read: () => lagMs, critical: true }))).toMatchObject({
      outcome,
      critical: true,
      observedValue: lagMs,
    })
  })
})

describe('clients by their shape', () => {
  it.each([
    ['query', 'postgres'],
    ['unsafe', 'postgres'],
    ['raw', 'postgres'],
    ['$queryRawUnsafe', 'postgres'],
  ])('PostgreSQL by %s', async (method, name) => {
    const asked: unknown[] = []
    const client = { [method]: async (...args: unknown[]) => asked.push(...args) }
    expect(await ran(postgresCheck({ client }))).toMatchObject({ outcome: 'pass', name })
    expect(asked).toEqual(['SELECT 1'])
  })

  it.each<[string, object, string, string | undefined]>([
    ['answers', { ping: async () => 'PONG' }, 'pass', undefined],
    ['answers something else', { ping: async () => 'LOADING' }, 'fail', 'the server answered LOADING'],
    [
      'is cut off (ioredis)',
      { status: 'reconnecting', ping: () => 'PONG' },
      'fail',
      'the client has no connection: reconnecting',
    ],
    ['is cut off (redis)', { isReady: false, ping: () => 'PONG' }, 'fail', 'the client has no connection'],
  ])('Redis: one that %s', async (_, client, outcome, output) => {
    expect(await ran(redisCheck({ client }))).toMatchObject({ outcome, output })
  })

  it('are refused when they are none', () => {
    expect(() => postgresCheck({ client: {} })).toThrow('it has no query(sql)')
    expect(() => redisCheck({ client: {} })).toThrow('it has no ping()')
  })
})
