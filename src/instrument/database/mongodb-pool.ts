import type { EventEmitter } from 'node:events'
import type { Fuse } from '../fuse.ts'
import { undoAll } from '../undo.ts'
import type { PoolCounts } from './options.ts'

interface PoolEvent {
  readonly address: string
  /** Of one connection, where the event is of one. */
  readonly connectionId?: number | string
}

export function isMongoClient(pool: object): pool is EventEmitter {
  return 'on' in pool && typeof pool.on === 'function' && 'db' in pool && typeof pool.db === 'function'
}

/**
 * Counts the connections of a `MongoClient` of mongodb 4 and later by what it tells of its pools, all servers together. Those
 * that it had before are known once they are used.
 */
export function watchMongoPool(client: EventEmitter, fuse: Fuse): { readonly read: () => PoolCounts; undo(): void } {
  const ready = new Set<string>()
  const used = new Set<string>()
  let waiting = 0
  const nameOf = ({ address, connectionId }: PoolEvent): string => `${address} ${connectionId}`
  const on = (event: string, told: (event: PoolEvent) => void): (() => void) => {
    const listener = (given: PoolEvent): void => {
      fuse.run(() => told(given))
    }
    client.on(event, listener)
    return () => client.off(event, listener)
  }
  const answered = (): void => {
    // Who asked before the first look is not counted.
    if (waiting > 0) waiting--
  }
  const undo = undoAll([
    on('connectionReady', (event) => ready.add(nameOf(event))),
    on('connectionClosed', (event) => {
      ready.delete(nameOf(event))
      used.delete(nameOf(event))
    }),
    on('connectionCheckOutStarted', () => waiting++),
    on('connectionCheckOutFailed', answered),
    on('connectionCheckedOut', (event) => {
      answered()
      ready.add(nameOf(event))
      used.add(nameOf(event))
    }),
    on('connectionCheckedIn', (event) => {
      ready.add(nameOf(event))
      used.delete(nameOf(event))
    }),
    on('connectionPoolClosed', ({ address }) => {
      for (const connections of [ready, used]) {
        for (const name of connections) if (name.startsWith(`${address} `)) connections.delete(name)
      }
    }),
  ])
  return { read: () => ({ active: used.size, idle: ready.size - used.size, waiting }), undo }
}
