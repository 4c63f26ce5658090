import type { EventEmitter } from 'node:events'
import { Fuse } from '../fuse.ts'
import { undoAll } from '../undo.ts'
import type { DatabaseCall, DatabaseOptions } from './options.ts'

/** The commands that applications send; the rest is `_OTHER`, and what the driver sends for itself is left out. */
const OPERATIONS: ReadonlySet<string> = new Set([
  'abortTransaction',
  'aggregate',
  'bulkWrite',
  'commitTransaction',
  'count',
  'create',
  'createIndexes',
  'delete',
  'distinct',
  'drop',
  'find',
  'findAndModify',
  'getMore',
  'insert',
  'update',
])
const OWN: ReadonlySet<string> = new Set(['endSessions', 'hello', 'isMaster', 'ismaster', 'killCursors', 'ping'])

interface CommandEvent {
  readonly commandName: string
  /** Milliseconds. */
  readonly duration: number
  readonly reply?: unknown
  readonly failure?: unknown
}

/**
 * Measures the commands of one `MongoClient` of mongodb 4 and later, by its command monitoring: it has to be made with
 * `monitorCommands: true`. The time is the driver's own.
 * @returns the undo
 */
export function instrumentMongodb(
  client: EventEmitter,
  { record, onFault, warn }: Pick<DatabaseOptions, 'record' | 'onFault' | 'warn'>,
): () => void {
  if (Reflect.get(Object(Reflect.get(client, 'options')), 'monitorCommands') === false) {
    warn('mongodb: the client was made without monitorCommands: true; its commands are not measured')
    return () => undefined
  }
  const fuse = new Fuse('measuring mongodb', onFault)
  const on = (event: string, outcome: (event: CommandEvent) => Pick<DatabaseCall, 'rows' | 'error'>): (() => void) => {
    const listener = (told: CommandEvent): void => {
      fuse.run(() => {
        const { commandName, duration: durationMs } = told
        if (OWN.has(commandName) || commandName.startsWith('sasl')) return
        const operation = OPERATIONS.has(commandName) ? commandName : '_OTHER'
        record.call({ system: 'mongodb', operation, shape: () => commandName, durationMs, ...outcome(told) })
      })
    }
    client.on(event, listener)
    return () => client.off(event, listener)
  }
  return undoAll([
    on('commandSucceeded', ({ reply }) => rowsOf(reply)),
    on('commandFailed', ({ failure }) => ({ error: failure ?? new Error('the command failed') })),
  ])
}

function rowsOf(reply: unknown): { rows?: number } {
  const { cursor, n }: { cursor?: unknown; n?: unknown } = Object(reply)
  const { firstBatch, nextBatch }: { firstBatch?: unknown; nextBatch?: unknown } = Object(cursor)
  const batch = firstBatch ?? nextBatch
  if (Array.isArray(batch)) return { rows: batch.length }
  return typeof n === 'number' ? { rows: n } : {}
}
