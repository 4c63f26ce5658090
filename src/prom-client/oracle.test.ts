/* oxlint-disable eslint/no-new, typescript/unbound-method -- a metric registers itself, and children can be taken apart */
import { describe, expect, it } from 'vitest'
import { attempt, type Client, OURS, outcomeOf, PEER, type Script } from './oracle.conformance.ts'

const anything = (value: unknown): never => value as never

/** Everything that a registry tells: page, JSON, and the page in OpenMetrics. */
async function all(registry: InstanceType<Client['Registry']>): Promise<unknown> {
  const page = await registry.metrics()
  // prom-client hands out its own objects, which change.
  return { page, json: structuredClone(await registry.getMetricsAsJSON()) }
}

function registryOf(client: Client): { registers: InstanceType<Client['Registry']>[]; registry: never } {
  const registry = new client.Registry()
  return { registers: [registry], registry: anything(registry) }
}

/** prom-client's types do not say that a registry takes its content type. */
function createRegistry(client: Client, contentType: string): InstanceType<Client['Registry']> {
  return Reflect.construct(client.Registry, [contentType]) as InstanceType<Client['Registry']>
}

const openMetrics = (client: Client) => createRegistry(client, client.openMetricsContentType)

const COUNTERS: Record<string, Script> = {
  'without labels': async (client) => {
    const { registers, registry } = registryOf(client)
    const counter = new client.Counter({ name: 'bets_total', help: 'Bets.', registers })
    const before = await registers[0]?.metrics()
    counter.inc()
    counter.inc(2.5)
    counter.inc(anything(null))
    counter.inc({})
    counter.inc({}, 4)
    counter.labels().inc(3)
    counter.labels({}).inc()
    return [before, await all(registry)]
  },
  'with labels: order and type of those first seen, some left out, numbers as their texts': async (client) => {
    const { registers, registry } = registryOf(client)
    const labelNames = ['method', 'status', 'route']
    const counter = new client.Counter({ name: 'requests_total', help: 'Requests.', labelNames, registers })
    const before = await registers[0]?.metrics()
    counter.inc({ status: 200, method: 'GET' })
    counter.inc({ method: 'GET', status: '200' }, 2)
    counter.inc()
    counter.inc(5)
    counter.inc({ route: 'a"b\\c\nd' })
    counter.inc({ method: anything(true), status: anything(null), route: '' })
    counter.labels('GET', '200', '/').inc()
    counter.labels('GET', anything(200), '/').inc(4)
    counter.labels({ route: '/', method: 'GET', status: 200 }).inc()
    counter.labels('unused', '1', '2')
    counter.inc({ method: '__proto__' })
    return [before, await all(registry)]
  },
  'remove and reset': async (client) => {
    const { registers, registry } = registryOf(client)
    const counter = new client.Counter({ name: 'c', help: 'C.', labelNames: ['a', 'b'], registers })
    const child = counter.labels('1', '2')
    child.inc(5)
    counter.inc({ a: 'x' })
    counter.inc({ a: 'y' })
    counter.remove('1', '2')
    counter.remove({ a: 'x', b: 'none' })
    const removed = await registers[0]?.metrics()
    child.inc()
    counter.remove({ a: 'x' })
    counter.inc({ a: 'x' })
    const again = await registers[0]?.metrics()
    counter.reset()
    const reset = await registers[0]?.metrics()
    child.inc()
    return [removed, again, reset, await all(registry)]
  },
  'reset without labels': async (client) => {
    const { registers, registry } = registryOf(client)
    const counter = new client.Counter({ name: 'c', help: 'C.', registers })
    const child = counter.labels()
    child.inc(5)
    registers[0]?.resetMetrics()
    child.inc(2)
    return all(registry)
  },
  'children can be taken apart': async (client) => {
    const { registers, registry } = registryOf(client)
    const { inc } = new client.Counter({ name: 'c', help: 'C.', labelNames: ['a'], registers }).labels('1')
    ;[1, 2, 3].forEach((n) => inc(n))
    return all(registry)
  },
  errors: (client) => {
    const counter = new client.Counter({ name: 'c', help: 'C.', labelNames: ['method', 'endpoint'], registers: [] })
    const child = counter.labels(anything({ method: 'GET', nonsense: 'x' }))
    return [
      () => counter.labels('GET'),
      () => counter.labels('GET', '/', 'more'),
      () => counter.labels(),
      () => counter.inc(anything({ nonsense: 'x' })),
      () => counter.inc(anything({ nonsense: 'x' }), -1),
      () => child.inc(),
      () => counter.remove('GET'),
      () => counter.remove(anything({ nonsense: 'x' })),
      () => counter.inc(-1),
      () => counter.inc({ method: 'GET' }, -1),
      () => counter.inc(anything('3ms')),
      () => counter.inc({ method: 'GET' }, anything('3ms')),
      () => counter.inc(Infinity),
      () => counter.inc({ method: 'GET' }, anything({ a: { b: { c: { d: 1 } } } })),
      () => counter.labels('GET', '/').inc(-5),
      () => counter.labels('GET', '/').inc(anything('3ms')),
    ].map(attempt)
  },
  'an error makes no series': async (client) => {
    const { registers, registry } = registryOf(client)
    const counter = new client.Counter({ name: 'c', help: 'C.', labelNames: ['a'], registers })
    attempt(() => counter.inc({ a: 'x' }, -1))
    attempt(() => counter.labels('y').inc(anything('no')))
    return all(registry)
  },
}

