import type { CheckOptions } from '../options.ts'
import { type ReadyMade, settings } from './common.ts'

export interface PostgresCheckOptions extends ReadyMade {
  /** A pool or client of pg, of `postgres`, of knex or of Prisma; anything with `query(sql)`. */
  readonly client: object
  /** Default `SELECT 1`. */
  readonly sql?: string
}

/** How each kind of client runs a statement, the first that fits. */
const METHODS = ['query', 'unsafe', 'raw', '$queryRawUnsafe'] as const

/** Passes when the database answers a statement. With a pool that is in full use, it waits for a connection as others do. */
export function postgresCheck(options: PostgresCheckOptions): CheckOptions {
  const { client, sql = 'SELECT 1' } = options
  const method = METHODS.find((name) => typeof Reflect.get(client, name) === 'function')
  if (method === undefined) {
    throw new TypeError('PostgreSQL check: the client is none of pg, postgres, knex and Prisma: it has no query(sql)')
  }
  return {
    ...settings(options, 'postgres'),
    run: async () => {
      await Reflect.apply(Reflect.get(client, method), client, [sql])
    },
  }
}
