import { Fuse } from '../fuse.ts'
import { undoAll } from '../undo.ts'
import type { Watched } from '../watched.ts'
import { isLruCache, watchLruCache, watchLruCaches } from './lru-cache.ts'
import { isMemcached, memcachedEvictions, watchMemcached } from './memcached.ts'
import type { CacheOptions, CacheWatch } from './options.ts'
import { isCacheManager, isKeyv, watchCacheManager, watchKeyv } from './promised.ts'
import { isRedis, redisEvictions, watchRedis, watchRedisChannel, watchRedisClientSide } from './redis.ts'

/** Finds an installed library: its version, and what `require` gives for it or for one of its files. Undefined: it is not there. */
export type FindLibrary = (name: string) => { readonly version: string; load(file?: string): unknown } | undefined

/**
 * Measures all caches of the process that can be found, each under its library's name: by their channels lru-cache (11.5
 * and later), ioredis and node-redis (6 and later) with its client-side cache; by their prototype ioredis before 6 and
 * memcached 2. A cache with an instrument of its own is left out.
 */
export function instrumentCaches(options: CacheOptions & { readonly find: FindLibrary }): () => void {
  const { record, onFault, find, warn } = options
  const watch = (name: string): CacheWatch => ({ name, record, fuse: new Fuse(`measuring ${name}`, onFault) })
  const byPrototype = (name: string, known: (major: number) => boolean, take: typeof watchRedis): (() => void) => {
    const fuse = new Fuse(`finding ${name}`, (error) => warn(`${name} cannot be measured: ${String(error)}`))
    const undo = fuse.run(() => {
      const found = find(name)
      if (found === undefined || !known(Number.parseInt(found.version, 10))) return undefined
      const exported = Object(found.load())
      const prototype: unknown = Reflect.get(Object(exported.default ?? exported), 'prototype')
      if (typeof prototype !== 'object' || prototype === null)
        throw new Error(`${found.version} has no class that is known`)
      return take(prototype, watch(name))
    })
    return undo ?? (() => undefined)
  }
  return undoAll([
    watchLruCaches(watch('lru-cache')),
    watchRedisChannel('ioredis:command', watch('ioredis')),
    watchRedisChannel('node-redis:command', watch('node-redis')),
    watchRedisClientSide(watch('node-redis client side')),
    byPrototype('ioredis', (major) => major < 6, watchRedis),
    byPrototype(
      'memcached',
      (major) => {
        if (major > 2) warn(`memcached ${major} is not known (2 is): its caches are not measured`)
        return major <= 2
      },
      watchMemcached,
    ),
  ])
}

/**
 * Measures one cache under a name: of lru-cache, ioredis, node-redis, memcached, keyv or cache-manager. `poll` reads the
 * evictions of a Redis or memcached server (`INFO stats`, `stats`), which it counts for all its clients.
 */
export function instrumentCache(cache: object, options: CacheOptions & { readonly name: string }): Watched {
  const { name, record, onFault, warn } = options
  const fuse = new Fuse(`measuring the cache ${name}`, onFault)
  const watch: CacheWatch = { name, record, fuse }
  if (isMemcached(cache)) return watched(watchMemcached(cache, watch), fuse, memcachedEvictions(cache, watch))
  if (isLruCache(cache)) return watched(watchLruCache(cache, watch), fuse)
  if (isCacheManager(cache)) return watched(watchCacheManager(cache, watch), fuse)
  if (isKeyv(cache)) return watched(watchKeyv(cache, watch), fuse)
  if (isRedis(cache)) return watched(watchRedis(cache, watch), fuse, redisEvictions(cache, watch))
  warn(`the cache ${name} is none of lru-cache, ioredis, redis, memcached, keyv and cache-manager: it is not measured`)
  return watched(() => undefined, fuse)
}

function watched(undo: () => void, fuse: Fuse, poll?: () => Promise<void>): Watched {
  let active = true
  let polling = false
  return {
    undo: () => {
      if (active) undo()
      active = false
    },
    poll: async () => {
      if (poll === undefined || !active || polling) return
      polling = true
      await fuse.run(poll)?.catch(() => undefined)
      polling = false
    },
  }
}
