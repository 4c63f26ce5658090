import { type Method, patchMethod } from '../method-patch.ts'
import { undoAll } from '../undo.ts'
import { type CacheWatch, recordLookups } from './options.ts'

export function isMemcached(client: object): boolean {
  return 'getMulti' in client && 'gets' in client && 'delegateCallback' in client
}

/** One client of `memcached`, or the prototype of all of them. */
export function watchMemcached(client: object, watch: CacheWatch): () => void {
  const one = (name: string): (() => void) =>
    withCallback(client, name, watch, (_, value) => recordLookups(watch, 1, value === undefined ? 0 : 1))
  return undoAll([
    one('get'),
    one('gets'),
    withCallback(client, 'getMulti', watch, (keys, values) => {
      recordLookups(watch, new Set(Array.isArray(keys) ? keys : []).size, Object.keys(Object(values)).length)
    }),
  ])
}

function withCallback(
  client: object,
  name: string,
  { fuse }: CacheWatch,
  done: (keys: unknown, value: unknown) => void,
): () => void {
  return patchMethod(
    client,
    name,
    (original) =>
      function lookUp(keys, callback, ...rest) {
        // A `get` of several keys goes on to `getMulti`.
        if (typeof callback !== 'function' || (name === 'get' && Array.isArray(keys))) {
          return Reflect.apply(original, this, [keys, callback, ...rest])
        }
        const told = function answered(this: unknown, ...answer: readonly unknown[]): unknown {
          if (answer[0] === undefined || answer[0] === null) fuse.run(() => done(keys, answer[1]))
          return Reflect.apply(callback, this, answer)
        }
        return Reflect.apply(original, this, [keys, told, ...rest])
      } satisfies Method<object>,
  )
}

/** Reads how many items the servers have evicted since the last time. */
export function memcachedEvictions(client: object, { name, record }: CacheWatch): () => Promise<void> {
  let last: number | undefined
  return async () => {
    const servers = await new Promise<unknown>((resolve, reject) => {
      const told = (error: unknown, stats: unknown): void => {
        if (error === undefined || error === null) resolve(stats)
        else reject(new Error('memcached gives no stats', { cause: error }))
      }
      Reflect.apply(Reflect.get(client, 'stats'), client, [told])
    })
    let evicted = 0
    for (const server of Array.isArray(servers) ? servers : [])
      evicted += Number(Reflect.get(Object(server), 'evictions') ?? 0)
    if (last !== undefined && evicted > last) record.evicted(name, evicted - last)
    last = evicted
  }
}
