import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAll, T0 } from '../../../../test/support/read-all.ts'
import { createSeriesStore, Registry, type SeriesStore } from '../../../metrics/index.ts'
import { Matcher } from '../../../series/index.ts'
import { openTsdb, type Tsdb, type TsdbOptions } from '../../../tsdb/index.ts'
import { OwnScrape } from './own-scrape.ts'

const STEP = 15_000
/** A metric that is no registry's own. */
const FOREIGN = { help: 'f', labelNames: ['a', 'b'], maxSeries: 10, now: () => NaN }
const REPORT = /^(?:up|scrape_\w+)\{/

interface Parts {
  readonly registry: Registry
  readonly store: Tsdb
  readonly own: OwnScrape
  /** Scrapes once more, `STEP` after the last time. */
  readonly scrape: () => Promise<void>
  /** What the last scrape stored: `value` by selector, the report left out. */
  readonly stored: () => Promise<Record<string, string>>
}

interface Surroundings {
  readonly constantLabels?: Readonly<Record<string, string>>
  readonly store?: TsdbOptions
  readonly now?: () => number
  readonly pause?: () => Promise<void>
}

async function parts({ constantLabels = {}, store: options, now, pause }: Surroundings = {}): Promise<Parts> {
  let at = T0
  const registry = new Registry({ constantLabels, now: () => at, maxSeriesPerMetric: 100_000 })
  const store = await openTsdb(options)
  const own = new OwnScrape({
    registry,
    store,
    target: { job: 'craps', instance: 'h:9090' },
    now: now ?? (() => 0),
    pause: pause ?? (() => Promise.resolve()),
  })
  const scrape = async (): Promise<void> => {
    at += STEP
    await own.run(at)
  }
  const stored = async (): Promise<Record<string, string>> => {
    const all = await readAll(store, [], at, at)
    const entries = Object.entries(all).filter(([series, sample]) => sample !== '' && !REPORT.test(series))
    return Object.fromEntries(entries.map(([series, sample]) => [series, sample.slice(sample.indexOf('=') + 1)]))
  }
  return { registry, store, own, scrape, stored }
}

describe('what is stored', () => {
  it('is each kind as Prometheus stores it', async () => {
    const { registry, scrape, stored } = await parts({ constantLabels: { region: 'eu' } })
    registry.counter({ name: 'rolls_total', help: 'r', labelNames: ['table'] }).inc({ table: 'T"7\\' }, 3)
    registry.gauge({ name: 'degrees', help: 'g' }).set(-1.5)
    const histogram = registry.histogram({ name: 'took', help: 't', buckets: [0.5, 1, 1e6] })
    for (const value of [0.5, 2, 1e7]) histogram.observe(value)
    const summary = registry.summary({ name: 's', help: 's', quantiles: [0.5, 1], maxAgeMs: Infinity })
    summary.observe(0)
    registry.info({ name: 'build_info', help: 'b', labelNames: ['v'] }).add({ v: '1' })
    registry.stateSet({ name: 'door', help: 'd', states: ['open', 'shut'] }).switchTo('shut')
    await scrape()
    const of = (name: string, more = ''): string =>
      `${name}{instance="h:9090", job="craps"${more === '' ? '' : `, ${more}`}, region="eu"}`
    expect(await stored()).toEqual({
      [`rolls_total{instance="h:9090", job="craps", region="eu", table="T\\"7\\\\"}`]: '3',
      [of('degrees')]: '-1.5',
      [of('took_bucket', 'le="0.5"')]: '1',
      [of('took_bucket', 'le="1.0"')]: '1',
      [of('took_bucket', 'le="1e+06"')]: '2',
      [of('took_bucket', 'le="+Inf"')]: '3',
      [of('took_sum')]: '10000002.5',
      [of('took_count')]: '3',
      [of('s').replace(', region', ', quantile="0.5", region')]: '0',
      [of('s').replace(', region', ', quantile="1.0", region')]: '0',
      [of('s_sum')]: '0',
      [of('s_count')]: '1',
      [`build_info{instance="h:9090", job="craps", region="eu", v="1"}`]: '1',
      [of('door', 'door="open"').replace('door="open", ', '').replace('{', '{door="open", ')]: '0',
      [of('door', 'door="shut"').replace('door="shut", ', '').replace('{', '{door="shut", ')]: '1',
    })
  })

  it.each([
    [{ job: 'own' }, 'm{exported_job="own", instance="h:9090", job="craps"}'],
    [{ instance: 'i', exported_instance: 'e' }, 'm{exported_exported_instance="i", exported_instance="e", '],
    [{ job: '' }, 'm{instance="h:9090", job="craps"}'],
  ])('has the target’s labels before %o of its own', async (labels, series) => {
    const { registry, scrape, stored } = await parts()
    registry.gauge({ name: 'm', help: 'm', labelNames: Object.keys(labels) }).set(labels, 1)
    await scrape()
    expect(Object.keys(await stored())).toEqual([expect.stringContaining(series)])
  })

  it('says how the scrape went', async () => {
    let clock = 0
    const { registry, store, scrape } = await parts({ now: () => clock })
    const counter = registry.counter({
      name: 'c_total',
      help: 'c',
      labelNames: ['l'],
      collect: () => {
        clock += 250
      },
    })
    counter.inc({ l: 'a' })
    await scrape()
    counter.inc({ l: 'b' })
    await scrape()
    const report = Object.entries(await readAll(store)).filter(([series]) => REPORT.test(series))
    const target = '{instance="h:9090", job="craps"}'
    expect(Object.fromEntries(report)).toEqual({
      [`up${target}`]: '15000=1 30000=1',
      [`scrape_duration_seconds${target}`]: '15000=0.25 30000=0.25',
      [`scrape_samples_scraped${target}`]: '15000=1 30000=2',
      [`scrape_samples_post_metric_relabeling${target}`]: '15000=1 30000=2',
      [`scrape_series_added${target}`]: '15000=1 30000=1',
    })
  })

  it('knows since when a series counts, and what a metric means', async () => {
    const { registry, store, scrape } = await parts()
    const h = registry.histogram({ name: 'h_seconds', help: 'Took.', unit: 'seconds', buckets: [1] })
    registry.gauge({ name: 'g', help: 'g' }).set(1)
    h.observe(1)
    await scrape()
    registry.reset()
    await scrape()
    for (const [name, starts] of [
      ['h_seconds_bucket', [T0, T0 + STEP]],
      ['h_seconds_sum', [T0, T0 + STEP]],
      ['g', [0, 0]],
    ] as const) {
      const [series] = await store.select([new Matcher('__name__', '=', name)], 0, Infinity)
      expect([name, [...(series?.columns().startTimes ?? [0, 0])]]).toEqual([name, starts])
    }
    const metadata = await store.metadata()
    expect(metadata.get('h_seconds')).toEqual({ type: 'histogram', help: 'Took.', unit: 'seconds' })
  })

  it('has native histograms beside the classic ones, until they end', async () => {
    const { registry, store, scrape } = await parts()
    const both = registry.histogram({ name: 'b', help: 'b', labelNames: ['l'], buckets: [1], native: {} })
    for (const value of [0.5, 0.5, -3, 0]) both.observe({ l: 'x' }, value)
    await scrape()
    both.remove({ l: 'x' })
    await scrape()
    const all = await readAll(store, [new Matcher('l', '=', 'x')])
    const target = 'instance="h:9090", job="craps", l="x"'
    expect(all).toEqual({
      [`b{${target}}`]: '30000=stale 15000=h4'.split(' ').toReversed().join(' '),
      [`b_bucket{${target}, le="1.0"}`.replace(', l="x", le="1.0"', ', l="x", le="1.0"')]: '15000=4 30000=stale',
      [`b_bucket{${target}, le="+Inf"}`]: '15000=4 30000=stale',
      [`b_sum{${target}}`]: '15000=-2 30000=stale',
      [`b_count{${target}}`]: '15000=4 30000=stale',
    })
    const [series] = await store.select([new Matcher('__name__', '=', 'b')], 0, Infinity)
    const { histograms } = series?.columns() ?? {}
    expect(histograms?.values[0]).toMatchObject({
      zeroCount: 1,
      positive: { counts: [2] },
      negative: { counts: [1] },
      count: 4,
      sum: -2,
    })
    expect(histograms?.startTimes).toEqual(Float64Array.of(T0))
  })

  it('has each exemplar once, of a bucket and of the native histogram', async () => {
    const { registry, store, scrape } = await parts()
    const h = registry.histogram({ name: 'h', help: 'h', buckets: [1, 5], native: {} })
    const c = registry.counter({ name: 'c_total', help: 'c' })
    c.inc(1, 'trace-1')
    await scrape()
    h.observe(2, { labels: { trace_id: 'trace-2' }, at: T0 + 20_000 })
    for (let i = 0; i < 3; i++) await scrape()
    h.observe(0.5, 'trace-3')
    await scrape()
    const found = store
      .exemplars([], 0, Infinity)
      .map(({ labels, exemplars }) => [
        String(labels.without(new Set(['job', 'instance']))),
        exemplars.map((each) => `${each.at - T0} ${each.value} ${each.labels.get('trace_id')}`),
      ])
    expect(Object.fromEntries(found)).toEqual({
      c_total: ['0 1 trace-1'],
      'h_bucket{le="5.0"}': ['20000 2 trace-2'],
      'h_bucket{le="1.0"}': ['60000 0.5 trace-3'],
      h: ['20000 2 trace-2', '60000 0.5 trace-3'],
    })
  })
})

describe('series that come and go', () => {
  const values = ['a', 'b', 'c', 'd', 'e'] as const
  const change = fc.record({ series: fc.constantFrom(...values), act: fc.constantFrom('inc', 'remove', 'metric') })

  it('are at each scrape what the registry has, and end when it has them no more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 6 }), { minLength: 2, maxLength: 6 }), async (rounds) => {
        const { registry, scrape, stored } = await parts()
        let version = 0
        const make = () => registry.histogram({ name: 'h', help: `${version}`, labelNames: ['l'], buckets: [1] })
        let histogram = make()
        let before = new Set<string>()
        for (const changes of rounds) {
          for (const { series, act } of changes) {
            if (act === 'inc') histogram.observe({ l: series }, 1)
            else if (act === 'remove') histogram.remove({ l: series })
            else {
              registry.remove('h')
              version++
              histogram = make()
            }
          }
          await scrape()
          const [family] = await registry.collect()
          const wanted = new Map<string, string>()
          for (const one of family?.kind === 'histogram' ? family.series : []) {
            const labels = `instance="h:9090", job="craps", l="${one.labels['l']}"`
            for (const le of ['1.0', '+Inf']) wanted.set(`h_bucket{${labels}, le="${le}"}`, String(one.count))
            wanted.set(`h_sum{${labels}}`, String(one.sum)).set(`h_count{${labels}}`, String(one.count))
          }
          const now = new Set(wanted.keys())
          for (const gone of before) if (!now.has(gone)) wanted.set(gone, 'stale')
          expect(await stored()).toEqual(Object.fromEntries(wanted))
          before = now
        }
      }),
      { numRuns: 60 },
    )
  })

  it('are all there at each scrape while thousands come', async () => {
    const { registry, scrape, stored } = await parts()
    const metrics = Array.from({ length: 12 }, (_, m) =>
      registry.counter({ name: `m${m}_total`, help: 'm', labelNames: ['i'] }),
    )
    let total = 0
    for (const series of [1, 900, 1400, 1400]) {
      for (const metric of metrics) for (let i = 0; i < series; i++) metric.inc({ i })
      total += 12 * series
      await scrape()
      const all = Object.values(await stored())
      expect(all).toHaveLength(12 * series)
      expect(all.reduce((sum, value) => sum + Number(value), 0)).toBe(total)
    }
  })

  it('are not mistaken for one another when they change between two slices of a scrape', async () => {
    let clock = 0
    let meanwhile = (): void => {}
    const { registry, scrape, stored } = await parts({
      now: () => (clock += 1),
      pause: async () => meanwhile(),
    })
    const gauge = registry.gauge({ name: 'g', help: 'g', labelNames: ['i'] })
    for (let i = 0; i < 2000; i++) gauge.set({ i }, i)
    await scrape()
    let next = 2000
    meanwhile = () => {
      gauge.remove({ i: next - 2000 })
      gauge.set({ i: next }, next)
      next++
    }
    await scrape()
    expect(next).toBeGreaterThan(2005)
    for (const [series, value] of Object.entries(await stored())) {
      const [, own] = / i="(\d+)"|\{i="(\d+)"/.exec(series.replace('{', '{ ')) ?? []
      expect(['stale', own]).toContain(value)
    }
  })

  it('go on under a metric that is made anew at each scrape', async () => {
    const { registry, store, scrape } = await parts()
    const make = (): SeriesStore => {
      const counter = createSeriesStore({ ...FOREIGN, kind: 'counter', name: 'c_total', stats: { ...registry.stats } })
      for (const [value, label] of ['a', 'b'].entries()) counter.page(counter.enter([label, undefined]))[value] = 7
      return counter
    }
    registry.include({ constantLabels: {}, refresh: () => Promise.resolve(), metrics: () => [make()] })
    for (let i = 0; i < 3; i++) await scrape()
    const all = await readAll(store, [new Matcher('__name__', '=~', 'c_total|scrape_series_added')])
    expect(new Set(Object.values(all))).toEqual(new Set(['15000=7 30000=7 45000=7', '15000=2 30000=0 45000=0']))
    expect(Object.keys(all)).toHaveLength(3)
  })

  it('that are one to the store are stored once', async () => {
    const { registry, store, scrape } = await parts()
    const gauge = createSeriesStore({ ...FOREIGN, kind: 'gauge', name: 'g', stats: { ...registry.stats } })
    registry.include({ constantLabels: {}, refresh: () => Promise.resolve(), metrics: () => [gauge] })
    for (const [value, labels] of [
      ['x', ''],
      ['x', undefined],
    ].entries()) {
      const slot = gauge.enter(labels)
      gauge.page(slot)[gauge.offset(slot)] = value + 1
    }
    await scrape()
    await scrape()
    gauge.vacate(gauge.seekListed(['x', '']))
    await scrape()
    const all = await readAll(store, [new Matcher('__name__', '=', 'g')])
    expect(Object.values(all)).toEqual(['15000=1 30000=1 45000=2'])
    expect(store.stats.refused).toMatchObject({ duplicate: 0, 'out-of-order': 0 })
  })
})

