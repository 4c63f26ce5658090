import { listen } from '../channel.ts'
import { undoAll } from '../undo.ts'
import type { DatabaseWatch } from './options.ts'
import { operationOf, statementShape } from './statement.ts'

/** What the channels of mysql2 (3.20 and later) say. */
interface Traced {
  readonly query?: string
  readonly result?: unknown
  readonly error?: unknown
}

/** Every statement and connection of mysql2, by its channels. */
export function watchMysql2({ now, record, fuse }: DatabaseWatch): () => void {
  const started = new WeakMap<object, number>()
  const watch = (channel: string, done: (traced: Traced, durationMs: number) => void): (() => void) =>
    undoAll([
      listen(`tracing:mysql2:${channel}:start`, fuse, (traced: Traced) => {
        started.set(traced, now())
      }),
      listen(`tracing:mysql2:${channel}:asyncStart`, fuse, (traced: Traced) => {
        const startedAt = started.get(traced)
        started.delete(traced)
        if (startedAt !== undefined) done(traced, now() - startedAt)
      }),
    ])
  const call = ({ query = '', result, error }: Traced, durationMs: number): void => {
    const shape = (): string => statementShape(query, 'texts')
    const outcome = failure(error) ?? rowsOf(result)
    record.call({ system: 'mysql', operation: operationOf(query), shape, durationMs, ...outcome })
  }
  return undoAll([
    watch('query', call),
    watch('execute', call),
    watch('connect', ({ error }, durationMs) => record.connect({ system: 'mysql', durationMs, ...failure(error) })),
  ])
}

function failure(error: unknown): { error: unknown } | undefined {
  return error === undefined || error === null ? undefined : { error }
}

function rowsOf(result: unknown): { rows?: number } {
  if (Array.isArray(result)) return { rows: result.length }
  const rows: unknown = Reflect.get(Object(result), 'affectedRows')
  return typeof rows === 'number' ? { rows } : {}
}
