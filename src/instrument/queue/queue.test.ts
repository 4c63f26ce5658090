import { expect, it } from 'vitest'
import { queueTally } from '../../../test/support/queue-tally.ts'
import { instrumentQueue, instrumentQueues } from '../index.ts'

const fail = (): never => {
  throw new Error('broken')
}
class Queue {
  add(): void {}
  addBulk(): void {}
}

it.each([
  ['none', undefined, 'neither bullmq nor kafkajs is installed: no queue is measured'],
  ['bullmq', { version: '4.9.0', load: fail }, 'bullmq 4.9.0 is not known (5 and 6 are): its queues are not measured'],
  ['bullmq', { version: '6.0.0', load: fail }, 'bullmq 6.0.0 cannot be measured: Error: broken'],
  ['bullmq', { version: '6.1.0', load: () => ({}) }, 'bullmq 6.1.0 cannot be measured: TypeError: no Queue.add'],
  [
    'bullmq',
    { version: '6.2.0', load: () => ({ Queue, Worker: Queue }) },
    'bullmq 6.2.0 cannot be measured: TypeError: no Worker.callProcessJob',
  ],
  ['kafkajs', { version: '3.0.0', load: fail }, 'kafkajs 3.0.0 is not known (2 is): its queues are not measured'],
  ['kafkajs', { version: '2.2.4', load: () => ({}) }, 'kafkajs 2.2.4 cannot be measured: TypeError: no Kafka'],
])('%s %j: one warning that names it (B12)', (library, installed, warning) => {
  const { options, warnings, faults } = queueTally((name) => (name === library ? installed : undefined))
  const before = Object.getOwnPropertyDescriptors(Queue.prototype)
  instrumentQueues(options)()
  expect([warnings, faults]).toEqual([[warning], []])
  expect(Object.getOwnPropertyDescriptors(Queue.prototype)).toEqual(before)
})

it('a queue that cannot be counted is told once; one that fails is asked again', async () => {
  const said: unknown[] = []
  const options = {
    record: (depth: unknown) => said.push(depth),
    onFault: (error: unknown) => said.push(error),
    warn: (message: string) => said.push(message),
  }
  const none = instrumentQueue({ name: 'x' }, options)
  await none.poll()
  none.undo()
  expect(said.splice(0)).toEqual(['the queue x is none of bullmq: its jobs are not counted'])
  const error = new Error('away')
  const answers: (() => unknown)[] = [fail, () => Promise.reject(error), () => ({ waiting: 3 })]
  const { poll } = instrumentQueue({ name: 'y', getJobCounts: async () => answers.shift()?.() }, options)
  for (let i = 0; i < 3; i++) await poll()
  const queue = { system: 'bullmq', destination: 'y' }
  expect(said).toEqual([
    { ...queue, jobs: {} },
    new Error('broken'),
    { ...queue, jobs: {} },
    error,
    { ...queue, jobs: { waiting: 3 } },
  ])
})
