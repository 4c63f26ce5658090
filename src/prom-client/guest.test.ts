import { describe, expect, it } from 'vitest'
import { expose, Registry as Host } from '../metrics/index.ts'
import client, { Counter, Gauge, Histogram, Registry, Summary } from './index.ts'

async function pageOf(host: Host, accept?: string): Promise<string> {
  let page = ''
  for await (const piece of expose(host, { accept, createdLines: false }).body) page += Buffer.from(piece).toString()
  return page
}

function both(): { host: Host; registry: Registry; registers: Registry[] } {
  const host = new Host()
  const registry = new Registry()
  host.include(registry.reader)
  return { host, registry, registers: [registry] }
}

describe('on the page of boxman', () => {
  it('stands what a registry holds, with its default labels, and refreshed', async () => {
    const { host, registry, registers } = both()
    host.counter({ name: 'own_total', help: 'Own.' }).inc(2)
    new Counter({ name: 'c_total', help: 'C.', labelNames: ['a', 'b'], registers }).inc({ b: 1 }, 3)
    const gauge: Gauge = new Gauge({ name: 'g', help: 'G.', registers, collect: async () => gauge.inc() })
    new Histogram({ name: 'h', help: 'H.', labelNames: ['a'], buckets: [1, 5], registers }).observe({ a: 'x' }, 2)
    const summary = new Summary({ name: 's', help: 'S.', percentiles: [0.5], registers })
    summary.observe(7)
    const lines = async (): Promise<unknown> => (await pageOf(host)).match(/^[a-z].*/gm)
    const wanted = [
      'own_total 2',
      'c_total{b="1"} 3',
      'g 1',
      'h_bucket{a="x",le="1"} 0',
      'h_bucket{a="x",le="5"} 1',
      'h_bucket{a="x",le="+Inf"} 1',
      'h_sum{a="x"} 2',
      'h_count{a="x"} 1',
      's{quantile="0.5"} 7',
      's_sum 7',
      's_count 1',
    ]
    expect(await lines()).toEqual(wanted)
    registry.setDefaultLabels({ a: 'all', zone: 1 })
    expect(await lines()).toEqual([
      'own_total 2',
      'c_total{a="all",b="1",zone="1"} 3',
      'g{a="all",zone="1"} 2',
      ...wanted.slice(3, 8).map((line) => line.replace('a="x"', 'a="x",zone="1"')),
      's{a="all",zone="1",quantile="0.5"} 7',
      's_sum{a="all",zone="1"} 7',
      's_count{a="all",zone="1"} 1',
    ])
    registry.clear()
    expect(await lines()).toEqual(['own_total 2'])
  })

  it('stand exemplars, and metrics that are not ours', async () => {
    const { host } = both()
    const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
    host.include(registry.reader)
    const counter = new Counter({ name: 'c_total', help: 'C.', registers: [registry], enableExemplars: true })
    counter.inc({ value: 2, exemplarLabels: { trace_id: 'abc' } as never })
    const tell = async (n: number) => {
      const told = new Registry()
      new Histogram({ name: 'h', help: 'H.', labelNames: ['a'], buckets: [1, 5], registers: [told] }).observe(
        { a: 1 },
        n,
      )
      new Summary({ name: 's', help: 'S.', percentiles: [0.5], registers: [told] }).observe(n)
      new Gauge({ name: 'g', help: 'G.', aggregator: 'max', registers: [told] }).set(n)
      return told.getMetricsAsJSON()
    }
    const told = await Promise.all([2, 4].map(tell))
    for (const metric of client.AggregatorRegistry.aggregate(told).getMetricsAsArray()) {
      registry.registerMetric(metric as never)
    }
    registry.registerMetric({
      name: 'broken',
      get: () => {
        throw new Error('no')
      },
    })
    const page = await pageOf(host, 'application/openmetrics-text')
    expect(page.replace(/ \d{10}\.?\d*$/m, ' <now>').match(/^[a-z].*/gm)).toEqual([
      'c_total 2 # {trace_id="abc"} 2 <now>',
      'h_bucket{a="1",le="1.0"} 0',
      'h_bucket{a="1",le="5.0"} 2',
      'h_bucket{a="1",le="+Inf"} 2',
      'h_sum{a="1"} 6',
      'h_count{a="1"} 2',
      's{quantile="0.5"} 6',
      's_sum 6',
      's_count 2',
      'g 4',
    ])
    expect(registry.stats.collectFailures).toBe(1)
  })
})

describe('ceilings', () => {
  it('100 000 series a metric, then __overflow__', async () => {
    const registry = new Registry()
    const counter = new Counter({ name: 'c', help: 'C.', labelNames: ['id', 'kind'], registers: [registry] })
    for (let i = 0; i < 100_010; i++) counter.inc({ id: i })
    const { values } = await counter.get()
    expect(values.length).toBe(100_001)
    expect(values.at(-1)).toEqual({ value: 10, labels: { id: '__overflow__', kind: '__overflow__' } })
    expect(registry.stats.overflowed).toBe(10)
  })

  it('an ill-formed exemplar is counted', () => {
    const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
    const counter = new Counter({ name: 'c', help: 'C.', registers: [registry], enableExemplars: true })
    counter.inc({ exemplarLabels: { 'not a name': 'x' } as never })
    expect(registry.stats.exemplarsDropped).toBe(1)
  })
})
