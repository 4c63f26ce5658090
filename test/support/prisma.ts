import { PrismaPg } from '@prisma/adapter-pg'
import { type DMMF, getPrismaClient } from '@prisma/client/runtime/client'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const COMPILER = '@prisma/client/runtime/query_compiler_small_bg.postgresql'

interface Films {
  create(args: object): Promise<unknown>
  createMany(args: object): Promise<unknown>
  findMany(args?: object): Promise<unknown>
  findUnique(args: object): Promise<unknown>
  updateMany(args: object): Promise<unknown>
  update(args: object): Promise<unknown>
  deleteMany(args?: object): Promise<unknown>
  count(): Promise<unknown>
}

/** What the code that `prisma generate` writes for the model `Film` has, as far as it is used here. */
export interface FilmClient {
  readonly film: Films
  $extends(extension: object): FilmClient
  $executeRawUnsafe(statement: string): Promise<number>
  $queryRawUnsafe(statement: string): Promise<unknown>
  $transaction(work: readonly Promise<unknown>[] | ((client: FilmClient) => Promise<unknown>)): Promise<unknown>
  $disconnect(): Promise<void>
}

const field = (name: string, type: string, isId = false): DMMF.Field => ({
  name,
  type,
  kind: 'scalar',
  isId,
  isRequired: true,
  isList: false,
  isUnique: false,
  isReadOnly: false,
  hasDefaultValue: false,
})

/**
 * A client of Prisma for PostgreSQL with the model `Film`. `prisma generate` downloads programs; so what it would write, which is
 * this configuration of the client's own run time, stands here.
 */
export function createFilmClient(port: number): FilmClient {
  const Client = getPrismaClient({
    previewFeatures: [],
    clientVersion: '7.10.0',
    engineVersion: 'none',
    activeProvider: 'postgresql',
    inlineSchema:
      'datasource db {\n provider = "postgresql"\n}\nmodel Film {\n id Int @id\n name String\n @@map("prisma_films")\n}\n',
    runtimeDataModel: {
      enums: {},
      types: {},
      models: {
        Film: {
          dbName: 'prisma_films',
          schema: null,
          fields: [field('id', 'Int', true), field('name', 'String')],
          primaryKey: null,
          uniqueFields: [],
          uniqueIndexes: [],
          isGenerated: false,
        },
      },
    },
    parameterizationSchema: { strings: [], graph: 'AAAA' },
    compilerWasm: {
      importName: './query_compiler_small_bg.js',
      getRuntime: async () => require(`${COMPILER}.js`) as never,
      getQueryCompilerWasmModule: async () => {
        const { wasm } = require(`${COMPILER}.wasm-base64.js`) as { wasm: string }
        return Reflect.construct(Reflect.get(globalThis, 'WebAssembly').Module, [Buffer.from(wasm, 'base64')])
      },
    },
  })
  const adapter = new PrismaPg({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' })
  return new Client({ adapter, errorFormat: 'minimal' } as never) as unknown as FilmClient
}
