import { Fuse } from '../fuse.ts'
import { undoAll } from '../undo.ts'
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
    const native = find('pg-native')
    if (native !== undefined) warn(`pg-native ${native.version}: the statements of pg.native are not measured`)
    if (typeof client === 'object' && client !== null) return take(client)
    warn(`pg ${found.version} has no Client: its statements are not measured`)
  } catch (error) {
    warn(`pg ${found.version} cannot be loaded, its statements are not measured: ${String(error)}`)
  }
  return nothing
}
