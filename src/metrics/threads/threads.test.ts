import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attachThread, createSlab, OVERFLOW, Registry } from '../index.ts'
import type { HammerData } from './hammer.test.support.ts'

const HAMMER = fileURLToPath(new URL('../../../node_modules/.cache/test-workers/threads/hammer.js', import.meta.url))

function hammer(main: Registry, times: number, afterwards: HammerData['afterwards']) {
  const slab = createSlab()
  const attached = attachThread(main, slab)
  const worker = new Worker(HAMMER, { workerData: { slab, times, afterwards } satisfies HammerData })
  return { worker, attached }
}

/** Counters by their labels, histograms' counts and sums. */
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

const rolls = (n: number): Record<string, number> =>
  Object.fromEntries(
    Array.from({ length: 11 }, (_, i) => [`rolls_total${i + 2}`, Math.floor(n / 11) + (i < n % 11 ? 1 : 0)]),
  )

describe('threads', () => {
  it('S4 two threads hammer one counter, and no count is lost in ten million', async () => {
    const main = new Registry()
    main.counter({ name: 'hits_total', help: 'Hits.' }).inc(7)
    const half = 5_000_000
    const threads = [hammer(main, half, 'exit'), hammer(main, half, 'exit')]
    let before = 0
    let backwards = 0
    const running = new Set(threads)
    for (const thread of threads) {
      thread.worker.once('exit', () => {
        thread.attached.ended()
        running.delete(thread)
      })
    }
    while (running.size > 0) {
      const { hits_total: now = 0 } = await totals(main)
      if (now < before) backwards++
      before = now
      await new Promise((resolve) => {
        setTimeout(resolve, 2)
      })
    }
    const half_rolls = rolls(half)
    const observed = Math.ceil(half / 64)
    expect(await totals(main)).toEqual({
      hits_total: 2 * half + 7,
      ...Object.fromEntries(Object.entries(half_rolls).map(([name, n]) => [name, 2 * n])),
      wait_seconds_count: 2 * observed,
      wait_seconds_sum: 2 * Math.floor(observed / 2),
    })
    expect(backwards).toBe(0)
  })

  it('S4 a thread that is killed in the middle leaves what it counted, and its successor goes on from there', async () => {
    const main = new Registry()
    const { worker, attached } = hammer(main, Infinity, 'exit')
    let seen = 0
    while (seen === 0) {
      seen = (await totals(main))['hits_total'] ?? 0
      await new Promise(setImmediate)
    }
    await worker.terminate()
    const last = await totals(main)
    attached.ended()
    expect(await totals(main)).toEqual(last)
    expect(last['hits_total']).toBeGreaterThanOrEqual(seen)
    // It was stopped between any two of its statements.
    const rolled = Object.entries(last).reduce((sum, [name, n]) => sum + (name.startsWith('rolls_total') ? n : 0), 0)
    expect(Math.abs(rolled - (last['hits_total'] ?? 0))).toBeLessThanOrEqual(1)
    const next = hammer(main, 1000, 'exit')
    await once(next.worker, 'exit')
    expect((await totals(main))['hits_total']).toBe((last['hits_total'] ?? 0) + 1000)
  })

  it('S4 a thread that is blocked for ever is read like any other', async () => {
    const main = new Registry()
    const { worker, attached } = hammer(main, 100_000, 'hang')
    await once(worker, 'message')
    const found = await totals(main)
    await worker.terminate()
    expect(found).toMatchObject({ hits_total: 100_000, ...rolls(100_000) })
    expect(attached.stats).toEqual({ conflicts: 0, refused: 0, scrapeFailures: 0, unplaced: 0 })
  })

  it('series come and go while they are read: no number is shown on a series that is not its own', async () => {
    const main = new Registry()
    const slab = createSlab()
    const attached = attachThread(main, slab)
    const source = `
      const { workerData } = require('node:worker_threads')
      import(workerData.door).then(({ Registry }) => {
        const counter = new Registry({ slab: workerData.slab }).counter({ name: 'c', help: 'C.', labelNames: ['n'] })
        const end = workerData.end
        for (let n = 0; Atomics.load(end, 0) === 0; n++) {
          counter.inc({ n }, n + 1)
          counter.remove({ n: n - 3 })
        }
      })`
    const end = new Int32Array(new SharedArrayBuffer(4))
    const door = new URL('../../../dist/metrics/index.js', import.meta.url).href
    const worker = new Worker(source, { eval: true, workerData: { slab, end, door } })
    const exit = once(worker, 'exit')
    let looked = 0
    const wrong: unknown[] = []
    while (looked < 3000) {
      for (const { series } of await main.collect()) {
        for (const one of series) {
          looked++
          const n = Number(one.labels['n'])
          if (!('value' in one) || (one.value !== n + 1 && one.value !== 0)) wrong.push(one)
        }
      }
      await new Promise(setImmediate)
    }
    Atomics.store(end, 0, 1)
    await exit
    expect(wrong).toEqual([])
    expect(attached.stats).toMatchObject({ refused: 0, unplaced: 0 })
    expect(slab.byteLength).toBeLessThan(200_000)
  })

  it('G17 a full slab takes no more series: they go to __overflow__, and nothing is lost', async () => {
    const main = new Registry()
    const slab = createSlab({ maxBytes: 16_384 })
    const attached = attachThread(main, slab)
    const registry = new Registry({ slab })
    const counter = registry.counter({ name: 'c', help: 'C.', labelNames: ['n'] })
    for (let n = 0; n < 5000; n++) counter.inc({ n })
    const [family] = await main.collect()
    const series = family?.series ?? []
    const sum = series.reduce((total, one) => total + ('value' in one ? one.value : NaN), 0)
    expect(sum).toBe(5000)
    expect(series.length).toBeGreaterThan(100)
    expect(series.find(({ labels }) => labels['n'] === OVERFLOW)).toMatchObject({ value: 5000 - series.length + 1 })
    expect(registry.stats.overflowed).toBe(5000 - series.length + 1)
    expect(attached.stats.unplaced).toBeGreaterThan(0)
    expect(slab.byteLength).toBeLessThanOrEqual(16_384)
  })

  it('G17 a metric that finds no room at all still counts, for its own thread', async () => {
    const main = new Registry()
    const slab = createSlab({ maxBytes: 4096 })
    const attached = attachThread(main, slab)
    const registry = new Registry({ slab })
    for (let i = 0; i < 40; i++) registry.counter({ name: `c${i}_total`, help: 'C.' }).inc()
    expect((await registry.collect()).length).toBe(40)
    const found = (await main.collect()).length
    expect(found).toBeGreaterThan(5)
    expect(attached.stats.unplaced).toBe(40 - found)
  })

  it('a removed metric is gone, and its name may mean another', async () => {
    const main = new Registry()
    const slab = createSlab()
    attachThread(main, slab)
    const registry = new Registry({ slab })
    registry.counter({ name: 'x', help: 'X.' }).inc(3)
    expect(await totals(main)).toEqual({ x: 3 })
    registry.remove('x')
    expect(await totals(main)).toEqual({})
    registry.gauge({ name: 'x', help: 'X.' }).set(4)
    expect(await totals(main)).toEqual({ x: 4 })
  })

  it('knows when a series began', async () => {
    const main = new Registry()
    const [a, b] = [createSlab(), createSlab()]
    for (const slab of [a, b]) attachThread(main, slab)
    let now = 5000
    for (const slab of [a, b]) new Registry({ slab, now: () => (now += 1000) }).counter({ name: 'x', help: 'X.' }).inc()
    await main.refresh()
    const [metric] = main.metrics()
    expect(metric?.createdAt(0)).toBe(6000)
  })

  it.each([
    [
      'a slab that is in use',
      () => {
        const slab = createSlab()
        return [new Registry({ slab }), new Registry({ slab })]
      },
    ],
    ['any other memory', () => new Registry({ slab: new SharedArrayBuffer(4096) })],
    ['none', () => attachThread(new Registry(), undefined as unknown as SharedArrayBuffer)],
    ['a ceiling that is too low', () => createSlab({ maxBytes: 100 })],
    ['a ceiling that is no number', () => createSlab({ maxBytes: NaN })],
  ])('refuses %s', (_what, make) => {
    expect(make).toThrow(/slab|Slab/)
  })

  it('reads whatever stands in a slab without throwing or going in circles', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            word: fc.nat({ max: 16_383 }),
            value: fc.oneof(fc.integer(), fc.integer({ min: -2, max: 9000 })),
          }),
          {
            minLength: 1,
            maxLength: 400,
          },
        ),
        fc.boolean(),
        async (writes, dense) => {
          const main = new Registry()
          const slab = createSlab()
          const attached = attachThread(main, slab)
          const registry = new Registry({ slab })
          const counter = registry.counter({ name: 'c', help: 'C.', labelNames: ['a', 'b'] })
          registry.histogram({ name: 'h', help: 'H.', buckets: [1, 2] }).observe(1)
          for (let i = 0; i < 20; i++) counter.inc({ a: i, b: 'ü' })
          if (!dense) await main.collect()
          const words = new Int32Array(slab, 0, 16_384)
          for (const { word, value } of writes) words[5 + (dense ? word % 700 : word % 16_370)] = value
          if (writes.length % 3 === 0) words[3] = writes[0]?.value ?? 0
          await main.collect()
          attached.ended()
          await main.collect()
        },
      ),
      { numRuns: 300 },
    )
  })
})
