import * as bullmq6 from 'bullmq'
import * as bullmq5 from 'bullmq-5'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { instrumentQueue, instrumentQueues, type QueueDepth } from '../../src/instrument/index.ts'
import { currentContext, runWithContext } from '../../src/tracing/index.ts'
import { type Database, startRedis } from '../support/databases.ts'
import { queueTally } from '../support/queue-tally.ts'

const require = createRequire(import.meta.url)
const VERSIONS = ['bullmq', 'bullmq-5'] as const
const libraries = { bullmq: bullmq6, 'bullmq-5': bullmq5 as unknown as typeof bullmq6 }
const undos: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of undos.splice(0).toReversed()) await undo()
})

let redis: Database | undefined
afterAll(() => redis?.stop())

function instrument(library: (typeof VERSIONS)[number], options?: Parameters<typeof queueTally>[1]) {
  const { version }: { version: string } = require(`${library}/package.json`)
  const tally = queueTally(
    (name) => (name === 'bullmq' ? { version, load: (): unknown => require(library) } : undefined),
    options,
  )
  const undo = instrumentQueues(tally.options)
  undos.push(undo)
  return { ...tally, undo }
}

describe.each(VERSIONS)('%s', (library) => {
  const { FlowProducer, Queue, Worker } = libraries[library]
  const open = (name: string, port: number): bullmq6.Queue => {
    const queue = new Queue(name, { connection: { host: '127.0.0.1', port } })
    undos.push(() => queue.close())
    return queue
  }
  const work = (
    name: string,
    port: number,
    processor: bullmq6.Processor,
    options: Partial<bullmq6.WorkerOptions> = {},
  ): bullmq6.Worker => {
    const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null }
    const worker = new Worker(name, processor, { connection, ...options })
    undos.push(() => worker.close())
    return worker
  }
  const drained = async (queue: bullmq6.Queue, done: number): Promise<Record<string, number>> => {
    for (;;) {
      const counts = await queue.getJobCounts('completed', 'failed')
      if (Number(counts['completed']) + Number(counts['failed']) >= done) return counts
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  it("jobs are counted and timed as the queue itself has them, each in its sender's trace", async ({ skip }) => {
    redis ??= await startRedis(skip)
    const name = `films-${library}`
    const { sent, processed, faults, warnings, spans, tracer, undo } = instrument(library)
    const queue = open(name, redis.port)
    const request = tracer.startRequest('POST /films', { route: '/films' })
    const seen: (string | undefined)[] = []
    await runWithContext(request, async () => {
      for (let id = 0; id < 5; id++) await queue.add('encode', { id })
      const options = { attempts: 2 }
      await queue.addBulk([
        { name: 'encode', data: { id: 5 }, opts: { delay: 50 } },
        { name: 'encode', data: { id: 'bad' }, opts: options },
      ])
    })
    request.end()
    work(name, redis.port, async (job) => {
      seen.push(currentContext()?.traceId)
      if (job.data.id === 'bad') throw new TypeError('no film')
      return job.data.id
    })
    expect(await drained(queue, 7)).toEqual({ completed: 6, failed: 1 })
    for (const undone of undos.splice(-1)) await undone()

    expect(sent.map(({ count, errorType }) => [count, errorType])).toEqual([
      ...Array.from({ length: 5 }, () => [1, undefined]),
      [2, undefined],
    ])
    expect(processed.map(({ errorType }) => errorType).filter((type) => type !== undefined)).toEqual([
      'TypeError',
      'TypeError',
    ])
    expect(processed).toHaveLength(8)
    expect(processed.flatMap(({ waitsMs }) => waitsMs)).toHaveLength(7)
    for (const call of [...sent, ...processed]) {
      expect(call).toMatchObject({ system: 'bullmq', destination: name })
      expect(call.durationMs).toBeGreaterThanOrEqual(0)
    }
    expect(seen).toEqual(Array.from({ length: 8 }, () => request.traceId))
    const sends = new Map(spans.filter(({ kind }) => kind === 'producer').map((span) => [span.spanId, span]))
    const runs = spans.filter(({ kind }) => kind === 'consumer')
    expect([sends.size, runs.length]).toEqual([6, 8])
    for (const run of runs) {
      expect(sends.get(run.parentSpanId ?? '')).toMatchObject({ parentSpanId: request.spanId, name: `send ${name}` })
      expect(run).toMatchObject({ name: `process ${name}`, traceId: request.traceId, parentIsRemote: true })
    }
    expect(runs.filter(({ status }) => status === 'error').map(({ attributes }) => attributes)).toMatchObject([
      { 'error.type': 'TypeError', 'bullmq.job.attempts': 1 },
      { 'error.type': 'TypeError', 'bullmq.job.attempts': 2 },
    ])
    undo()
    const job = await queue.add('encode', { id: 9 })
    expect([sent.length, job.opts.telemetry, faults, warnings]).toEqual([6, undefined, [], []])
  })

  it('flows: each job of the tree is counted where it goes, and carries the context', async ({ skip }) => {
    redis ??= await startRedis(skip)
    const name = `flows-${library}`
    const { sent, spans } = instrument(library)
    const flows = new FlowProducer({ connection: { host: '127.0.0.1', port: redis.port } })
    undos.push(() => flows.close())
    const flow = {
      name: 'season',
      queueName: name,
      children: [
        { name: 'episode', queueName: `${name}-parts` },
        { name: 'episode', queueName: `${name}-parts`, opts: { telemetry: { omitContext: true } } },
      ],
    }
    const { job, children = [] } = await flows.add(flow)
    await flows.addBulk([flow, { name: 'pilot', queueName: name }])
    expect(sent.map(({ destination, count }) => [destination.replace(name, ''), count])).toEqual([
      ['', 1],
      ['-parts', 2],
      ['', 2],
      ['-parts', 2],
    ])
    const [span] = spans
    const carried = [job, ...children.map((child) => child.job)].map(({ opts }) => opts.telemetry?.metadata)
    expect(carried).toEqual([
      expect.stringContaining(`${span?.traceId}-${span?.spanId}`),
      expect.stringContaining(`${span?.traceId}-${span?.spanId}`),
      undefined,
    ])
    expect(flow.children[0]).toEqual({ name: 'episode', queueName: `${name}-parts` })
  })

  it('what the application says of its telemetry stays; a job that is put off has not failed', async ({ skip }) => {
    redis ??= await startRedis(skip)
    const name = `own-${library}`
    const { processed, sent } = instrument(library, { traced: false })
    const queue = open(name, redis.port)
    const metadata = JSON.stringify({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, other: 1 })
    await queue.add('told', {}, { telemetry: { metadata } })
    await queue.add('garbage', {}, { telemetry: { metadata: '{' } })
    const seen: Record<string, string | undefined> = {}
    let put = 0
    work(name, redis.port, async (job, token) => {
      seen[job.name] = currentContext()?.traceId
      if (job.name === 'garbage' && put++ === 0) {
        await job.moveToDelayed(Date.now() + 10, token)
        throw new libraries[library].DelayedError()
      }
    })
    await drained(queue, 2)
    expect(seen['told']).toBe('a'.repeat(32))
    expect(seen['garbage']).toMatch(/^[0-9a-f]{32}$/)
    expect([sent.length, processed.map(({ errorType }) => errorType)]).toEqual([2, [undefined, undefined, undefined]])
  })

  it('a send that fails is told; who traces by the own option of the library is left to it', async ({ skip }) => {
    redis ??= await startRedis(skip)
    const { sent, spans, faults } = instrument(library)
    const started: string[] = []
    const span = {
      setSpanOnContext: (context: unknown) => context,
      setAttribute: () => undefined,
      setAttributes: () => undefined,
      addEvent: () => undefined,
      recordException: () => undefined,
      end: () => undefined,
    }
    const telemetry: bullmq6.Telemetry = {
      tracer: { startSpan: (name) => (started.push(name), span) },
      contextManager: {
        with: (_, fn) => fn(),
        active: () => undefined,
        getMetadata: () => 'theirs',
        fromMetadata: () => undefined,
      },
    }
    const queue = new Queue(`theirs-${library}`, { connection: { host: '127.0.0.1', port: redis.port }, telemetry })
    undos.push(() => queue.close())
    const job = await queue.add('x', {})
    await expect(queue.add('x', {}, { jobId: '0' })).rejects.toThrow('JobId')
    expect(job.opts.telemetry?.metadata).toBe('theirs')
    expect([started.length, spans]).toEqual([2, []])
    expect(sent.map(({ errorType }) => errorType)).toEqual([undefined, 'Error'])
    expect(faults).toEqual([])
  })

  it('goes on when the recorder fails, and lets it be after ten faults (B12)', async ({ skip }) => {
    redis ??= await startRedis(skip)
    const { faults } = instrument(library, { fail: true, traced: false })
    const queue = open(`faults-${library}`, redis.port)
    for (let i = 0; i < 30; i++) expect((await queue.add('x', i)).data).toBe(i)
    expect(faults.length).toBeGreaterThanOrEqual(10)
    expect(faults.length).toBeLessThan(15)
    expect(String(faults.at(-1))).toMatch('measuring bullmq is switched off')
  })

  it('how many jobs wait and are at work is polled', async ({ skip }) => {
    const server = await startRedis(skip)
    undos.push(() => server.stop())
    const queue = open('depth', server.port)
    const depths: QueueDepth[] = []
    const faults: unknown[] = []
    const { poll, undo } = instrumentQueue(queue, {
      record: (depth) => depths.push(depth),
      onFault: (error) => faults.push(error),
      warn: (message) => faults.push(message),
    })
    await queue.addBulk([1, 2, 3, 4].map((data) => ({ name: 'x', data, opts: data > 3 ? { delay: 60_000 } : {} })))
    await poll()
    let finish = (): void => undefined
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const worker = work('depth', server.port, async () => finished)
    await once(worker, 'active')
    await poll()
    finish()
    expect(depths).toMatchObject([
      { system: 'bullmq', destination: 'depth', jobs: { waiting: 3, active: 0, delayed: 1, failed: 0 } },
      { jobs: { waiting: 2, active: 1, delayed: 1 } },
    ])
    undo()
    await poll()
    expect([depths.length, depths.at(-1)?.jobs, faults]).toEqual([3, {}, []])
  })
})