const GAUGES: Record<string, Script> = {
  'without labels': async (client) => {
    const { registers, registry } = registryOf(client)
    const gauge = new client.Gauge({ name: 'open', help: 'Open.', registers })
    const pages = [await registers[0]?.metrics()]
    for (const step of [
      () => gauge.inc(),
      () => gauge.inc(3),
      () => gauge.dec(),
      () => gauge.dec(0.5),
      () => gauge.dec(anything('5')),
      () => gauge.inc({}, 2),
      () => gauge.set({}, 7),
      () => gauge.labels().dec(3),
      () => gauge.set(NaN),
      () => gauge.set(-Infinity),
      () => gauge.inc(Infinity),
      () => gauge.set(1e21),
      () => gauge.set(-0),
      () => gauge.set(1.5e-9),
      () => gauge.reset(),
    ]) {
      step()
      pages.push(await registers[0]?.metrics())
    }
    return [pages, await all(registry)]
  },
  'with labels': async (client) => {
    const { registers, registry } = registryOf(client)
    const gauge = new client.Gauge({ name: 'open', help: 'Open.', labelNames: ['a', 'b'], registers })
    gauge.set({ a: 1, b: 2 }, 5)
    gauge.inc({ b: 'x' })
    gauge.dec({ b: 'x' }, 4)
    gauge.set(3)
    const { inc, dec, set } = gauge.labels('p', 'q')
    inc()
    inc(5)
    dec()
    dec(2)
    const before = await all(registry)
    set(9)
    gauge.remove({ b: 'x' })
    gauge.remove('1', '2')
    gauge.labels({ a: 'z' }).inc()
    return [before, await all(registry)]
  },
  errors: (client) => {
    const gauge = new client.Gauge({ name: 'g', help: 'G.', labelNames: ['a'], registers: [] })
    const child = gauge.labels('x')
    return [
      () => gauge.set(anything('5')),
      () => gauge.set(anything(undefined)),
      () => gauge.set({ a: 'x' }, anything(null)),
      () => gauge.set(anything({ b: 'x' }), 1),
      () => gauge.set(anything({ b: 'x' }), anything('no')),
      () => gauge.inc(anything('5')),
      () => gauge.inc(anything(null)),
      () => gauge.inc({ a: 'x' }, anything('5')),
      () => gauge.inc(anything({ b: 'x' })),
      () => gauge.dec({ a: 'x' }, anything(5n)),
      () => gauge.labels(anything({ b: 'x' })),
      () => gauge.labels('x', 'y'),
      () => gauge.remove(anything({ b: 'x' })),
      () => gauge.remove('x', 'y'),
      () => child.set(anything('5')),
      () => child.inc(anything('5')),
      () => child.set(anything(undefined)),
    ].map(attempt)
  },
  'time of day': async (client) => {
    const { registers } = registryOf(client)
    const gauge = new client.Gauge({ name: 'g', help: 'G.', labelNames: ['a'], registers })
    gauge.setToCurrentTime()
    gauge.setToCurrentTime({ a: '1' })
    gauge.labels('2').setToCurrentTime()
    const { values } = await gauge.get()
    return values.map(({ value, labels }) => [labels, Math.abs(value - Date.now() / 1000) < 10])
  },
}

