import { type Method, patchMethod } from '../method-patch.ts'
import { undoAll } from '../undo.ts'
import { type CacheWatch, recordLookups } from './options.ts'

export function isKeyv(cache: object): boolean {
  return 'getMany' in cache && 'opts' in cache && 'set' in cache
}

export function isCacheManager(cache: object): boolean {
  return 'mget' in cache && 'wrap' in cache && 'stores' in cache
}

/** One cache of keyv: it tells of no evictions, its store alone knows. */
export function watchKeyv(cache: object, watch: CacheWatch): () => void {
  return undoAll(
    ['get', 'getRaw', 'getMany', 'getManyRaw']
      .filter((name) => name in cache)
      .map((name) => withAnswer(cache, name, watch)),
  )
}

/** One cache of cache-manager, however many stores it has. */
export function watchCacheManager(cache: object, watch: CacheWatch): () => void {
  return undoAll([withAnswer(cache, 'get', watch), withAnswer(cache, 'mget', watch), withLoader(cache, watch)])
}

function withAnswer(cache: object, name: string, watch: CacheWatch): () => void {
  return patchMethod(
    cache,
    name,
    (original) =>
      function lookUp(keys, ...rest) {
        const result = Reflect.apply(original, this, [keys, ...rest])
        // keyv's `get` of several keys goes on to `getMany`.
        if (!(result instanceof Promise) || (name === 'get' && Array.isArray(keys))) return result
        result.then(
          (answer: unknown) =>
            watch.fuse.run(() => {
              const answers: readonly unknown[] = Array.isArray(keys) && Array.isArray(answer) ? answer : [answer]
              recordLookups(
                watch,
                answers.length,
                answers.filter((value) => value !== undefined && value !== null).length,
              )
            }),
          () => undefined,
        )
        return result
      } satisfies Method<object>,
  )
}

/** `wrap` is a miss when what it gives is what the loader gave it; a refresh behind a hit is none. */
function withLoader(cache: object, watch: CacheWatch): () => void {
  return patchMethod(
    cache,
    'wrap',
    (original) =>
      function wrap(key, load, ...rest) {
        if (typeof load !== 'function') return Reflect.apply(original, this, [key, load, ...rest])
        let loaded: { readonly value: unknown } | undefined
        const loader = async function loader(this: unknown, ...args: readonly unknown[]): Promise<unknown> {
          const value: unknown = await Reflect.apply(load, this, args)
          loaded = { value }
          return value
        }
        const result = Reflect.apply(original, this, [key, loader, ...rest])
        if (result instanceof Promise) {
          result.then(
            (value: unknown) =>
              watch.fuse.run(() =>
                recordLookups(watch, 1, loaded !== undefined && Object.is(loaded.value, value) ? 0 : 1),
              ),
            () => watch.fuse.run(() => recordLookups(watch, 1, 0)),
          )
        }
        return result
      } satisfies Method<object>,
  )
}
