import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { type DatabaseCall, instrumentMongodb } from '../index.ts'

/** An emitter says what mongodb's command monitoring says; the driver itself is tested in test/mongodb.test.ts. */
function instrument(client: EventEmitter, fail = false) {
  const calls: Partial<DatabaseCall>[] = []
  const faults: unknown[] = []
  const warnings: string[] = []
  const undo = instrumentMongodb(client, {
    record: {
      call: ({ shape, ...call }) => {
        if (fail) throw new Error('bang')
        calls.push({ ...call, operation: `${call.operation} ${shape()}` })
      },
      connect: () => undefined,
    },
    onFault: (error) => faults.push(error),
    warn: (message) => warnings.push(message),
  })
  return { calls, faults, warnings, undo }
}

it('measures commands by kind, with rows and errors, until the undo', () => {
  const client = new EventEmitter()
  const { calls, undo } = instrument(client)
  const error = new Error('no')
  const say = (): void => {
    client.emit('commandSucceeded', { commandName: 'find', duration: 12, reply: { cursor: { firstBatch: [{}, {}] } } })
    client.emit('commandSucceeded', { commandName: 'getMore', duration: 3, reply: { cursor: { nextBatch: [{}] } } })
    client.emit('commandSucceeded', { commandName: 'insert', duration: 5, reply: { n: 3, ok: 1 } })
    client.emit('commandSucceeded', { commandName: 'dbStats', duration: 1, reply: undefined })
    for (const commandName of ['hello', 'saslStart', 'ping'])
      client.emit('commandSucceeded', { commandName, duration: 1 })
    client.emit('commandFailed', { commandName: 'update', duration: 7, failure: error })
  }
  say()
  const system = 'mongodb'
  const want = [
    { system, operation: 'find find', durationMs: 12, rows: 2 },
    { system, operation: 'getMore getMore', durationMs: 3, rows: 1 },
    { system, operation: 'insert insert', durationMs: 5, rows: 3 },
    { system, operation: '_OTHER dbStats', durationMs: 1 },
    { system, operation: 'update update', durationMs: 7, error },
  ]
  expect(calls).toEqual(want)
  undo()
  say()
  expect([calls.length, client.eventNames()]).toEqual([want.length, []])
})

it('says once that a client tells nothing; a recorder that fails is let be (B12)', () => {
  const silent = Object.assign(new EventEmitter(), { options: { monitorCommands: false } })
  expect(instrument(silent).warnings).toEqual([
    'mongodb: the client was made without monitorCommands: true; its commands are not measured',
  ])
  const client = new EventEmitter()
  const { faults } = instrument(client, true)
  for (let i = 0; i < 30; i++) client.emit('commandSucceeded', { commandName: 'find', duration: 1 })
  expect(faults).toHaveLength(10)
})
