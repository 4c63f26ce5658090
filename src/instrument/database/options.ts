import type { FindLibrary } from '../cache/cache.ts'
import type { Fuse } from '../fuse.ts'
import type { FaultHandler } from '../guard.ts'

/** One statement, as seen when its result was there. */
export interface DatabaseCall {
  readonly system: 'postgresql' | 'mysql' | 'mongodb' | 'prisma'
  /** The first word of the statement, or the name of the command or operation; `_OTHER` for what is not known. */
  readonly operation: string
  /** The statement without its values. It takes some time to make: ask where it is needed. */
  readonly shape: () => string
  readonly durationMs: number
  /** Rows given or changed, where the driver tells. */
  readonly rows?: number
  readonly error?: unknown
}

/** One connection that was made, or could not be. */
export interface DatabaseConnect {
  readonly system: DatabaseCall['system']
  readonly durationMs: number
  readonly error?: unknown
}

export interface DatabaseRecorder {
  call(call: DatabaseCall): void
  connect(connect: DatabaseConnect): void
}

export interface DatabaseOptions {
  /** Milliseconds that never go back. */
  readonly now: () => number
  readonly record: DatabaseRecorder
  readonly onFault: FaultHandler
  /** Told once of each part that stays off, with its name. */
  readonly warn: (message: string) => void
  readonly find: FindLibrary
}

export interface DatabaseWatch extends Pick<DatabaseOptions, 'now' | 'record'> {
  readonly fuse: Fuse
}

/** Connections of a pool, at one moment. */
export interface PoolCounts {
  readonly active: number
  readonly idle: number
  /** Who waits for one. */
  readonly waiting: number
}
