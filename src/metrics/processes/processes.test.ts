import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { attachCluster, attachProcess, type Channel, Registry, serveMetrics } from '../index.ts'
import type { Command } from './worker.test.support.ts'

const support = (name: string): string =>
  fileURLToPath(new URL(`../../../node_modules/.cache/test-workers/processes/${name}.js`, import.meta.url))

/** A busy machine is no fault. */
const PATIENT = { timeoutMs: 20_000 }

const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

function start(
  name = 'worker',
  serialization: 'json' | 'advanced' = 'json',
  args: readonly string[] = [],
): ChildProcess {
  const child = fork(support(name), [...args], { serialization, execArgv: [] })
  children.add(child)
  return child
}

/** Resolves when the worker says that it has done so. */
async function tell(child: ChildProcess, command: Command): Promise<void> {
  const done = new Promise<void>((resolve) => {
    child.on('message', function hear(message) {
      if (typeof message !== 'object' || !('done' in message) || message.done !== command.do) return
      child.off('message', hear)
      resolve()
    })
  })
  child.send(command)
  await done
}

async function totals(registry: Registry): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const { name, series } of await registry.collect()) {
    for (const one of series) {
      const key = name + Object.values(one.labels).join()
      if ('value' in one) found[key] = one.value
      else [found[`${key}_count`], found[`${key}_sum`]] = [one.count, one.sum]
    }
  }
  return found
}

async function hits(registry: Registry): Promise<number> {
  return (await totals(registry))['hits_total'] ?? 0
}

