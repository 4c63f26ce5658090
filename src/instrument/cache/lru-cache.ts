import { listen } from '../channel.ts'
import { type Method, patchMethod } from '../method-patch.ts'
import { undoAll } from '../undo.ts'
import { type CacheWatch, ownWatch } from './options.ts'

/** What lru-cache notes of one operation (version 8 and later); to its channel since 11.5 too, with `op` and `cache`. */
interface Status {
  readonly op?: string
  readonly cache?: LruCache
  readonly get?: string
  readonly fetch?: string
  readonly memo?: string
  readonly set?: string
  readonly returnedStale?: boolean
}

export interface LruCache {
  readonly size: number
}

export function isLruCache(cache: object): cache is LruCache {
  return 'peek' in cache && 'set' in cache && 'max' in cache && 'size' in cache && typeof cache.size === 'number'
}

/** Every cache of the process, by the channel. The first message shows the class; evictions are read around its methods. */
export function watchLruCaches(watch: CacheWatch): () => void {
  const undos: (() => void)[] = []
  const patched = new WeakSet<object>()
  const told = (status: Status): void => {
    const { cache, op } = status
    if (cache === undefined || op === undefined || ownWatch.has(cache)) return
    if (LOOKUPS.includes(op)) lookup(op, status, undefined, watch)
    const prototype: unknown = Object.getPrototypeOf(cache)
    if (typeof prototype !== 'object' || prototype === null || patched.has(prototype)) return
    patched.add(prototype)
    undos.push(watchEvictions(prototype, watch))
  }
  undos.push(listen('lru-cache:metrics', watch.fuse, told), listen('tracing:lru-cache:start', watch.fuse, told))
  return () => undoAll(undos)()
}

function watchEvictions(prototype: object, { name, record, fuse }: CacheWatch): () => void {
  const done: Done = (evicted, cache) => {
    if (evicted > 0 && !ownWatch.has(cache)) record.evicted(name, evicted)
  }
  const wrap = (method: string): (() => void) =>
    patchMethod<object>(prototype, method, (original) => around(method, original, done, fuse))
  return undoAll(ADDS.map(wrap))
}

/** One cache, of any version: its methods are wrapped. */
export function watchLruCache(cache: object, watch: CacheWatch): () => void {
  const { name, record, fuse } = watch
  ownWatch.add(cache)
  const methods = ['get', ...ADDS].filter((method) => method in cache)
  return undoAll([
    () => ownWatch.delete(cache),
    ...methods.map((method) =>
      patchMethod(cache, method, (original) =>
        around(
          method,
          original,
          (evicted, _, status, result) => {
            if (LOOKUPS.includes(method)) lookup(method, status, result, watch)
            if (evicted > 0) record.evicted(name, evicted)
          },
          fuse,
        ),
      ),
    ),
  ])
}

/** What looks up, and what may add an entry. */
const LOOKUPS: readonly string[] = ['get', 'fetch', 'memo']
const ADDS: readonly string[] = ['set', 'fetch', 'memo']

function lookup(op: string, status: Status, result: unknown, { name, record }: CacheWatch): void {
  const told = op === 'fetch' && status.fetch !== 'get' ? status.fetch : op === 'memo' ? status.memo : status.get
  // Versions that tell nothing answer a miss with undefined.
  const hit = told === undefined ? result !== undefined : told === 'hit' || status.returnedStale === true
  if (hit) record.hit(name)
  else record.miss(name)
}

type Done = (evicted: number, cache: object, status: Status, result: unknown) => void

/** Runs the method with a status, and tells what it came to and how many entries it threw out. */
function around(method: string, original: Method<object>, done: Done, fuse: CacheWatch['fuse']): Method<object> {
  const at = method === 'set' ? 2 : 1 // where the options stand
  return function measured(...args) {
    if (args[at] !== undefined && typeof args[at] !== 'object') return Reflect.apply(original, this, args)
    const status: Status = Reflect.get(Object(args[at]), 'status') ?? {}
    const before = sizeOf(this)
    const given = [...args]
    while (given.length < at) given.push(undefined)
    given[at] = Object.assign({}, args[at], { status })
    const result = Reflect.apply(original, this, given)
    fuse.run(() => done(evictions(status, method, before, sizeOf(this)), this, status, result))
    return result
  }
}

function evictions(status: Status, method: string, before: number, after: number): number {
  switch (method) {
    case 'set':
      if (status.set === 'add') return before + 1 - after
      return status.set === 'replace' || status.set === 'update' ? before - after : 0
    case 'fetch':
      return status.fetch === 'miss' ? before + 1 - after : 0
    case 'memo':
      // What it found stale it has deleted first.
      return status.memo === 'miss' ? before + 1 - after - (status.get === 'stale' ? 1 : 0) : 0
    default:
      return 0
  }
}

function sizeOf(cache: object): number {
  return 'size' in cache && typeof cache.size === 'number' ? cache.size : 0
}
