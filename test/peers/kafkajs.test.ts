import kafkajs, { type Consumer, type ConsumerRunConfig, Kafka, logLevel } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { instrumentQueues } from '../../src/instrument/index.ts'
import { currentContext, runWithContext } from '../../src/tracing/index.ts'
import { type KafkaBroker, startKafka } from '../support/kafka.ts'
import { queueTally } from '../support/queue-tally.ts'

const undos: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of undos.splice(0).toReversed()) await undo()
})

beforeAll(() => {
  process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1'
})
let broker: KafkaBroker | undefined
afterAll(() => broker?.stop())

function instrument(options?: Parameters<typeof queueTally>[1]) {
  const tally = queueTally(
    (name) => (name === 'kafkajs' ? { version: '2.2.4', load: () => kafkajs } : undefined),
    options,
  )
  const undo = instrumentQueues(tally.options)
  undos.push(undo)
  return { ...tally, undo }
}

const client = (address: string): Kafka =>
  new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 } })

async function connected(address: string) {
  const producer = client(address).producer()
  await producer.connect()
  undos.push(() => producer.disconnect())
  return producer
}

/** Reads the topics from their beginning, in a group of its own. */
async function consume(
  address: string,
  topics: string[],
  handlers: ConsumerRunConfig,
  groupId: string,
): Promise<Consumer> {
  const consumer = client(address).consumer({
    groupId,
    maxWaitTimeInMs: 50,
    retry: { retries: 3, initialRetryTime: 10 },
  })
  await consumer.connect()
  undos.push(() => consumer.disconnect())
  await consumer.subscribe({ topics, fromBeginning: true })
  await consumer.run(handlers)
  return consumer
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('kafkajs', () => {
  it('what is sent is what the broker has, and carries the context of its sender', async ({ skip }) => {
    broker ??= await startKafka('films', skip)
    const { sent, faults, spans, tracer, undo } = instrument()
    const producer = await connected(broker.address)
    const request = tracer.startRequest('POST /films', { route: '/films' })
    const message = { key: 'a', value: 'one', partition: 0 }
    await runWithContext(request, async () => {
      await producer.send({ topic: 'films', messages: [message, { ...message, value: 'two' }] })
      await producer.sendBatch({
        topicMessages: [
          { topic: 'films', messages: [{ ...message, value: 'three', headers: { traceparent: 'own' } }] },
          { topic: 'series', messages: [message] },
        ],
      })
    })
    request.end()
    await expect(
      client(broker.address)
        .producer()
        .send({ topic: 'films', messages: [message] }),
    ).rejects.toThrow('disconnected')
    undo()
    await producer.send({ topic: 'films', messages: [{ ...message, value: 'four' }] })

    expect(sent).toMatchObject([
      { system: 'kafka', destination: 'films', count: 2 },
      { system: 'kafka', destination: 'films', count: 1 },
      { system: 'kafka', destination: 'series', count: 1 },
      { system: 'kafka', destination: 'films', count: 1, errorType: expect.stringMatching(/^KafkaJS/) },
    ])
    const [first, second] = spans.filter(({ kind, traceId }) => kind === 'producer' && traceId === request.traceId)
    expect(first).toMatchObject({ name: 'send films', parentSpanId: request.spanId, status: 'unset' })
    expect(second).toMatchObject({ name: 'send', attributes: { 'messaging.batch.message_count': 2 } })
    const lines = await broker.seen(4)
    const whole = `traceparent=00-${request.traceId}-${first?.spanId}-`
    expect(lines.map((line) => line.split(' ').at(-1))).toEqual(['one', 'two', 'three', 'four'])
    expect([lines[0]?.includes(whole), lines[1]?.includes(whole)]).toEqual([true, true])
    expect([lines[2]?.includes('traceparent=own'), lines[2]?.includes('tracestate')]).toEqual([true, false])
    expect(lines[3]).toBe('0 3  four')
    expect([message, faults]).toEqual([{ key: 'a', value: 'one', partition: 0 }, []])
  })

  it('messages are counted and timed one by one, in the trace of each; the lag goes with the consumer', async ({
    skip,
  }) => {
    broker ??= await startKafka('films', skip)
    const { processed, batches, lags, faults, spans, tracer } = instrument()
    const producer = await connected(broker.address)
    const send = await tracer.withSpan('root', async (span) => {
      const messages = Array.from({ length: 6 }, (_, i) => ({ value: `${i}`, partition: i % 2 }))
      await producer.send({ topic: 'one-by-one', messages })
      return span
    })
    const seen: (string | undefined)[] = []
    const lagsAt: (number | undefined)[] = []
    await consume(
      broker.address,
      ['one-by-one'],
      {
        partitionsConsumedConcurrently: 2,
        eachMessage: async ({ partition, message }) => {
          lagsAt.push(lags.get(`g1 one-by-one ${partition}`))
          if (String(message.value) === '5') {
            await until(() => seen.length === 5 && lags.get('g1 one-by-one 0') === 0)
            throw new RangeError('not this one')
          }
          seen.push(currentContext()?.traceId)
        },
      },
      'g1',
    )
    // What it throws ends the consumer, whose partitions are no longer its own.
    await until(() => seen.length === 5 && lags.size === 0)

    expect(processed.filter(({ errorType }) => errorType === undefined)).toHaveLength(5)
    expect(processed.filter(({ errorType }) => errorType === 'RangeError')).toHaveLength(1)
    for (const { destination, group, count, waitsMs, durationMs } of processed) {
      expect([destination, group, count, waitsMs.length]).toEqual(['one-by-one', 'g1', 1, 1])
      expect(Math.min(durationMs, ...waitsMs)).toBeGreaterThanOrEqual(0)
    }
    expect(lagsAt).toEqual([3, 3, 3, 3, 3, 3])
    expect(batches).toMatchObject([{ system: 'kafka', destination: 'one-by-one', group: 'g1' }])
    expect(seen).toEqual(Array.from({ length: 5 }, () => send.traceId))
    const producing = spans.find(({ kind }) => kind === 'producer')
    const runs = spans.filter(({ kind }) => kind === 'consumer')
    expect(runs).toHaveLength(6)
    for (const run of runs) {
      expect(run).toMatchObject({ name: 'process one-by-one', parentSpanId: producing?.spanId, traceId: send.traceId })
    }
    expect(runs.filter(({ status }) => status === 'error')).toMatchObject([
      { attributes: { 'messaging.destination.partition.id': '1', 'messaging.kafka.offset': 2 } },
    ])
    expect(faults).toEqual([])
  })

  it('a batch is one run, linked to the senders; after the undo nothing is told', async ({ skip }) => {
    broker ??= await startKafka('films', skip)
    const { processed, lags, faults, spans, tracer, undo } = instrument()
    const producer = await connected(broker.address)
    const parent = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
    const send = await tracer.withSpan('root', async (span) => {
      const messages = [{}, { headers: parent }, { headers: { traceparent: 'garbage' } }]
      await producer.send({
        topic: 'batches',
        messages: messages.map((one, i) => ({ value: `${i}`, partition: 0, ...one })),
      })
      return span
    })
    const seen: string[] = []
    await consume(
      broker.address,
      ['batches'],
      { eachBatch: async ({ batch }) => void seen.push(...batch.messages.map(({ value }) => String(value))) },
      'g2',
    )
    await until(() => seen.length === 3 && lags.get('g2 batches 0') === 0)
    expect(processed).toMatchObject([{ destination: 'batches', group: 'g2', count: 3 }])
    expect(processed[0]?.waitsMs).toHaveLength(3)
    const [run] = spans.filter(({ kind }) => kind === 'consumer')
    const [sending] = spans.filter(({ kind }) => kind === 'producer')
    expect(run?.links.map(({ traceId, spanId }) => [traceId, spanId])).toEqual([
      [send.traceId, sending?.spanId],
      ['a'.repeat(32), 'b'.repeat(16)],
    ])
    expect(run?.traceId).not.toBe(send.traceId)
    undo()
    expect([...lags]).toEqual([])
    await producer.send({ topic: 'batches', messages: [{ value: 'last', partition: 0 }] })
    await until(() => seen.length === 4)
    expect([processed.length, [...lags], faults]).toEqual([1, [], []])
  })

  it('goes on when the recorder fails, and lets it be after ten faults (B12)', async ({ skip }) => {
    broker ??= await startKafka('films', skip)
    const { faults } = instrument({ fail: true, traced: false })
    const producer = await connected(broker.address)
    for (let i = 0; i < 15; i++) {
      const [answer] = await producer.send({ topic: 'faults', messages: [{ value: `${i}`, partition: 0 }] })
      expect(answer?.baseOffset).toBe(`${i}`)
    }
    expect(faults.length).toBeGreaterThanOrEqual(10)
    expect(faults.length).toBeLessThan(15)
    expect(String(faults.at(-1))).toMatch('measuring kafkajs is switched off')
  })
})
