import { Long, MongoClient } from 'mongodb'
import { afterEach, expect, it } from 'vitest'
import { type DatabaseCall, instrumentMongodb, instrumentPool, type PoolCounts } from '../src/instrument/index.ts'
import { type MongoAnswers, startMongoServer } from './support/mongo-server.ts'

const undos: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of undos.splice(0).toReversed()) await undo()
})

async function open(answers: MongoAnswers): Promise<MongoClient> {
  const server = await startMongoServer(answers)
  undos.push(() => server.stop())
  const client = new MongoClient(server.url, { serverApi: '1', maxPoolSize: 2, monitorCommands: true })
  undos.push(() => client.close())
  return client
}

const found = (...documents: object[]): object => ({
  ok: 1,
  cursor: { id: Long.ZERO, ns: 'test.films', firstBatch: documents },
})

it("mongodb's driver: its commands, with rows and errors", async () => {
  const client = await open({
    find: () => found({ _id: 1 }, { _id: 2 }),
    insert: ({ documents }) => ({ ok: 1, n: documents.length }),
  })
  const calls: Partial<DatabaseCall>[] = []
  const faults: unknown[] = []
  const undo = instrumentMongodb(client, {
    record: {
      call: ({ shape, durationMs, ...call }) => {
        expect([shape(), durationMs >= 0]).toEqual([call.operation, true])
        calls.push(call)
      },
      connect: () => undefined,
    },
    onFault: (error) => faults.push(error),
    warn: (message) => faults.push(message),
  })
  const films = client.db('test').collection<{ _id: number }>('films')
  await films.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }])
  expect(await films.find().toArray()).toHaveLength(2)
  const error: unknown = await films.updateOne({}, { $set: { a: 1 } }).catch((reason: unknown) => reason)
  undo()
  await films.find().toArray()
  const system = 'mongodb'
  expect(calls).toEqual([
    { system, operation: 'insert', rows: 3 },
    { system, operation: 'find', rows: 2 },
    { system, operation: 'update', error },
  ])
  expect([String(error), faults]).toEqual([expect.stringContaining('no such command: update'), []])
})

it('its pool is read: active, idle, waiting, until the undo (M2, M6)', async () => {
  const held: (() => void)[] = []
  const client = await open({
    find: async () => {
      await new Promise<void>((resolve) => held.push(resolve))
      return found()
    },
  })
  const seen: PoolCounts[] = []
  const faults: unknown[] = []
  const { poll, undo } = instrumentPool(client, {
    name: 'main',
    record: (counts) => seen.push(counts),
    onFault: (error) => faults.push(error),
    warn: (message) => faults.push(message),
  })
  const read = async (): Promise<PoolCounts | undefined> => {
    await poll()
    return seen.at(-1)
  }
  expect(await read()).toEqual({ active: 0, idle: 0, waiting: 0 })
  const films = client.db('test').collection('films')
  const finds = [films.findOne(), films.findOne(), films.findOne()]
  const holding = async (count: number): Promise<void> => {
    while (held.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await holding(2)
  expect(await read()).toEqual({ active: 2, idle: 0, waiting: 1 })
  held[0]?.()
  await holding(3)
  expect(await read()).toEqual({ active: 2, idle: 0, waiting: 0 })
  for (const release of held) release()
  await Promise.all(finds)
  expect(await read()).toEqual({ active: 0, idle: 2, waiting: 0 })
  // A connection that was there before the look is known once it is used.
  const late: PoolCounts[] = []
  const other = instrumentPool(client, {
    name: 'late',
    record: (counts) => late.push(counts),
    onFault: (error) => faults.push(error),
    warn: (message) => faults.push(message),
  })
  const find = films.findOne()
  await holding(4)
  await other.poll()
  held[3]?.()
  await find
  await other.poll()
  expect(late).toEqual([
    { active: 1, idle: 0, waiting: 0 },
    { active: 0, idle: 1, waiting: 0 },
  ])
  other.undo()
  await client.close()
  expect(await read()).toEqual({ active: 0, idle: 0, waiting: 0 })
  undo()
  await poll()
  expect([seen.length, faults, client.eventNames().filter((name) => name.startsWith('connection'))]).toEqual([
    5,
    [],
    [],
  ])
})
