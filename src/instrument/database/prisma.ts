import { Fuse } from '../fuse.ts'
import type { DatabaseCall, DatabaseOptions } from './options.ts'

/** What Prisma's client offers; `$` begins what goes to the database as it is. The rest is `_OTHER`. */
const OPERATIONS: ReadonlySet<string> = new Set([
  '$executeRaw',
  '$executeRawUnsafe',
  '$queryRaw',
  '$queryRawTyped',
  '$queryRawUnsafe',
  '$runCommandRaw',
  'aggregate',
  'aggregateRaw',
  'count',
  'create',
  'createMany',
  'createManyAndReturn',
  'delete',
  'deleteMany',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'findRaw',
  'findUnique',
  'findUniqueOrThrow',
  'groupBy',
  'update',
  'updateMany',
  'updateManyAndReturn',
  'upsert',
])

interface Operation {
  readonly model?: string | undefined
  readonly operation: string
  readonly args: unknown
  readonly query: (args: never) => Promise<unknown>
}

/** For `$extends` of a client of Prisma. */
export interface PrismaExtension {
  readonly name: string
  readonly query: { readonly $allOperations: (operation: Operation) => Promise<unknown> }
}

export interface PrismaInstrument {
  readonly extension: PrismaExtension
  /** From then on the extension lets everything through. */
  readonly undo: () => void
}

/**
 * Measures the operations of Prisma's clients (4.16 and later) that are extended by it: `new PrismaClient().$extends(extension)`. The
 * time is that of the whole operation, of however many statements.
 */
export function instrumentPrisma({
  now,
  record,
  onFault,
}: Pick<DatabaseOptions, 'now' | 'record' | 'onFault'>): PrismaInstrument {
  const fuse = new Fuse('measuring prisma', onFault)
  let active = true
  const tell = (startedAt: number, model: string | undefined, operation: string, outcome: Outcome): void => {
    fuse.run(() => {
      record.call({
        system: 'prisma',
        operation: OPERATIONS.has(operation) ? operation : '_OTHER',
        shape: () => (model === undefined ? operation : `${model}.${operation}`),
        durationMs: now() - startedAt,
        ...outcome,
      })
    })
  }
  const $allOperations: PrismaExtension['query']['$allOperations'] = async ({ model, operation, args, query }) => {
    const startedAt = active ? fuse.run(now) : undefined
    // What came as the arguments goes on as the arguments, whatever it is.
    if (startedAt === undefined) return Reflect.apply(query, undefined, [args])
    try {
      const result: unknown = await Reflect.apply(query, undefined, [args])
      tell(startedAt, model, operation, rowsOf(operation, result))
      return result
    } catch (error) {
      tell(startedAt, model, operation, { error })
      throw error
    }
  }
  return {
    extension: { name: 'boxman', query: { $allOperations } },
    undo: () => {
      active = false
    },
  }
}

type Outcome = Pick<DatabaseCall, 'rows' | 'error'>

/** Of those that give rows, or say how many they have changed. */
function rowsOf(operation: string, result: unknown): { rows?: number } {
  if (Array.isArray(result)) return { rows: result.length }
  if (operation.startsWith('$executeRaw')) return typeof result === 'number' ? { rows: result } : {}
  if (operation.endsWith('Many')) {
    const count: unknown = Reflect.get(Object(result), 'count')
    return typeof count === 'number' ? { rows: count } : {}
  }
  if (operation.startsWith('find')) return { rows: result === null ? 0 : 1 }
  return ONE_ROW.has(operation) ? { rows: 1 } : {}
}

const ONE_ROW: ReadonlySet<string> = new Set(['create', 'delete', 'update', 'upsert'])
