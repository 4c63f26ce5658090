import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis-5'
import Memcached from 'memcached'
import { createRequire } from 'node:module'
import { createClient } from 'redis'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type FindLibrary, instrumentCache, instrumentCaches } from '../../src/instrument/index.ts'
import { cacheTally } from '../support/cache-tally.ts'
import { type Database, startMemcached, startRedis } from '../support/databases.ts'

const require = createRequire(import.meta.url)
const nothing: FindLibrary = () => undefined
const undos: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of undos.splice(0).toReversed()) await undo()
})

let redis: Database | undefined
let memcached: Database | undefined
afterAll(async () => {
  await redis?.stop()
  await memcached?.stop()
})

interface Client {
  readonly client: object
  readonly get: (key: string) => Promise<unknown>
  readonly mget: (keys: string[]) => Promise<unknown>
  readonly set: (key: string, value: string) => Promise<unknown>
  readonly info: () => Promise<string>
  close(): unknown
}
type Connect = (port: number) => Promise<Client>

const clients: Record<'ioredis' | 'ioredis-5' | 'node-redis', Connect> = {
  ioredis: async (port) => ioredis(new Redis(port, '127.0.0.1')),
  'ioredis-5': async (port) => ioredis(new Redis5(port, '127.0.0.1') as never),
  'node-redis': async (port) => {
    const client = await createClient({ url: `redis://127.0.0.1:${port}` }).connect()
    return {
      client,
      get: (key) => client.get(key),
      mget: (keys) => client.mGet(keys),
      set: (key, value) => client.set(key, value),
      info: () => client.info('stats'),
      close: () => client.close(),
    }
  },
}
function ioredis(client: Redis): Client {
  return {
    client,
    get: (key) => client.get(key),
    mget: (keys) => client.mget(keys),
    set: (key, value) => client.set(key, value),
    info: () => client.info('stats'),
    close: () => client.quit(),
  }
}

/** The server's own counts. */
async function counts({ info }: Client): Promise<{ hits: number; misses: number; evicted: number }> {
  const text = await info()
  const of = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1])
  return { hits: of('keyspace_hits'), misses: of('keyspace_misses'), evicted: of('evicted_keys') }
}

async function play({ get, mget, set }: Client): Promise<void> {
  for (let i = 0; i < 20; i++) await set(`k${i}`, `${i}`)
  await Promise.all(Array.from({ length: 50 }, async (_, i) => get(`k${i}`)))
  await mget(['k1', 'none', 'k2', 'gone'])
}

describe('Redis: what its INFO counts (B5)', () => {
  it.for<[keyof typeof clients, string, 'all' | 'own']>([
    ['ioredis', 'ioredis', 'all'],
    ['node-redis', 'node-redis', 'all'],
    ['ioredis-5', 'ioredis', 'all'],
    ['ioredis', 'sessions', 'own'],
    ['node-redis', 'sessions', 'own'],
    ['ioredis-5', 'sessions', 'own'],
  ])('%s is counted as %s: %s', async ([library, name, which], { skip }) => {
    redis ??= await startRedis(skip)
    const { told, faults, warnings, options } = cacheTally()
    const everywhere = cacheTally()
    const client = await clients[library](redis.port)
    undos.push(() => client.close())
    const find: FindLibrary = (wanted) =>
      wanted === 'ioredis' && library === 'ioredis-5'
        ? { version: '5.11.1', load: () => require('ioredis-5') as unknown }
        : undefined
    undos.push(
      instrumentCaches({ ...(which === 'all' ? options : everywhere.options), find: which === 'all' ? find : nothing }),
    )
    if (which === 'own') undos.push(instrumentCache(client.client, { ...options, name }).undo)
    const before = await counts(client)
    await play(client)
    const after = await counts(client)
    expect(told).toEqual({
      [name]: { hits: after.hits - before.hits, misses: after.misses - before.misses, evicted: 0 },
    })
    expect(after.hits - before.hits).toBe(22)
    for (const undo of undos.splice(1)) await undo()
    await play(client)
    expect(told[name]).toMatchObject({ hits: 22, misses: 32 })
    expect([faults, warnings, everywhere.told]).toEqual([[], [], {}])
  })

  it('evictions of the server are polled', async ({ skip }) => {
    const server = await startRedis(skip, ['--maxmemory', '3mb', '--maxmemory-policy', 'allkeys-lru'])
    undos.push(() => server.stop())
    const client = await clients.ioredis(server.port)
    undos.push(() => client.close())
    const { told, faults, options } = cacheTally()
    const { poll, undo } = instrumentCache(client.client, { ...options, name: 'films' })
    undos.push(undo)
    await poll()
    for (let i = 0; i < 400; i++) await client.set(`film ${i}`, 'x'.repeat(10_000))
    await poll()
    const { evicted } = await counts(client)
    expect(evicted).toBeGreaterThan(0)
    expect([told['films']?.evicted, faults]).toEqual([evicted, []])
  })

  it("a command that fails is neither hit nor miss, and its error is the caller's", async ({ skip }) => {
    redis ??= await startRedis(skip)
    for (const library of ['ioredis', 'ioredis-5', 'node-redis'] as const) {
      const { told, options } = cacheTally()
      const client = await clients[library](redis.port)
      undos.push(() => client.close(), instrumentCache(client.client, { ...options, name: 'x' }).undo)
      await client.mget([]).then(
        () => expect.unreachable(),
        (error: unknown) => expect(String(error)).toMatch(/wrong number of arguments/),
      )
      expect(told).toEqual({})
    }
  })
})