describe('processes', () => {
  it.each(['json', 'advanced'] as const)('S4 four processes, one page, no count lost (%s)', async (serialization) => {
    const main = new Registry()
    main.counter({ name: 'hits_total', help: 'Hits.' }).inc(5)
    const workers = Array.from({ length: 4 }, () => start('worker', serialization))
    const attached = workers.map((worker) => attachProcess(main, worker, PATIENT))
    await Promise.all(workers.map(async (worker) => tell(worker, { do: 'count', times: 60_000 })))
    expect(await totals(main)).toEqual({
      hits_total: 240_005,
      rolls_total: 400,
      'rolls_total"\\\n': 400,
      'rolls_total\ufffd': 400,
      'rolls_total\ufeffx': 400,
      'rolls_total🎲': 400,
      rolls_total__proto__: 400,
      wait_seconds_count: 2400,
      wait_seconds_sum: 1200,
      open: 8,
    })
    // Now only the numbers travel.
    await Promise.all(workers.map(async (worker) => tell(worker, { do: 'count', times: 1 })))
    expect(await hits(main)).toBe(240_009)
    const metrics = [...main.metrics()]
    expect(metrics.find(({ name }) => name === 'rolls_total')?.createdAt(0)).toBe(1_000_000)
    expect(attached.map(({ stats }) => stats)).toEqual(
      workers.map(() => ({ conflicts: 0, refused: 0, scrapeFailures: 0, unplaced: 0 })),
    )
  })

  it('S4 a process that is killed in the middle leaves what it told last, and the page never goes backwards', async () => {
    const main = new Registry()
    const workers = Array.from({ length: 4 }, () => start())
    for (const worker of workers) attachProcess(main, worker, PATIENT)
    await Promise.all(workers.map(async (worker) => tell(worker, { do: 'hammer' })))
    const seen: number[] = []
    for (let i = 0; i < 60; i++) {
      seen.push(await hits(main))
      if (i === 20) workers[0]?.kill('SIGKILL')
      if (i === 30) {
        const successor = start()
        attachProcess(main, successor, PATIENT)
        await tell(successor, { do: 'hammer' })
      }
      if (i === 40) workers[1]?.kill('SIGKILL')
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toBeGreaterThan(seen[40] ?? Infinity)
  })

  it('S4 totals are exact when the one that is killed had told all', async () => {
    const main = new Registry()
    const [a, b] = [start(), start()]
    for (const worker of [a, b]) attachProcess(main, worker, PATIENT)
    for (const worker of [a, b]) await tell(worker, { do: 'count', times: 1000 })
    expect(await totals(main)).toMatchObject({ hits_total: 2000, open: 4 })
    const gone = once(a, 'disconnect')
    a.kill('SIGKILL')
    await gone
    expect(await totals(main)).toMatchObject({ hits_total: 2000, open: 2 })
    await tell(b, { do: 'count', times: 500 })
    expect(await hits(main)).toBe(2500)
  })

  it('S4 who leaves in order tells all before', async () => {
    const main = new Registry()
    const worker = start()
    attachProcess(main, worker, PATIENT)
    expect(await hits(main)).toBe(0)
    await tell(worker, { do: 'count', times: 1234 })
    const gone = once(worker, 'exit')
    worker.send({ do: 'leave' } satisfies Command)
    await gone
    expect(await hits(main)).toBe(1234)
  })

  it('S4 one that is blocked is shown as it was, and counted; then it catches up', async () => {
    const main = new Registry()
    const [blocked, idle] = [start(), start()]
    const attached = attachProcess(main, blocked, { timeoutMs: 1000 })
    const other = attachProcess(main, idle, PATIENT)
    for (const worker of [blocked, idle]) await tell(worker, { do: 'count', times: 100 })
    expect(await hits(main)).toBe(200)
    blocked.kill('SIGSTOP')
    await tell(idle, { do: 'count', times: 50 })
    const counted = tell(blocked, { do: 'count', times: 1 })
    expect(await hits(main)).toBe(250)
    expect(await hits(main)).toBe(250)
    expect(attached.stats.scrapeFailures).toBe(2)
    expect(other.stats.scrapeFailures).toBe(0)
    blocked.kill('SIGCONT')
    await counted
    while ((await hits(main)) !== 251);
    const failures = attached.stats.scrapeFailures
    await hits(main)
    expect(attached.stats.scrapeFailures).toBe(failures)
    for (const each of [attached, other]) each.detach()
    expect(main.sourceStats).toEqual({ conflicts: 0, refused: 0, scrapeFailures: failures, unplaced: 0 })
  })

  it('S4 node:cluster: workers that come, go and are killed', async () => {
    const primary = start('cluster')
    const [said]: unknown[] = await once(primary, 'message')
    expect(said).toEqual({ all: 30, afterKill: 30, afterRestart: 40, failures: 0 })
  })

  it('shows garbage on the channel the door', async () => {
    const main = new Registry()
    const worker = start()
    const attached = attachProcess(main, worker, PATIENT)
    await tell(worker, { do: 'count', times: 10 })
    expect(await hits(main)).toBe(10)
    await tell(worker, { do: 'garbage' })
    await main.refresh()
    await main.refresh()
    expect(attached.stats.refused).toBeGreaterThan(100)
    expect(await hits(main)).toBe(10)
  })

  it.each([
    ['ends by itself', [] as string[]],
    ['lives as long as the application listens', ['listen']],
  ])('serving keeps no process alive: it %s', async (_what, args) => {
    const child = start('idle', 'json', args)
    const [code] = await Promise.all([
      once(child, 'exit'),
      args.length > 0 ? once(child, 'spawn').then(() => child.send('you')) : undefined,
    ])
    expect(code).toEqual([0, null])
  })

  it('serving is nothing where nobody listens', () => {
    const serving = serveMetrics(new Registry(), { on: () => undefined, off: () => undefined })
    expect(() => serving.close()).not.toThrow()
  })

  it('refuses a process without a channel, and a time-out that is none', () => {
    const main = new Registry()
    expect(() => attachProcess(main, new EventEmitter())).toThrow('the process has no channel: start it with fork()')
    const channel = Object.assign(new EventEmitter(), { send: () => true })
    expect(() => attachProcess(main, channel, { timeoutMs: NaN })).toThrow('process: timeoutMs NaN')
  })

  it('a cluster is its workers, present and to come', async () => {
    const main = new Registry()
    const [a, b, late] = [pair(1), pair(2), pair(3)]
    const cluster = Object.assign(new EventEmitter(), { workers: { 1: a.primary } })
    const attached = attachCluster(main, cluster)
    cluster.emit('fork', b.primary)
    for (const { worker } of [a, b, late]) {
      const registry = new Registry()
      registry.counter({ name: 'hits_total', help: 'Hits.' }).inc(3)
      serveMetrics(registry, worker)
    }
    expect(await hits(main)).toBe(6)
    a.primary.emit('disconnect')
    expect(await hits(main)).toBe(6)
    attached.detach()
    cluster.emit('fork', late.primary)
    expect(await hits(main)).toBe(3)
    expect(attached.stats.scrapeFailures).toBe(0)
  })

  it('whatever a message says, nothing is thrown and the truth comes back', async () => {
    const scrap = fc.oneof(
      fc.anything(),
      fc.constantFrom(0, 1, -1, 1e9, '', 's', null, [], [1, 1, 1], [[1, null, [[0, 1]]]]),
    )
    const message = fc.record(
      {
        boxman: fc.constantFrom('metrics/rows', 'metrics/pull', 'metrics/hello'),
        id: scrap,
        base: fc.oneof(fc.constant(''), scrap),
        state: fc.oneof(fc.constant('s'), scrap),
        have: scrap,
        layout: fc.oneof(fc.constant([1, 1, 1]), scrap),
        changes: fc.oneof(fc.array(fc.tuple(fc.constant(1), scrap, fc.array(fc.array(scrap)))), scrap),
        numbers: fc.oneof(fc.constant('AAAAAAAAAAA='), fc.uint8Array({ maxLength: 16 }), scrap),
      },
      { requiredKeys: ['boxman'] },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 20 }), async (messages) => {
        const main = new Registry()
        const { primary, worker } = pair(1)
        const registry = new Registry()
        registry.counter({ name: 'hits_total', help: 'Hits.' }).inc(3)
        attachProcess(main, primary)
        serveMetrics(registry, worker)
        await main.refresh()
        for (const one of messages) {
          primary.emit('message', one)
          worker.emit('message', one)
        }
        await main.refresh()
        await main.refresh()
        expect(await hits(main)).toBe(3)
      }),
      { numRuns: 200 },
    )
  })
})

type End = EventEmitter & Channel & { id: number }

/** Two ends of a channel in one process: what is sent arrives in a later turn. */
function pair(id: number): { primary: End; worker: End } {
  const [primary, worker] = [new EventEmitter(), new EventEmitter()]
  const sendTo = (other: EventEmitter) => (message: object, sent: (error: Error | null) => void) => {
    setImmediate(() => {
      other.emit('message', structuredClone(message))
      sent(null)
    })
  }
  return {
    primary: Object.assign(primary, { send: sendTo(worker), id }),
    worker: Object.assign(worker, { send: sendTo(primary), id }),
  }
}
