import knex from 'knex'
import mysql from 'mysql2'
import mysqlPromise from 'mysql2/promise'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import {
  type DatabaseCall,
  instrumentDatabases,
  instrumentPool,
  instrumentPrisma,
  type PoolCounts,
} from '../../src/instrument/index.ts'
import { type Database, startMariadb, startPostgres } from '../support/databases.ts'
import { createFilmClient } from '../support/prisma.ts'

const undos: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of undos.splice(0).toReversed()) await undo()
})

let postgres: Database | undefined
let mariadb: Database | undefined
afterAll(async () => {
  await postgres?.stop()
  await mariadb?.stop()
})

function instrument(fail = false) {
  const calls: DatabaseCall[] = []
  const connects: string[] = []
  const faults: unknown[] = []
  const warnings: string[] = []
  let clock = 0
  const undo = instrumentDatabases({
    now: () => (clock += 5),
    record: {
      call: (call) => {
        if (fail) throw new Error('bang')
        calls.push(call)
      },
      connect: ({ system, error }) => connects.push(error === undefined ? system : 'failed'),
    },
    onFault: (error) => faults.push(error),
    warn: (message) => warnings.push(message),
    find: (name) => (name === 'pg' ? { version: '8.23.1', load: () => pg } : undefined),
  })
  undos.push(undo)
  const byOperation = () => {
    const counts: Record<string, { calls: number; rows: number; errors: number }> = {}
    for (const { operation, rows = 0, error } of calls) {
      const each = (counts[operation] ??= { calls: 0, rows: 0, errors: 0 })
      each.calls++
      each.rows += rows
      if (error !== undefined) each.errors++
    }
    return counts
  }
  return { calls, connects, faults, warnings, byOperation, undo }
}

function watchPool(pool: object) {
  const seen: PoolCounts[] = []
  const faults: unknown[] = []
  const options = { name: 'main', record: (counts: PoolCounts) => seen.push(counts) }
  const { poll, undo } = instrumentPool(pool, {
    ...options,
    onFault: (e) => faults.push(e),
    warn: (m) => faults.push(m),
  })
  undos.push(undo)
  const read = async (): Promise<PoolCounts | undefined> => {
    await poll()
    return seen.at(-1)
  }
  return { read, faults }
}

