import { Fuse } from '../fuse.ts'
import type { FaultHandler } from '../guard.ts'
import type { Watched } from '../watched.ts'
import { isMongoClient, watchMongoPool } from './mongodb-pool.ts'
import type { PoolCounts } from './options.ts'

export interface PoolOptions {
  readonly name: string
  readonly record: (counts: PoolCounts) => void
  readonly onFault: FaultHandler
  readonly warn: (message: string) => void
}

/** Reads a pool of pg, mysql2 or knex, or those of a `MongoClient`, when it is polled; its calls go on as they are. */
export function instrumentPool(pool: object, { name, record, onFault, warn }: PoolOptions): Watched {
  const fuse = new Fuse(`measuring the pool ${name}`, onFault)
  const events = isMongoClient(pool) ? watchMongoPool(pool, fuse) : undefined
  const read = events?.read ?? readerOf(pool)
  if (read === undefined) warn(`the pool ${name} is none of pg, mysql2, knex and mongodb: it is not measured`)
  let active = read !== undefined
  return {
    undo: () => {
      active = false
      events?.undo()
    },
    poll: async () => {
      if (active && read !== undefined) fuse.run(() => record(read()))
    },
  }
}

function readerOf(pool: object): (() => PoolCounts) | undefined {
  if ('totalCount' in pool && 'idleCount' in pool && 'waitingCount' in pool) {
    return () => {
      const idle = count(pool.idleCount)
      return { active: count(pool.totalCount) - idle, idle, waiting: count(pool.waitingCount) }
    }
  }
  // mysql2's promise pool holds the one that it stands for.
  const inner: object = 'pool' in pool && typeof pool.pool === 'object' && pool.pool !== null ? pool.pool : pool
  if ('_allConnections' in inner && '_freeConnections' in inner && '_connectionQueue' in inner) {
    return () => {
      const idle = lengthOf(inner._freeConnections)
      const active = lengthOf(inner._allConnections) - idle
      return { active, idle, waiting: lengthOf(inner._connectionQueue) }
    }
  }
  const tarn = Object(Reflect.get(Object(Reflect.get(pool, 'client')), 'pool'))
  if ('numUsed' in tarn && 'numFree' in tarn && 'numPendingAcquires' in tarn) {
    return () => ({
      active: count(tarn.numUsed()),
      idle: count(tarn.numFree()),
      waiting: count(tarn.numPendingAcquires()),
    })
  }
  return undefined
}

function lengthOf(queue: unknown): number {
  return count(Reflect.get(Object(queue), 'length'))
}

function count(value: unknown): number {
  if (Number.isInteger(value)) return Number(value)
  throw new TypeError(`a pool counts ${String(value)} connections, which is no number`)
}