const HISTOGRAMS: Record<string, Script> = {
  'without labels, default buckets': async (client) => {
    const { registers, registry } = registryOf(client)
    const histogram = new client.Histogram({ name: 'h', help: 'H.', registers })
    for (const value of [0, 0.005, 0.0051, 3, 10, 11, -4, 1e9]) histogram.observe(value)
    histogram.observe({}, 0.1)
    histogram.observe(anything(undefined), 0.2)
    histogram.labels().observe(0.3)
    return all(registry)
  },
  'with labels': async (client) => {
    const { registers, registry } = registryOf(client)
    const labelNames = ['method', 'status']
    const histogram = new client.Histogram({ name: 'h', help: 'H.', labelNames, buckets: [0.1, 5, 15, 50], registers })
    histogram.observe({ status: 200, method: 'GET' }, 3)
    histogram.observe({ method: 'GET', status: '200' }, 51)
    histogram.observe({ status: 'x' }, 1)
    histogram.observe(2)
    histogram.labels('POST', '201').observe(0.1)
    histogram.labels({ method: 'POST' }).observe(4)
    histogram.zero({ method: 'PUT', status: 'never' })
    const before = await all(registry)
    histogram.zero({ status: 'x' })
    histogram.remove('POST', '201')
    histogram.remove({ method: 'none' })
    const forPage = await (histogram as unknown as { getForPromString: () => Promise<unknown> }).getForPromString()
    const after = await all(registry)
    histogram.reset()
    return [before, forPage, after, await all(registry)]
  },
  'no bucket but the last': async (client) => {
    const { registers, registry } = registryOf(client)
    const histogram = new client.Histogram({ name: 'h', help: 'H.', buckets: [], registers })
    histogram.observe(4)
    return all(registry)
  },
  errors: (client) => {
    const histogram = new client.Histogram({ name: 'h', help: 'H.', labelNames: ['a'], registers: [] })
    return [
      () => histogram.observe(anything('5')),
      () => histogram.observe(NaN),
      () => histogram.observe(Infinity),
      () => histogram.observe(anything(undefined)),
      () => histogram.observe({ a: 'x' }, anything('5')),
      () => histogram.observe({ a: 'x' }, NaN),
      () => histogram.observe({ a: 'x' }, anything(undefined)),
      () => histogram.observe(anything({ b: 'x' }), 1),
      () => histogram.observe(anything({ b: 'x' }), NaN),
      () => histogram.labels('x').observe(anything('5')),
      () => histogram.labels('x').observe(anything(undefined)),
      () => histogram.labels('x', 'y'),
      () => histogram.labels(anything({ b: 'x' })),
      () => histogram.remove(anything({ b: 'x' })),
      () => new client.Histogram({ name: 'h', help: 'H.', labelNames: ['le'], registers: [] }),
    ].map(attempt)
  },
  timers: async (client) => {
    const { registers } = registryOf(client)
    const histogram = new client.Histogram({ name: 'h', help: 'H.', labelNames: ['a', 'b'], buckets: [60], registers })
    const ends = [histogram.startTimer(), histogram.startTimer({ a: '1' }), histogram.labels('5', '6').startTimer()]
    const told = ends.map((end, i) => typeof (end as (labels: object) => unknown)({ b: `${i}` }))
    const { values } = await histogram.get()
    return [told, values.filter(({ metricName }) => metricName !== 'h_sum')]
  },
}