describe('memcached: what its stats count (B5)', () => {
  const call = async (run: (done: (error: unknown, value?: unknown) => void) => void): Promise<unknown> =>
    new Promise((resolve, reject) =>
      run((error, value) => (error === undefined || error === null ? resolve(value) : reject(error))),
    )
  const stats = async (client: Memcached): Promise<Record<string, number>> =>
    ((await call((done) => client.stats(done))) as Record<string, number>[])[0] ?? {}

  it.for(['all', 'own'] as const)('%s', async (which, { skip }) => {
    memcached ??= await startMemcached(skip)
    const client = new Memcached(`127.0.0.1:${memcached.port}`)
    undos.push(() => client.end())
    const { told, faults, warnings, options } = cacheTally()
    const name = which === 'all' ? 'memcached' : 'own'
    if (which === 'own') undos.push(instrumentCache(client, { ...options, name }).undo)
    else {
      const find: FindLibrary = (wanted) =>
        wanted === 'memcached' ? { version: '2.2.2', load: () => Memcached } : undefined
      undos.push(instrumentCaches({ ...options, find }))
    }
    const before = await stats(client)
    for (let i = 0; i < 5; i++) await call((done) => client.set(`k${i}`, i, 60, done))
    for (let i = 0; i < 8; i++) await call((done) => client.get(`k${i}`, done))
    await call((done) => client.gets('k1', done))
    await call((done) => client.gets('none', done))
    expect(await call((done) => client.getMulti(['k1', 'k2', 'gone'], done))).toEqual({ k1: 1, k2: 2 })
    const after = await stats(client)
    const hits = Number(after['get_hits']) - Number(before['get_hits'])
    const misses = Number(after['get_misses']) - Number(before['get_misses'])
    expect([hits, misses]).toEqual([8, 5])
    expect([told, faults, warnings]).toEqual([{ [name]: { hits, misses, evicted: 0 } }, [], []])
  })

  it('evictions of the server are polled', async ({ skip }) => {
    const server = await startMemcached(skip, ['-m', '2'])
    undos.push(() => server.stop())
    const client = new Memcached(`127.0.0.1:${server.port}`)
    undos.push(() => client.end())
    const { told, faults, options } = cacheTally()
    const { poll } = instrumentCache(client, { ...options, name: 'films' })
    await poll()
    for (let i = 0; i < 400; i++) await call((done) => client.set(`film${i}`, 'x'.repeat(50_000), 0, done))
    await poll()
    const { evictions } = await stats(client)
    expect(Number(evictions)).toBeGreaterThan(0)
    expect([told['films']?.evicted, faults]).toEqual([Number(evictions), []])
  })
})
