import { listen } from '../channel.ts'
import { type Method, patchMethod } from '../method-patch.ts'
import { undoAll } from '../undo.ts'
import { type CacheWatch, recordLookups } from './options.ts'

/** The commands that look a value up, and how many keys or fields their answer holds. */
const LOOKUPS: ReadonlySet<string> = new Set(['get', 'getex', 'getdel', 'hget', 'getbuffer', 'hgetbuffer', 'json.get'])
const MULTIPLE_LOOKUPS: ReadonlySet<string> = new Set(['mget', 'hmget', 'mgetbuffer', 'hmgetbuffer', 'json.mget'])

/** What the channels of ioredis 6 and node-redis 6 say of a command. */
interface TracedCommand {
  readonly command: string
  readonly result?: unknown
}

export interface RedisClient {
  sendCommand(...args: readonly unknown[]): unknown
}

export function isRedis(client: object): client is RedisClient {
  return 'sendCommand' in client && typeof client.sendCommand === 'function'
}

/** True while a client with an instrument of its own hands a command over: the channels leave that command out. */
let own = false

/** Every client of ioredis 6 and later, or of node-redis 6 and later, by the library's channel. */
export function watchRedisChannel(channel: 'ioredis:command' | 'node-redis:command', watch: CacheWatch): () => void {
  const skipped = new WeakSet<object>()
  return undoAll([
    listen(`tracing:${channel}:start`, watch.fuse, (traced: TracedCommand) => {
      if (own) skipped.add(traced)
    }),
    listen(`tracing:${channel}:asyncStart`, watch.fuse, (traced: TracedCommand) => {
      // Absent: the command has failed.
      if ('result' in traced && !skipped.has(traced)) answered(traced.command, traced.result, watch)
    }),
  ])
}

/** What the client-side cache of node-redis 6 tells. */
export function watchRedisClientSide({ name, record, fuse }: CacheWatch): () => void {
  return undoAll([
    listen('node-redis:cache:request', fuse, ({ result }: { result: string }) => {
      if (result === 'hit') record.hit(name)
      else record.miss(name)
    }),
    listen('node-redis:cache:eviction', fuse, ({ reason, count }: { reason: string; count: number }) => {
      if (reason === 'full') record.evicted(name, count)
    }),
  ])
}

/** One client, or the prototype of all clients of ioredis 5 and before. */
export function watchRedis(client: object, watch: CacheWatch): () => void {
  const seen = new WeakSet<object>()
  return patchMethod(
    selfOf(client),
    'sendCommand',
    (original) =>
      function sendCommand(...args) {
        const outer = own
        own = true
        try {
          const result = Reflect.apply(original, this, args)
          watch.fuse.run(() => {
            follow(args[0], result, seen, watch)
          })
          return result
        } finally {
          own = outer
        }
      } satisfies Method<object>,
  )
}

/** What `createClient` of node-redis gives stands before the client that runs the commands. */
function selfOf(client: object): object {
  const self: unknown = Reflect.get(client, '_self')
  return typeof self === 'object' && self !== null ? self : client
}

/** ioredis hands over a command that holds its promise, again when it is resent; node-redis a list of arguments. */
function follow(command: unknown, result: unknown, seen: WeakSet<object>, watch: CacheWatch): void {
  if (typeof command !== 'object' || command === null) return
  const listed = Array.isArray(command)
  if (!listed && seen.has(command)) return
  seen.add(command)
  const name = String(listed ? command[0] : Reflect.get(command, 'name'))
  if (!LOOKUPS.has(name.toLowerCase()) && !MULTIPLE_LOOKUPS.has(name.toLowerCase())) return
  const promise: unknown = listed ? result : Reflect.get(command, 'promise')
  if (!(promise instanceof Promise)) return
  promise.then(
    (answer: unknown) => watch.fuse.run(() => answered(name, answer, watch)),
    () => undefined,
  )
}

function answered(command: string, answer: unknown, watch: CacheWatch): void {
  const name = command.toLowerCase()
  if (LOOKUPS.has(name)) recordLookups(watch, 1, isAbsent(answer) ? 0 : 1)
  else if (MULTIPLE_LOOKUPS.has(name) && Array.isArray(answer)) {
    recordLookups(watch, answer.length, answer.filter((value) => !isAbsent(value)).length)
  }
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined
}

/** Reads how many keys the server has evicted since the last time. */
export function redisEvictions(client: object, { name, record }: CacheWatch): () => Promise<void> {
  let last: number | undefined
  return async () => {
    const info: unknown = await Reflect.apply(Reflect.get(client, 'info'), client, ['stats'])
    const evicted = Number(/^evicted_keys:(\d+)/m.exec(String(info))?.[1] ?? NaN)
    if (last !== undefined && evicted > last) record.evicted(name, evicted - last)
    if (!Number.isNaN(evicted)) last = evicted
  }
}
