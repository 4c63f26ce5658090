import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis-5'
import knex from 'knex'
import pg from 'pg'
import { createClient } from 'redis'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type CheckResult, Health, postgresCheck, redisCheck } from '../../src/health/index.ts'
import { type Database, startPostgres, startRedis } from '../support/databases.ts'
import { createFilmClient } from '../support/prisma.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})
let postgres: Database | undefined
afterAll(() => postgres?.stop())

async function ran(health: Health): Promise<CheckResult | undefined> {
  health.refresh()
  await health.settled()
  return health.results()[0]
}

describe('PostgreSQL', () => {
  const url = (port: number): string => `postgres://postgres@127.0.0.1:${port}/postgres`
  const clients: Record<string, (port: number) => Promise<object>> = {
    'pool of pg': async (port) => {
      const pool = new pg.Pool({ connectionString: url(port) })
      closing.push(() => pool.end())
      return pool
    },
    'client of pg': async (port) => {
      const client = new pg.Client(url(port))
      await client.connect()
      closing.push(() => client.end())
      return client
    },
    knex: async (port) => {
      const made = knex({ client: 'pg', connection: url(port) })
      closing.push(() => made.destroy())
      return made
    },
    Prisma: async (port) => {
      const client = createFilmClient(port)
      closing.push(() => client.$disconnect())
      return client
    },
  }

  it.for(Object.keys(clients))('answers a %s', async (kind, { skip }) => {
    postgres ??= await startPostgres(skip)
    const client = await clients[kind]?.(postgres.port)
    const health = new Health({ now: () => 0, cacheMs: 0, timeoutMs: 10_000 })
    health.check(postgresCheck({ client: client ?? {}, critical: true }))
    await health.settled()
    expect(await ran(health)).toMatchObject({ outcome: 'pass', name: 'postgres' })
    expect(health.readiness().status).toBe('pass')
  })

  it('that is not there, or refuses, is told', async ({ skip }) => {
    postgres ??= await startPostgres(skip)
    for (const [connectionString, output] of [
      [url(1), 'ECONNREFUSED'],
      [`postgres://nobody:hunter2@127.0.0.1:${postgres.port}/postgres`, 'role "nobody" does not exist'],
    ] as const) {
      const pool = new pg.Pool({ connectionString })
      closing.push(() => pool.end())
      const health = new Health({ now: () => 0 })
      health.check(postgresCheck({ client: pool }))
      await health.settled()
      expect(health.results()).toMatchObject([
        { outcome: 'fail', status: 'warn', output: expect.stringContaining(output) as unknown },
      ])
    }
  })
})

describe('Redis', () => {
  const clients: Record<string, (port: number) => Promise<object>> = {
    ioredis: async (port) => {
      const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 20 })
      client.on('error', () => undefined)
      closing.push(() => client.disconnect())
      return client
    },
    'ioredis 5': async (port) => {
      const client = new Redis5(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => 20 })
      client.on('error', () => undefined)
      closing.push(() => client.disconnect())
      return client
    },
    'node-redis': async (port) => {
      const client = createClient({ url: `redis://127.0.0.1:${port}` })
      client.on('error', () => undefined)
      await client.connect()
      closing.push(() => client.destroy())
      return client
    },
  }

  it.for(Object.keys(clients))('%s: passes, fails when the server has gone', async (kind, { skip }) => {
    const server = await startRedis(skip)
    closing.push(() => server.stop())
    const client = await clients[kind]?.(server.port)
    const health = new Health({ now: () => 0, cacheMs: 0, timeoutMs: 10_000 })
    health.check(redisCheck({ client: client ?? {} }))
    await health.settled()
    expect(await ran(health)).toMatchObject({ outcome: 'pass' })
    await server.stop()
    await expect.poll(async () => (await ran(health))?.outcome, { timeout: 15_000 }).toBe('fail')
  })
})