describe('PostgreSQL', () => {
  const open = async (port: number): Promise<pg.Pool> => {
    const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', max: 3 })
    undos.push(() => pool.end())
    return pool
  }

  it('statements, rows and errors are those of pg_stat_statements', async ({ skip }) => {
    postgres ??= await startPostgres(skip)
    const observer = await open(postgres.port)
    await observer.query('CREATE EXTENSION pg_stat_statements; CREATE TABLE films (id int primary key, name text)')
    await observer.query('SELECT pg_stat_statements_reset()')
    const { calls, connects, faults, warnings, byOperation, undo } = instrument()
    const pool = await open(postgres.port)
    for (let id = 0; id < 10; id++) await pool.query('INSERT INTO films VALUES ($1, $2)', [id, `secret ${id}`])
    await pool.query({ text: "UPDATE films SET name = 'hidden' WHERE id < 4" })
    await Promise.all(Array.from({ length: 7 }, async () => pool.query('SELECT * FROM films WHERE id >= 5')))
    await new Promise((resolve) => pool.query('SELECT name FROM films WHERE id = $1', [3], resolve))
    const client = await pool.connect()
    const query = client.query(new pg.Query('DELETE FROM films WHERE id = 9'))
    await new Promise((resolve) => query.once('end', resolve))
    await client.query('SELECT 1/0').catch(() => undefined)
    const error: unknown = await client.query('SELECT * FROM nowhere').catch((reason: unknown) => reason)
    client.release()
    undo()
    await pool.query('SELECT 17')

    expect(byOperation()).toEqual({
      INSERT: { calls: 10, rows: 10, errors: 0 },
      UPDATE: { calls: 1, rows: 4, errors: 0 },
      SELECT: { calls: 10, rows: 36, errors: 2 },
      DELETE: { calls: 1, rows: 0, errors: 0 },
    })
    expect(calls.at(-1)?.error).toBe(error)
    expect(calls.every(({ durationMs, system }) => durationMs > 0 && system === 'postgresql')).toBe(true)
    expect([...new Set(calls.map(({ shape }) => shape()))].join('\n')).not.toMatch(/secret|hidden|\d/)
    expect([connects, faults, warnings]).toEqual([['postgresql', 'postgresql', 'postgresql'], [], []])
    const { rows: seen } = await observer.query<{ operation: string; calls: string; rows: string }>(
      `SELECT upper(split_part(query, ' ', 1)) AS operation, sum(calls) AS calls, sum(rows) AS rows
       FROM pg_stat_statements WHERE query LIKE '%films%' GROUP BY 1 ORDER BY 1`,
    )
    expect(seen.map(({ operation, calls, rows }) => [operation, Number(calls), Number(rows)])).toEqual([
      ['DELETE', 1, 1],
      ['INSERT', 10, 10],
      ['SELECT', 8, 36],
      ['UPDATE', 1, 4],
    ])
  })

  it('a pool is read: active, idle, waiting (M2, M6)', async ({ skip }) => {
    postgres ??= await startPostgres(skip)
    const pool = await open(postgres.port)
    const { read, faults } = watchPool(pool)
    expect(await read()).toEqual({ active: 0, idle: 0, waiting: 0 })
    const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()])
    const late = pool.connect()
    expect(await read()).toEqual({ active: 3, idle: 0, waiting: 1 })
    for (const client of clients) client.release()
    ;(await late).release()
    expect(await read()).toEqual({ active: 0, idle: 3, waiting: 0 })
    expect(faults).toEqual([])
  })

  it("knex: its statements are pg's, its pool is read", async ({ skip }) => {
    postgres ??= await startPostgres(skip)
    const { byOperation, connects } = instrument()
    const connection = { host: '127.0.0.1', port: postgres.port, user: 'postgres', database: 'postgres' }
    const db = knex({ client: 'pg', connection, pool: { min: 0, max: 2 } })
    undos.push(() => db.destroy())
    const { read, faults } = watchPool(db)
    await db.schema.createTable('tables', (table) => table.integer('id'))
    await db('tables').insert([{ id: 1 }, { id: 2 }])
    expect(await db('tables').where('id', '>', 0)).toHaveLength(2)
    expect(await read()).toEqual({ active: 0, idle: 1, waiting: 0 })
    const transaction = await db.transaction()
    expect(await read()).toEqual({ active: 1, idle: 0, waiting: 0 })
    await transaction.rollback()
    expect(byOperation()).toMatchObject({
      CREATE: { calls: 1 },
      INSERT: { calls: 1, rows: 2 },
      SELECT: { rows: 3 },
      BEGIN: { calls: 1 },
      ROLLBACK: { calls: 1 },
    })
    expect([connects, faults]).toEqual([['postgresql'], []])
  })

  it('Prisma: its operations by model, with rows and errors; what reaches the server by pg besides', async ({
    skip,
  }) => {
    postgres ??= await startPostgres(skip)
    const statements = instrument()
    const calls: Omit<DatabaseCall, 'durationMs'>[] = []
    const faults: unknown[] = []
    let clock = 0
    const { extension, undo } = instrumentPrisma({
      now: () => (clock += 5),
      record: {
        call: ({ durationMs, ...call }) => {
          expect(durationMs).toBeGreaterThan(0)
          calls.push(call)
        },
        connect: () => undefined,
      },
      onFault: (error) => faults.push(error),
    })
    const plain = createFilmClient(postgres.port)
    undos.push(() => plain.$disconnect())
    const raw = plain.$extends(extension)
    const { film } = raw
    await raw.$executeRawUnsafe('CREATE TABLE prisma_films (id int primary key, name text not null)')
    await film.create({ data: { id: 1, name: 'secret' } })
    const rows = [2, 3, 4].map((id) => ({ id, name: 'hidden' }))
    expect(await film.createMany({ data: rows })).toEqual({ count: 3 })
    expect(await film.findMany({ where: { id: { gt: 1 } } })).toEqual(rows)
    expect(await film.findUnique({ where: { id: 9 } })).toBeNull()
    const [before, changed] = (await raw.$transaction([
      film.count(),
      film.updateMany({ data: { name: 'x' } }),
    ])) as unknown[]
    expect([before, changed]).toEqual([4, { count: 4 }])
    const error: unknown = await film.create({ data: { id: 1, name: 'secret' } }).catch((reason: unknown) => reason)
    await raw.$transaction(async (transaction) => transaction.film.deleteMany({ where: { id: 4 } }))
    expect(await raw.$queryRawUnsafe('SELECT 17 AS a')).toEqual([{ a: 17 }])
    undo()
    await film.count()

    const seen = calls.map(({ operation, shape, rows, error }) => [operation, shape(), rows, error])
    expect(seen).toEqual([
      ['$executeRawUnsafe', '$executeRawUnsafe', 0, undefined],
      ['create', 'Film.create', 1, undefined],
      ['createMany', 'Film.createMany', 3, undefined],
      ['findMany', 'Film.findMany', 3, undefined],
      ['findUnique', 'Film.findUnique', 0, undefined],
      ['count', 'Film.count', undefined, undefined],
      ['updateMany', 'Film.updateMany', 4, undefined],
      ['create', 'Film.create', undefined, error],
      ['deleteMany', 'Film.deleteMany', 1, undefined],
      ['$queryRawUnsafe', '$queryRawUnsafe', 1, undefined],
    ])
    expect(error).toMatchObject({ code: 'P2002' })
    expect(calls.every(({ system }) => system === 'prisma')).toBe(true)
    expect(statements.byOperation()).toMatchObject({
      INSERT: { calls: 3, rows: 4, errors: 1 },
      UPDATE: { calls: 1, rows: 4 },
      DELETE: { calls: 1, rows: 1 },
    })
    expect([faults, statements.faults]).toEqual([[], []])
  })

  it('goes on when the recorder fails, and lets it be after ten faults (B12)', async ({ skip }) => {
    postgres ??= await startPostgres(skip)
    const { faults } = instrument(true)
    const pool = await open(postgres.port)
    for (let i = 0; i < 30; i++) expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    expect(faults.length).toBeGreaterThanOrEqual(10)
    expect(faults.length).toBeLessThan(15)
    expect(String(faults.at(-1))).toMatch('measuring pg is switched off')
  })

  it('a connection that is refused is told', async () => {
    const { connects } = instrument()
    const client = new pg.Client({ host: '127.0.0.1', port: 1 })
    await expect(client.connect()).rejects.toThrow('ECONNREFUSED')
    expect(connects).toEqual(['failed'])
  })
})