const SUMMARIES: Record<string, Script> = {
  'without labels': async (client) => {
    const { registers, registry } = registryOf(client)
    const summary = new client.Summary({ name: 's', help: 'S.', registers })
    const before = await all(registry)
    summary.observe(100)
    const one = await all(registry)
    for (let i = 0; i < 99; i++) summary.observe(i)
    summary.observe(anything(undefined), 7)
    summary.labels().observe(-3.5)
    const many = await all(registry)
    summary.reset()
    return [before, one, many, await all(registry)]
  },
  'with labels and other quantiles': async (client) => {
    const { registers, registry } = registryOf(client)
    const labelNames = ['a', 'b']
    const summary = new client.Summary({ name: 's', help: 'S.', labelNames, percentiles: [0, 0.25, 0.5, 1], registers })
    summary.observe({ b: 1, a: 2 }, 3)
    summary.observe({ b: 1, a: 2 }, 5)
    summary.observe(4)
    summary.labels('x', 'y').observe(0)
    const before = await all(registry)
    summary.remove('x', 'y')
    summary.remove({ a: 2, b: 1 })
    summary.observe({ b: 1, a: 2 }, 9)
    const after = await all(registry)
    summary.reset()
    return [before, after, await all(registry)]
  },
  errors: (client) => {
    const summary = new client.Summary({ name: 's', help: 'S.', labelNames: ['a'], registers: [] })
    return [
      () => summary.observe(anything('5')),
      () => summary.observe(NaN),
      () => summary.observe({ a: 'x' }, anything('5')),
      () => summary.observe({ a: 'x' }, anything(undefined)),
      () => summary.observe(anything({ b: 'x' }), 1),
      () => summary.labels('x').observe(anything('5')),
      () => summary.labels('x', 'y'),
      () => new client.Summary({ name: 's', help: 'S.', labelNames: ['quantile'], registers: [] }),
    ].map(attempt)
  },
}

