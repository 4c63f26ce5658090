import { expect, it } from 'vitest'
import { type DatabaseCall, instrumentPrisma } from '../index.ts'

function instrument(fail = false) {
  const calls: Partial<DatabaseCall>[] = []
  const faults: unknown[] = []
  let clock = 0
  const { extension, undo } = instrumentPrisma({
    now: () => (clock += 5),
    record: {
      call: ({ shape, ...call }) => {
        if (fail) throw new Error('bang')
        calls.push({ ...call, operation: `${call.operation} ${shape()}` })
      },
      connect: () => undefined,
    },
    onFault: (error) => faults.push(error),
  })
  const run = async (operation: string, query: (args: never) => Promise<unknown>): Promise<unknown> =>
    extension.query.$allOperations({ model: 'Film', operation, args: { where: 1 }, query })
  return { calls, faults, undo, run }
}

it.each([
  ['findFirst', {}, 'findFirst', 1],
  ['findFirst', null, 'findFirst', 0],
  ['groupBy', [{}, {}], 'groupBy', 2],
  ['aggregate', { _count: 7 }, 'aggregate', undefined],
  ['count', 7, 'count', undefined],
  ['$executeRaw', 7, '$executeRaw', 7],
  ['updateMany', undefined, 'updateMany', undefined],
  ['upsert', { id: 1 }, 'upsert', 1],
  ['somethingNew', { count: 7 }, '_OTHER', undefined],
])('%s that gives %j is %s with %j rows', async (operation, result, label, rows) => {
  const { calls, run } = instrument()
  expect(await run(operation, async (args) => (expect(args).toEqual({ where: 1 }), result))).toBe(result)
  const told = { system: 'prisma', operation: `${label} Film.${operation}`, durationMs: 5 }
  expect(calls).toEqual([rows === undefined ? told : { ...told, rows }])
})

it('goes on when the recorder fails, and lets it be after ten faults; after the undo nothing is told (B12)', async () => {
  const { faults, run } = instrument(true)
  const error = new Error('theirs')
  for (let i = 0; i < 15; i++) {
    expect(await run('count', async () => i)).toBe(i)
    await expect(run('count', async () => Promise.reject(error))).rejects.toBe(error)
  }
  expect(faults.length).toBeLessThan(15)
  expect(String(faults.at(-1))).toMatch('measuring prisma is switched off')
  const other = instrument()
  other.undo()
  expect([await other.run('count', async () => 3), other.calls]).toEqual([3, []])
})