describe('MariaDB', () => {
  it('statements, rows and errors are those of its status; the pool is read (M2, M6)', async ({ skip }) => {
    mariadb ??= await startMariadb(skip)
    const config = { host: '127.0.0.1', port: mariadb.port, user: 'root', database: 'test' }
    const observer = await mysqlPromise.createConnection(config)
    undos.push(() => observer.end())
    const status = async (): Promise<Record<string, number>> => {
      const [rows] = await observer.query<mysql.RowDataPacket[]>('SHOW GLOBAL STATUS')
      return Object.fromEntries(rows.map((row) => [String(row['Variable_name']), Number(row['Value'])]))
    }
    await observer.query('CREATE TABLE films (id int primary key, name text)')
    const before = await status()
    const { calls, connects, faults, byOperation, undo } = instrument()
    const pool = mysql.createPool({ ...config, connectionLimit: 2 })
    const promised = pool.promise()
    undos.push(() => promised.end())
    const { read, faults: poolFaults } = watchPool(promised)
    for (let id = 0; id < 10; id++) await promised.execute('INSERT INTO films VALUES (?, ?)', [id, `secret ${id}`])
    await promised.query('UPDATE films SET name = "hidden" WHERE id < ?', [4])
    await Promise.all(Array.from({ length: 7 }, async () => promised.query('SELECT * FROM films WHERE id >= 5')))
    await new Promise((resolve) => pool.query('SELECT name FROM films WHERE id = 3', resolve))
    const error: unknown = await promised.query('SELECT * FROM nowhere').catch((reason: unknown) => reason)
    const [first, second] = await Promise.all([promised.getConnection(), promised.getConnection()])
    const late = promised.getConnection()
    expect(await read()).toEqual({ active: 2, idle: 0, waiting: 1 })
    first.release()
    second.release()
    ;(await late).release()
    expect(await read()).toEqual({ active: 0, idle: 2, waiting: 0 })
    undo()
    await promised.query('DO 17')

    expect(byOperation()).toEqual({
      INSERT: { calls: 10, rows: 10, errors: 0 },
      UPDATE: { calls: 1, rows: 4, errors: 0 },
      SELECT: { calls: 9, rows: 36, errors: 1 },
    })
    expect(calls.at(-1)?.error).toMatchObject({ code: (error as { code: string }).code })
    expect([...new Set(calls.map(({ shape }) => shape()))].join('\n')).not.toMatch(/secret|hidden|\d/)
    const after = await status()
    const grown = (name: string): number => Number(after[name]) - Number(before[name])
    expect(['Com_insert', 'Com_update', 'Com_select', 'Connections'].map(grown)).toEqual([10, 1, 9, connects.length])
    expect([faults, poolFaults, connects.length]).toEqual([[], [], 2])
  })
})

it('warns of what it does not know, by name (B12)', () => {
  const warnings: string[] = []
  const warn = (message: string): void => void warnings.push(message)
  const fail = (): never => {
    throw new Error('broken')
  }
  const record = { call: fail, connect: fail }
  for (const found of [
    { version: '9.0.0', load: fail },
    { version: '8.0.0', load: fail },
    { version: '8.1.0', load: () => ({}) },
  ]) {
    const find = (name: string) => (name === 'pg' ? found : undefined)
    undos.push(instrumentDatabases({ now: fail, record, onFault: fail, warn, find }))
  }
  const native = { version: '3.9.0', load: fail }
  const find = (name: string) => (name === 'pg' ? { version: '8.23.1', load: () => pg } : native)
  undos.push(instrumentDatabases({ now: fail, record, onFault: fail, warn, find }))
  undos.push(instrumentPool({}, { name: 'x', record: fail, onFault: fail, warn }).undo)
  expect(warnings).toEqual([
    'pg 9.0.0 is not known (8 is): its statements are not measured',
    'pg 8.0.0 cannot be loaded, its statements are not measured: Error: broken',
    'pg 8.1.0 has no Client: its statements are not measured',
    'pg-native 3.9.0: the statements of pg.native are not measured',
    'the pool x is none of pg, mysql2, knex and mongodb: it is not measured',
  ])
})