const REGISTRIES: Record<string, Script> = {
  'empty pages': async (client) => [await new client.Registry().metrics(), await openMetrics(client).metrics()],
  'default labels, which give way': async (client) => {
    const { registers, registry } = registryOf(client)
    const labelNames = ['a', 'zone']
    const counter = new client.Counter({ name: 'c', help: 'C.', labelNames, registers })
    const gauge = new client.Gauge({ name: 'g', help: 'G.', registers })
    const histogram = new client.Histogram({ name: 'h', help: 'H.', labelNames, buckets: [1], registers })
    const summary = new client.Summary({ name: 's', help: 'S.', labelNames: ['a'], percentiles: [0.5], registers })
    registers[0]?.setDefaultLabels({ zone: 'eu', pod: 7 })
    gauge.set(1)
    for (const labels of [{ a: '1' }, { zone: 'us' }, { zone: 'us', a: 'x' }]) {
      counter.inc(labels)
      histogram.observe(labels, 2)
    }
    summary.observe({ a: 'y' }, 2)
    return [await all(registry), await registers[0]?.getSingleMetricAsString('h')]
  },
  'help and names': async (client) => {
    const { registers, registry } = registryOf(client)
    new client.Gauge({ name: 'a:b_c9', help: 'Quotes " and \\ and\nlines.', registers })
    return all(registry)
  },
  'names, and what is in the way': async (client) => {
    const registry = new client.Registry()
    const gauge = new client.Gauge({ name: 'g', help: 'G.', registers: [registry] })
    registry.registerMetric(gauge)
    const taken = attempt(() => new client.Counter({ name: 'g', help: 'G.', registers: [registry] }))
    const found = [registry.getSingleMetric('g') === gauge, registry.getSingleMetric('h')]
    registry.removeSingleMetric('g')
    registry.removeSingleMetric('g')
    const counter = new client.Counter({ name: 'g', help: 'G.', registers: [registry] })
    const list = registry.getMetricsAsArray()
    const shown = list.map(({ name, help, type, aggregator }) => ({ name, help, type, aggregator }))
    registry.setDefaultLabels({ a: '1' })
    registry.clear()
    registry.registerMetric(counter)
    return [taken, found, list[0] === (counter as unknown), shown, await registry.metrics()]
  },
  'foreign metrics': async (client) => {
    const registry = new client.Registry()
    const values = [{ value: 1, labels: { a: 'x' } }, { value: 2, labels: {}, metricName: 'other' }, { value: 3 }]
    const told = { name: 'foreign', help: 'F.', type: 'gauge', values, aggregator: 'max' }
    registry.registerMetric(anything({ name: 'foreign', get: async () => told }))
    registry.registerMetric(anything({ name: 'direct', get: () => ({ ...told, name: 'direct', values: undefined }) }))
    registry.setDefaultLabels({ b: 'y' })
    return [await registry.metrics(), await registry.getSingleMetricAsString('foreign')]
  },
  'a metric that tells its values in its own way': async (client) => {
    const registry = new client.Registry()
    class Doubled extends client.Gauge {
      override async get() {
        const told = await super.get()
        return { ...told, values: told.values.map((value) => ({ ...value, value: 2 * value.value })) }
      }
    }
    new Doubled({ name: 'g', help: 'G.', registers: [registry] }).set(4)
    return [await registry.metrics(), await registry.getMetricsAsJSON()]
  },
  'several registries, none, and the global one': async (client) => {
    const registries = [new client.Registry(), new client.Registry()]
    const counter = new client.Counter({ name: 'c', help: 'C.', registers: registries })
    counter.inc()
    new client.Counter({ name: 'c', help: 'C.', registers: [] })
    new client.Counter({ name: 'only_here_total', help: 'C.' }).inc()
    new client.Counter({ name: 'here_too_total', help: 'C.', registers: anything(undefined) }).inc()
    const Global = client.Registry as unknown as { globalRegistry: unknown }
    return [
      await Promise.all(registries.map(async (registry) => registry.metrics())),
      await client.register.metrics(),
      client.register === Global.globalRegistry,
    ]
  },
  merge: async (client) => {
    const [a, b] = [new client.Registry(), new client.Registry()]
    new client.Counter({ name: 'a', help: 'A.', registers: [a] }).inc()
    new client.Gauge({ name: 'b', help: 'B.', registers: [b] }).set(2)
    const merged = client.Registry.merge([a, b])
    return [
      await merged.metrics(),
      attempt(() => client.Registry.merge([a, anything(openMetrics(client))])),
      attempt(() => {
        new client.Gauge({ name: 'a', help: 'A.', registers: [b] })
        return client.Registry.merge([a, b])
      }),
    ]
  },
  'content types': (client) => {
    const registry = new client.Registry()
    const seen: unknown[] = [registry.contentType, client.prometheusContentType, client.openMetricsContentType]
    registry.setContentType(anything(client.openMetricsContentType))
    const before = client.contentType
    const writable = client as { contentType: unknown }
    writable.contentType = client.openMetricsContentType
    seen.push(registry.contentType, before, client.contentType, client.register.contentType)
    writable.contentType = client.prometheusContentType
    return [
      seen,
      attempt(() => registry.setContentType(anything('text/html'))),
      attempt(() => createRegistry(client, 'text/html')),
      attempt(() => (writable.contentType = 'text/html')),
      Object.getOwnPropertyDescriptor(client, 'contentType')?.configurable,
      [client.Registry.PROMETHEUS_CONTENT_TYPE, client.Registry.OPENMETRICS_CONTENT_TYPE],
    ]
  },
  'collect: in order, sync and async, with the metric as this': async (client) => {
    const { registers, registry } = registryOf(client)
    let calls = 0
    const used = new client.Gauge({ name: 'used', help: 'U.', registers })
    const first = new client.Gauge({
      name: 'first',
      help: 'F.',
      registers,
      collect() {
        this.set(++calls)
      },
    })
    new client.Counter({
      name: 'later',
      help: 'L.',
      registers,
      async collect() {
        await Promise.resolve()
        this.inc(5)
      },
    })
    ;(used as unknown as { collect: () => void }).collect = () => used.set(9)
    const page = await registers[0]?.metrics()
    return [page, await first.get(), await all(registry), await registers[0]?.getSingleMetricAsString('later')]
  },
  'a mistaken configuration': (client) =>
    [undefined, 'c', { name: 'c' }, { help: 'C.' }, { name: 'c', help: '' }, { name: '9c', help: 'C.' }]
      .map((config) => attempt(() => new client.Counter(anything(config))))
      .concat([
        attempt(() => new client.Gauge({ name: 'a b', help: 'G.', registers: [] })),
        attempt(() => new client.Gauge({ name: 'g', help: 'G.', labelNames: ['a-b'], registers: [] })),
        attempt(() => new client.Gauge({ name: 'g', help: 'G.', collect: anything('no'), registers: [] })),
        attempt(() => client.collectDefaultMetrics(anything('no'))),
      ]),
  'buckets by formula': (client) => [
    client.linearBuckets(0, 50, 10),
    client.linearBuckets(0.1, 0.1, 3),
    client.exponentialBuckets(1, 2, 5),
    client.exponentialBuckets(0.3, 1.1, 7),
    attempt(() => client.linearBuckets(1, 1, 0)),
    attempt(() => client.exponentialBuckets(0, 2, 3)),
    attempt(() => client.exponentialBuckets(1, 1, 3)),
    attempt(() => client.exponentialBuckets(1, 2, 0)),
  ],
  names: (client) => ['a', 'a:b', '_x9', '9', 'a-b', '', 'ä'].map((name) => client.validateMetricName(name)),
}

