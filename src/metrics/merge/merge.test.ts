import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Aggregate, attachThread, createSlab, expose, OVERFLOW, Registry } from '../index.ts'

async function page(registry: Registry): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of expose(registry).body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** The lines of numbers only. */
async function lines(registry: Registry): Promise<string[]> {
  return (await page(registry)).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

function thread(main: Registry, maxBytes?: number) {
  const slab = createSlab(maxBytes === undefined ? {} : { maxBytes })
  const attached = attachThread(main, slab)
  return { slab, attached, registry: new Registry({ slab }) }
}

describe('merge', () => {
  const rolls = { name: 'rolls_total', help: 'Rolls.', labelNames: ['table'] as const }

  it('S4 a page shows what each has, and the sum of what several have', async () => {
    const main = new Registry()
    const [a, b] = [thread(main), thread(main)]
    main.counter(rolls).inc({ table: 'T1' }, 1)
    a.registry.counter(rolls).inc({ table: 'T1' }, 2)
    a.registry.counter(rolls).inc({ table: 'T2' }, 3)
    b.registry.counter(rolls).inc({ table: 'T2' }, 4)
    b.registry.gauge({ name: 'open', help: 'Open.' }).set(5)
    a.registry.histogram({ name: 'wait_seconds', help: 'Wait.', buckets: [1, 2] }).observe(1.5)
    b.registry.histogram({ name: 'wait_seconds', help: 'Wait.', buckets: [1, 2] }).observe(9)
    expect(await page(main)).toBe(
      [
        '# HELP rolls_total Rolls.',
        '# TYPE rolls_total counter',
        'rolls_total{table="T1"} 3',
        'rolls_total{table="T2"} 7',
        '# HELP wait_seconds Wait.',
        '# TYPE wait_seconds histogram',
        'wait_seconds_bucket{le="1"} 0',
        'wait_seconds_bucket{le="2"} 1',
        'wait_seconds_bucket{le="+Inf"} 2',
        'wait_seconds_sum 10.5',
        'wait_seconds_count 2',
        '# HELP open Open.',
        '# TYPE open gauge',
        'open 5',
        '',
      ].join('\n'),
    )
  })

  it('S4 G14 adaptive buckets: those that the page’s own registry has chosen, over what all have counted', async () => {
    let at = 0
    const now = (): number => at
    const main = new Registry({ now })
    const slab = createSlab()
    const attached = attachThread(main, slab)
    const wait = { name: 'wait_seconds', help: 'Wait.', buckets: [1, 10], adaptive: { min: 1, max: 10, maxBounds: 10 } }
    const [here, there] = [main.histogram(wait), new Registry({ now, slab }).histogram(wait)]
    for (let i = 0; i < 1000; i++) {
      here.observe(2 + i / 1000)
      there.observe(7)
    }
    at += 600_000
    const counts = async (): Promise<Record<string, number>> => {
      const found = (await page(main)).matchAll(/^wait_seconds_bucket\{le="(.*)"\} (\d+)$/gm)
      return Object.fromEntries(Array.from(found, ([, le = '', count]) => [le, Number(count)]))
    }
    const shown = { '1': 0, '2': 1, '2.5': 501, '3.15': 1000, '10': 2000, '+Inf': 2000 }
    const both = await counts()
    expect(both).toMatchObject(shown)
    expect(both).not.toHaveProperty('8')
    here.observe(9)
    expect(await counts()).toEqual({ ...both, '10': 2001, '+Inf': 2001 })
    attached.detach()
    expect(await counts()).toEqual({ ...both, '10': 1001, '+Inf': 1001 })
  })

  it('S4 every kind: percentiles only where one alone has them, native buckets never', async () => {
    let at = 0
    const now = (): number => (at += 1000)
    const main = new Registry({ now })
    const slabs = [createSlab(), createSlab()]
    for (const slab of slabs) attachThread(main, slab)
    for (const [i, slab] of slabs.entries()) {
      const registry = new Registry({ slab, now })
      const wait = registry.summary({ name: 'wait', help: 'Wait.', labelNames: ['t'], quantiles: [0.5] })
      wait.observe({ t: 'both' }, 4)
      wait.observe({ t: `only ${i}` }, 4)
      registry.histogram({ name: 'took', help: 'Took.', native: {} }).observe(3)
      registry.info({ name: 'build_info', help: 'Build.', labelNames: ['version'] }).set({ version: '1' })
      const mode = registry.stateSet({ name: 'mode', help: 'Mode.', states: ['idle', 'busy', 'off'] })
      mode.switchTo(i === 0 ? 'idle' : 'busy')
      await registry.refresh()
    }
    const found = await lines(main)
    expect(found.filter((line) => !line.startsWith('wait{'))).toEqual([
      'wait_sum{t="both"} 8',
      'wait_count{t="both"} 2',
      'wait_sum{t="only 0"} 4',
      'wait_count{t="only 0"} 1',
      'wait_sum{t="only 1"} 4',
      'wait_count{t="only 1"} 1',
      'took_bucket{le="+Inf"} 2',
      'took_sum 6',
      'took_count 2',
      'build_info{version="1"} 1',
      'mode{mode="idle"} 1',
      'mode{mode="busy"} 1',
      'mode{mode="off"} 0',
    ])
    const percentiles = found.filter((line) => line.startsWith('wait{')).map((line) => line.split(' ').at(-1))
    expect(percentiles).toEqual([
      'NaN',
      expect.stringMatching(/^(4|3\.9|4\.0)/),
      expect.stringMatching(/^(4|3\.9|4\.0)/),
    ])
  })

  it.each([
    ['sum', 'x 21'],
    ['min', 'x 3'],
    ['max', 'x 11'],
    ['average', 'x 7'],
    ['first', 'x 7'],
    ['omit', 'x 7'],
  ] as const)('%s of 7 here, 3 and 11 there', async (aggregate: Aggregate, line) => {
    const main = new Registry()
    const [a, b] = [thread(main), thread(main)]
    const options = { name: 'x', help: 'X.', aggregate }
    a.registry.gauge(options).set(3)
    b.registry.gauge(options).set(11)
    expect(await lines(main)).toHaveLength(aggregate === 'omit' ? 0 : 1)
    main.gauge(options).set(7)
    expect(await lines(main)).toEqual([line])
  })

  it('refuses an unknown aggregate by name', () => {
    const aggregate = 'median' as Aggregate
    expect(() => new Registry().gauge({ name: 'x', help: 'X.', aggregate })).toThrow('x: aggregate "median"')
  })

  it.each([
    ['another kind', (r: Registry) => r.gauge({ name: 'x_total', help: 'X.' }).set(1)],
    ['other labels', (r: Registry) => r.counter({ name: 'x_total', help: 'X.', labelNames: ['b'] }).inc({ b: '1' })],
    ['another aggregate', (r: Registry) => r.counter({ name: 'x_total', help: 'X.', aggregate: 'max' }).inc()],
    ['mixing lines', (r: Registry) => r.histogram({ name: 'x', help: 'X.', buckets: [1] }).observe(1)],
    ['a constant label', (r: Registry) => r.gauge({ name: 'y', help: 'Y.', labelNames: ['env'] }).set({ env: '' }, 1)],
  ])('leaves out and counts what does not fit: %s', async (_why, make) => {
    const main = new Registry({ constantLabels: { env: 'test' } })
    const { registry, attached } = thread(main)
    main.counter({ name: 'x_total', help: 'X.' }).inc(2)
    main.counter({ name: 'x_count', help: 'X.' })
    make(registry)
    await page(main)
    expect(await lines(main)).toEqual(['x_total{env="test"} 2', 'x_count{env="test"} 0'])
    expect(attached.stats).toMatchObject({ conflicts: 1, refused: 0 })
  })

  it('the own metric wins over one that was there before it', async () => {
    const main = new Registry()
    const { registry, attached } = thread(main)
    registry.gauge({ name: 'x', help: 'X.' }).set(1)
    expect(await lines(main)).toEqual(['x 1'])
    main.counter({ name: 'x', help: 'X.' }).inc(5)
    expect(await lines(main)).toEqual(['x 5'])
    expect(attached.stats.conflicts).toBe(1)
  })

  it('what an ended one counted stays, and its gauges go; detach takes all out', async () => {
    const main = new Registry()
    const [a, b] = [thread(main), thread(main)]
    for (const { registry } of [a, b]) {
      registry.counter(rolls).inc({ table: 'T1' }, 10)
      registry.gauge({ name: 'open', help: 'Open.' }).set(5)
    }
    a.attached.ended()
    expect(await lines(main)).toEqual(['rolls_total{table="T1"} 20', 'open 5'])
    b.attached.ended()
    b.attached.ended()
    expect(await lines(main)).toEqual(['rolls_total{table="T1"} 20'])
    const c = thread(main)
    c.registry.counter(rolls).inc({ table: 'T1' }, 1)
    expect(await lines(main)).toEqual(['rolls_total{table="T1"} 21'])
    c.attached.detach()
    expect(await lines(main)).toEqual(['rolls_total{table="T1"} 20'])
  })

  it('holds no more series than one registry does', async () => {
    const main = new Registry()
    const counter = main.counter({ ...rolls, maxSeries: 2 })
    const { registry } = thread(main)
    const theirs = registry.counter({ ...rolls, maxSeries: 3 })
    counter.inc({ table: 'a' })
    for (const table of ['b', 'c', 'd', 'e']) theirs.inc({ table })
    expect(await lines(main)).toEqual([
      'rolls_total{table="a"} 1',
      'rolls_total{table="b"} 1',
      `rolls_total{table="${OVERFLOW}"} 3`,
    ])
    expect(main.stats.overflowed).toBe(2)
  })

  it('S4 equals the sum of its parts, whatever comes, goes, ends and begins anew', async () => {
    const who = fc.nat({ max: 3 })
    const label = fc.constantFrom('a', 'b', '"\\\n', '\ud800', '\ufeffx', '🎲')
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('inc' as const), who, label, by: fc.nat({ max: 1000 }) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('set' as const), who, label, by: fc.nat({ max: 1000 }) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('observe' as const), who, label, by: fc.nat({ max: 9 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), who, label }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), who }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), who: fc.integer({ min: 1, max: 3 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('look' as const) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const main = new Registry()
        const open = () => {
          const fresh = thread(main)
          return { ...fresh, ...instruments(fresh.registry), model: new Map<string, number>() }
        }
        const all = [
          { ...instruments(main), model: new Map<string, number>(), attached: undefined },
          open(),
          open(),
          open(),
        ]
        const kept = new Map<string, number>()
        for (const one of [...steps, { do: 'look' as const }]) {
          if (one.do === 'look') {
            await expectSum(main, [kept, ...all.map(({ model }) => model)])
            continue
          }
          const at = all[one.who]
          if (at === undefined) throw new Error('BUG')
          const { counter, gauge, histogram, model } = at
          switch (one.do) {
            case 'inc':
              counter.inc({ l: one.label }, one.by)
              model.set(key('c', one.label), (model.get(key('c', one.label)) ?? 0) + one.by)
              break
            case 'set':
              gauge.set({ l: one.label }, one.by)
              model.set(key('g', one.label), one.by)
              break
            case 'observe':
              histogram.observe({ l: one.label }, one.by)
              for (const [part, n] of [
                ['h', 1],
                ['h sum', one.by],
                ['h 5', one.by <= 5 ? 1 : 0],
              ] as const) {
                model.set(key(part, one.label), (model.get(key(part, one.label)) ?? 0) + n)
              }
              break
            case 'remove':
              counter.remove({ l: one.label })
              model.delete(key('c', one.label))
              break
            case 'clear':
              histogram.clear()
              for (const name of model.keys()) if (name.startsWith('["h')) model.delete(name)
              break
            case 'restart':
              at.attached?.ended()
              for (const [name, n] of model) if (!name.startsWith('["g')) kept.set(name, (kept.get(name) ?? 0) + n)
              all[one.who] = open()
              break
          }
        }
      }),
      { numRuns: 150 },
    )
  })
})

async function expectSum(main: Registry, models: readonly ReadonlyMap<string, number>[]): Promise<void> {
  const want = new Map<string, number>()
  for (const model of models) for (const [name, n] of model) want.set(name, (want.get(name) ?? 0) + n)
  expect(await numbers(main)).toEqual(want)
}

function instruments(registry: Registry) {
  const labelNames = ['l'] as const
  return {
    counter: registry.counter({ name: 'c', help: 'C.', labelNames }),
    gauge: registry.gauge({ name: 'g', help: 'G.', labelNames }),
    histogram: registry.histogram({ name: 'h', help: 'H.', labelNames, buckets: [5] }),
  }
}

function key(name: string, label: string | undefined): string {
  return JSON.stringify([name, label?.toWellFormed()])
}

async function numbers(registry: Registry): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const family of await registry.collect()) {
    for (const series of family.series) {
      const { l } = series.labels
      if ('value' in series) {
        found.set(key(family.name, l), series.value)
      } else if ('buckets' in series) {
        found.set(key('h', l), series.count)
        found.set(key('h sum', l), series.sum)
        found.set(key('h 5', l), series.buckets[0]?.count ?? NaN)
      }
    }
  }
  return found
}
