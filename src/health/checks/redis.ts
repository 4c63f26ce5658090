import type { CheckOptions } from '../options.ts'
import { type ReadyMade, settings } from './common.ts'

export interface RedisCheckOptions extends ReadyMade {
  /** A client, cluster or pool of ioredis or node-redis; anything with `ping()`. */
  readonly client: object
}

/** States of ioredis in which a command would wait in a queue for a connection that may never come. */
const CUT_OFF: ReadonlySet<unknown> = new Set(['reconnecting', 'close', 'end', 'disconnecting'])

/** Passes when the server answers a ping. A client that knows to have no connection fails at once. */
export function redisCheck(options: RedisCheckOptions): CheckOptions {
  const { client } = options
  const ping: unknown = Reflect.get(client, 'ping')
  if (typeof ping !== 'function') {
    throw new TypeError('Redis check: the client is none of ioredis and redis: it has no ping()')
  }
  return {
    ...settings(options, 'redis'),
    run: async () => {
      const status: unknown = Reflect.get(client, 'status')
      if (CUT_OFF.has(status)) throw new Error(`the client has no connection: ${String(status)}`)
      if (Reflect.get(client, 'isReady') === false) throw new Error('the client has no connection')
      const answer: unknown = await Reflect.apply(ping, client, [])
      if (String(answer) !== 'PONG') throw new Error(`the server answered ${String(answer)}`)
    },
  }
}