const EXEMPLARS: Record<string, Script> = {
  'in OpenMetrics': async (client) => {
    const registry = openMetrics(client)
    const registers = [registry]
    const labelNames = ['a'] as const
    const counter = new client.Counter({ name: 'c_total', help: 'C.', labelNames, registers, enableExemplars: true })
    const plain = new client.Counter({ name: 'plain', help: 'P.', registers })
    const histogram = new client.Histogram({
      name: 'h',
      help: 'H.',
      labelNames,
      buckets: [1, 5],
      registers,
      enableExemplars: true,
    })
    plain.inc(2)
    counter.inc({ labels: { a: '1' } })
    counter.inc({ labels: { a: '2' }, value: 3, exemplarLabels: anything({ traceId: 'x"y' }) })
    counter.inc({ labels: { a: '2' }, value: 4 })
    counter.inc({ labels: { a: '3' }, exemplarLabels: {} })
    counter.inc()
    histogram.observe({ labels: { a: '1' }, value: 0.5, exemplarLabels: anything({ traceId: 't', spanId: 's' }) })
    histogram.observe({ labels: { a: '1' }, value: 7, exemplarLabels: anything({ traceId: 'u' }) })
    histogram.observe({ labels: { a: '1' }, value: 3 })
    histogram.startTimer({ a: '1' }, anything({ spanId: 'q' }))({}, anything({ traceId: 'v' }))
    const page = await registry.metrics()
    const { values } = await histogram.get()
    return [
      page.replaceAll(/ \d{10}(\.\d+)?$/gm, ' <now>').replaceAll(/(h_sum\S*|# \{spanId="q".*\}) .*/g, '$1'),
      values.map((value) => typeof (value as { exemplar?: { timestamp?: unknown } }).exemplar?.timestamp),
    ]
  },
  errors: (client) => {
    const registers = [openMetrics(client)]
    const counter = new client.Counter({ name: 'c', help: 'C.', registers, enableExemplars: true })
    const histogram = new client.Histogram({ name: 'h', help: 'H.', registers, enableExemplars: true })
    const long = anything({ traceId: 'x'.repeat(122) })
    return [
      () => counter.inc({ exemplarLabels: long }),
      () => histogram.observe({ value: 1, exemplarLabels: long }),
      () => counter.inc({ value: -1 }),
      () => histogram.observe({ value: anything('x') }),
      () => histogram.observe({ value: 1, labels: anything({ b: '1' }) }),
      () => new client.Counter({ name: 'd', help: 'D.', registers: [new client.Registry()], enableExemplars: true }),
    ].map(attempt)
  },
}

const AGGREGATES: Record<string, Script> = {
  'of several processes': async (client) => {
    const tellers = [1, 2, 3].map(async (n) => {
      const registers = [new client.Registry()]
      const labelNames = ['a'] as const
      new client.Counter({ name: 'c', help: 'C.', labelNames, registers }).inc({ a: n % 2 }, n)
      new client.Histogram({ name: 'h', help: 'H.', labelNames, buckets: [2], registers }).observe({ a: 'x' }, n)
      for (const aggregator of ['sum', 'first', 'omit', 'average', 'min', 'max'] as const) {
        new client.Gauge({ name: `g_${aggregator}`, help: 'G.', aggregator, registers }).set(n)
      }
      return registers[0]?.getMetricsAsJSON()
    })
    const told = anything(await Promise.all(tellers))
    const aggregated = client.AggregatorRegistry.aggregate(told)
    return [await aggregated.metrics(), await aggregated.getMetricsAsJSON()]
  },
  'by an unknown aggregator': (client) =>
    client.AggregatorRegistry.aggregate(
      anything([[{ name: 'g', help: 'G.', type: 'gauge', aggregator: 'no', values: [] }]]),
    ),
  'each by itself': (client) => {
    const { aggregators } = client as unknown as { aggregators: Record<string, (metrics: unknown) => unknown> }
    const metrics = [1, 2, 4].map((value) => ({
      help: 'G.',
      name: 'g',
      type: 'gauge',
      values: [{ labels: {}, value }],
    }))
    return Object.entries(aggregators).map(([name, aggregate]) => [name, aggregate(metrics), aggregate([])])
  },
  'what may be told of': (client) => [
    attempt(() => client.AggregatorRegistry.setRegistries(new client.Registry())),
    attempt(() => client.AggregatorRegistry.setRegistries(anything('no'))),
    attempt(() => client.AggregatorRegistry.setRegistries([new client.Registry(), anything({})])),
  ],
}

describe('the same as prom-client 15.1.3', () => {
  describe.each(Object.entries({ COUNTERS, GAUGES, HISTOGRAMS, SUMMARIES, REGISTRIES, EXEMPLARS, AGGREGATES }))(
    '%s',
    (_, scripts) => {
      it.each(Object.entries(scripts))('%s', async (_, script) => {
        const wanted = await outcomeOf(script, PEER)
        expect(await outcomeOf(script, OURS)).toEqual(wanted)
        expect(wanted).not.toEqual({ value: undefined })
      })
    },
  )

  it('exports under the same names', () => {
    const added = ['ClusterRegistry', 'WorkerRegistry']
    expect(Object.keys(OURS).sort()).toEqual([...Object.keys(PEER), ...added].sort())
  })
})