describe('a store', () => {
  it('that is full takes whole histograms or none, and more of them when there is room', async () => {
    const { registry, store, scrape, stored } = await parts({ store: { maxSeries: 15, retentionMs: 60_000 } })
    const h = registry.histogram({ name: 'h', help: 'h', labelNames: ['l'], buckets: [1] })
    for (const l of ['a', 'b', 'c']) h.observe({ l }, 1)
    const held = async (): Promise<string[]> =>
      Object.entries(await stored())
        .filter(([series, value]) => series.startsWith('h_count') && value !== 'stale')
        .map(([series]) => /l="(\w)"/.exec(series)?.[1] ?? '')
    await scrape()
    expect(await held()).toEqual(['a', 'b'])
    h.remove({ l: 'a' })
    for (let i = 1; i < 12; i++) {
      await store.step(T0 + i * STEP)
      await scrape()
    }
    expect(await held()).toEqual(['b', 'c'])
  })

  it('that has forgotten its series, as after a long sleep, gets them anew', async () => {
    const { registry, store, scrape, stored } = await parts({ store: { retentionMs: 5000 } })
    registry.histogram({ name: 'h', help: 'h', buckets: [1], native: {} }).observe(1)
    await scrape()
    // Once they are spared.
    for (const at of [20_000, 40_000]) await store.step(T0 + at)
    expect(store.stats.series).toBe(0)
    await store.step(T0)
    for (let i = 0; i < 3; i++) await scrape()
    expect(Object.keys(await stored())).toHaveLength(5)
  })
})

it('a scrape that fails is down, its series end, and the next one has them again', async () => {
  const { registry, store, own, stored, scrape } = await parts()
  registry.gauge({ name: 'g', help: 'g' }).set(1)
  await scrape()
  const { refresh } = registry
  registry.refresh = () => Promise.reject(new Error('torn'))
  await expect(scrape()).rejects.toThrow('torn')
  registry.refresh = refresh
  await scrape()
  expect(Object.values(await stored())).toEqual(['1'])
  own.end(T0 + 50_000)
  const all = await readAll(store)
  expect(all['g{instance="h:9090", job="craps"}']).toBe('15000=1 30000=stale 45000=1 50000=stale')
  expect(all['up{instance="h:9090", job="craps"}']).toBe('15000=1 30000=0 45000=1 50000=stale')
})
