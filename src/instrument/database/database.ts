import { Fuse } from '../fuse.ts'
import type { FaultHandler } from '../guard.ts'
import { undoAll } from '../undo.ts'
import type { Watched } from '../watched.ts'
import { watchMysql2 } from './mysql2.ts'
import type { DatabaseOptions } from './options.ts'
import { watchPg } from './pg.ts'

/**
 * Measures every statement and connection of mysql2 (3.20 and later, by its channels) and of pg 8 (by its `Client`).
 * @returns the undo
 */
export function instrumentDatabases({ find, warn, now, record, onFault }: DatabaseOptions): () => void {
  const watch = (name: string): Parameters<typeof watchMysql2>[0] => ({
    now,
    record,
    fuse: new Fuse(`measuring ${name}`, onFault),
  })
  return undoAll([watchMysql2(watch('mysql2')), findPg(find, warn, (client) => watchPg(client, watch('pg')))])
}

function findPg(
  find: DatabaseOptions['find'],
  warn: DatabaseOptions['warn'],
  take: (client: object) => () => void,
): () => void {
  const nothing = (): void => undefined
  const found = find('pg')
  if (found === undefined) return nothing
  if (Number.parseInt(found.version, 10) !== 8) {
    warn(`pg ${found.version} is not known (8 is): its statements are not measured`)
    return nothing
  }
  try {
    const client: unknown = Reflect.get(Object(Reflect.get(Object(found.load()), 'Client')), 'prototype')
    if (typeof client === 'object' && client !== null) return take(client)
    warn(`pg ${found.version} has no Client: its statements are not measured`)
  } catch (error) {
    warn(`pg ${found.version} cannot be loaded, its statements are not measured: ${String(error)}`)
  }
  return nothing
}

/** Connections of a pool, at one moment. */
export interface PoolCounts {
  readonly active: number
  readonly idle: number
  /** Who waits for one. */
  readonly waiting: number
}

export interface PoolOptions {
  readonly name: string
  readonly record: (counts: PoolCounts) => void
  readonly onFault: FaultHandler
  readonly warn: (message: string) => void
}

/** Reads a pool of pg, mysql2 or knex, when it is polled; its calls go on as they are. */
export function instrumentPool(pool: object, { name, record, onFault, warn }: PoolOptions): Watched {
  const fuse = new Fuse(`measuring the pool ${name}`, onFault)
  const read = readerOf(pool)
  if (read === undefined) warn(`the pool ${name} is none of pg, mysql2 and knex: it is not measured`)
  let active = read !== undefined
  return {
    undo: () => {
      active = false
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
