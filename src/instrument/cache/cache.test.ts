import { createCache } from 'cache-manager'
import { Keyv } from 'keyv'
import { LRUCache } from 'lru-cache'
import { LRUCache as LRUCache10 } from 'lru-cache-10'
import { afterEach, describe, expect, it } from 'vitest'
import { instrumentCache, instrumentCaches } from '../index.ts'
import { cacheTally } from '../../../test/support/cache-tally.ts'

const undos: (() => void)[] = []
afterEach(() => {
  for (const undo of undos.splice(0)) undo()
})

function all() {
  const tally = cacheTally()
  undos.push(instrumentCaches({ ...tally.options, find: () => undefined }))
  return tally
}
function one(cache: object, name = 'own') {
  const tally = cacheTally()
  undos.push(instrumentCache(cache, { ...tally.options, name }).undo)
  return tally
}

/** What a cache told its own `dispose`, and what its answers were: the test's tally. */
function used(make: typeof LRUCache<string, number>) {
  let evicted = 0
  const options = {
    max: 3,
    dispose: (_value: number, _key: string, reason: string) => {
      if (reason === 'evict') evicted++
    },
  }
  const cache = new make(options)
  return {
    cache,
    play: () => {
      let [hits, misses] = [0, 0]
      for (let i = 0; i < 40; i++) {
        if (cache.get(`k${(i * i) % 7}`) === undefined) misses++
        else hits++
        cache.set(`k${(i * 3) % 5}`, i)
        if (i % 11 === 0) cache.delete(`k${i % 5}`)
        if (i % 17 === 0) cache.clear()
      }
      return { hits, misses, evicted }
    },
  }
}

describe('lru-cache (B5)', () => {
  it.each([
    ['11, found by itself', () => used(LRUCache), all, 'lru-cache'],
    ['11, by name', () => used(LRUCache), one, 'own'],
    ['10, by name', () => used(LRUCache10 as never), one, 'own'],
  ] as const)('%s: hits, misses and evictions', (_, make, instrument, name) => {
    const { cache, play } = make()
    const { told, faults } = instrument(cache)
    const want = play()
    expect(want.evicted).toBeGreaterThan(5)
    expect(told).toEqual({ [name]: want })
    expect(faults).toEqual([])
  })

  it('counts one with a name there alone', () => {
    const everywhere = all()
    const { cache, play } = used(LRUCache)
    const { told } = one(cache)
    const want = play()
    expect(told).toEqual({ own: want })
    expect(everywhere.told).toEqual({})
  })

  it('counts fetch and memo: a load is a miss', async () => {
    const { told } = all()
    let evicted = 0
    const cache = new LRUCache<string, string>({
      max: 2,
      fetchMethod: async (key) => key,
      memoMethod: (key) => key,
      dispose: (_value, _key, reason) => {
        if (reason === 'evict') evicted++
      },
    })
    for (const key of ['a', 'a', 'b', 'c', 'a']) await cache.fetch(key)
    for (const key of ['d', 'd', 'e']) cache.memo(key)
    expect(told).toEqual({ 'lru-cache': { hits: 2, misses: 6, evicted } })
    expect(evicted).toBe(4)
  })

  it('what is too big, or is deleted, or has run out of time was not evicted', async () => {
    const { told } = all()
    const cache = new LRUCache<string, string>({ maxSize: 10, sizeCalculation: (value) => value.length, ttl: 1 })
    cache.set('a', 'x'.repeat(11))
    cache.set('a', 'xxx')
    cache.set('b', 'xxx')
    cache.delete('b')
    await expect.poll(() => cache.get('a')).toBeUndefined()
    expect(told['lru-cache']?.evicted ?? 0).toBe(0)
    for (const key of ['c', 'd', 'e']) cache.set(key, 'xxx')
    cache.set('f', 'xxxxxxx')
    expect(told['lru-cache']?.evicted).toBe(2)
  })

  it('is as it was after the undo', () => {
    const methods = () => ['get', 'set', 'fetch', 'memo'].map((name) => Reflect.get(LRUCache.prototype, name))
    const before = methods()
    const { told } = all()
    const { cache, play } = used(LRUCache)
    play()
    expect(methods()[1]).not.toBe(before[1])
    for (const undo of undos.splice(0)) undo()
    const tally = structuredClone(told)
    play()
    expect(told).toEqual(tally)
    expect(methods().map((method, i) => method === before[i])).toEqual([true, true, true, true])
    const own = one(cache)
    for (const undo of undos.splice(0)) undo()
    expect([Object.keys(Object.getOwnPropertyDescriptors(cache)).includes('get'), own.told]).toEqual([false, {}])
  })

  it('goes on when the recorder fails, and lets it be after ten faults (B12)', () => {
    const tally = cacheTally()
    const fail = (): never => {
      throw new Error('bang')
    }
    const record = { hit: fail, miss: fail, evicted: fail }
    const { cache, play } = used(LRUCache)
    undos.push(instrumentCache(cache, { ...tally.options, record, name: 'own' }).undo)
    const { hits, misses } = play()
    expect(hits + misses).toBe(40)
    expect(tally.faults.length).toBeGreaterThanOrEqual(10)
    expect(tally.faults.length).toBeLessThan(15)
    expect(String(tally.faults.at(-1))).toBe('Error: measuring the cache own is switched off: it failed too often')
  })
})

describe('keyv (B5)', () => {
  it('counts single and several look-ups, as its own stats have the single ones', async () => {
    const cache = new Keyv({ stats: true })
    const { told } = one(cache)
    await cache.set('a', 1)
    await cache.set('b', false)
    await cache.set('late', 1, 1)
    for (const key of ['a', 'b', 'none']) await cache.get(key)
    await expect.poll(() => cache.get('late')).toBeUndefined()
    expect(told['own']).toEqual({ hits: cache.stats.hits, misses: cache.stats.misses, evicted: 0 })
    const { hits, misses } = cache.stats
    await cache.get(['a', 'b', 'none', 'gone'])
    expect(told['own']).toEqual({ hits: hits + 2, misses: misses + 2, evicted: 0 })
  })
})

describe('cache-manager (B5)', () => {
  it('counts get, mget and wrap; only what had to be loaded is a miss', async () => {
    const cache = createCache()
    const { told } = one(cache)
    let loads = 0
    const load = async (): Promise<string> => `loaded ${++loads}`
    await cache.set('a', 1)
    await cache.get('a')
    await cache.get('none')
    await cache.mget(['a', 'none', 'gone'])
    expect(told['own']).toEqual({ hits: 2, misses: 3, evicted: 0 })
    await cache.wrap('w', load)
    await cache.wrap('w', load)
    await cache.wrap('fails', async () => Promise.reject(new Error('no'))).catch(() => undefined)
    expect([loads, told['own']]).toEqual([1, { hits: 3, misses: 5, evicted: 0 }])
  })
})

it('warns of what it does not know, by name, once (B12)', () => {
  const { warnings } = one(new Map(), 'films')
  expect(warnings).toEqual([
    'the cache films is none of lru-cache, ioredis, redis, memcached, keyv and cache-manager: it is not measured',
  ])
})
