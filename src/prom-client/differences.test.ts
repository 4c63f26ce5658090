/* oxlint-disable eslint/no-new -- a metric registers itself */
import { describe, expect, it } from 'vitest'
import { attempt, type Client, OURS, outcomeOf, PEER, type Script } from './oracle.conformance.ts'

const anything = (value: unknown): never => value as never
const within = (client: Client) => ({ help: 'Help.', registers: [new client.Registry()] })

/** What prom-client gets wrong: ours is to be as told here, and prom-client's not. */
const DIFFERENCES: Record<string, readonly [Script, unknown]> = {
  'labels whose joined texts are equal are two series': [
    async (client) => {
      const counter = new client.Counter({ name: 'c', labelNames: ['a', 'b'], ...within(client) })
      counter.inc({ a: 'x,b:y' })
      counter.inc({ a: 'x', b: 'y' })
      return (await counter.get()).values
    },
    [
      { value: 1, labels: { a: 'x,b:y' } },
      { value: 1, labels: { a: 'x', b: 'y' } },
    ],
  ],
  'NaN does not poison a counter': [
    (client) => attempt(() => new client.Counter({ name: 'c', ...within(client) }).inc(NaN)),
    'TypeError: Value is not a valid number: NaN',
  ],
  'a labels object that changes later changes no series': [
    async (client) => {
      const counter = new client.Counter({ name: 'c', labelNames: ['a'], ...within(client) })
      const labels = { a: '1' }
      const child = counter.labels(labels)
      counter.inc(labels)
      labels.a = '2'
      counter.inc(labels)
      child.inc()
      const { values } = await counter.get()
      if (values[0]) values[0].labels.a = '3'
      return (await counter.get()).values
    },
    [
      { value: 2, labels: { a: '1' } },
      { value: 1, labels: { a: '2' } },
    ],
  ],
  'OpenMetrics leaves the name alone, and writes one metric as the page does': [
    async (client) => {
      const registry = Reflect.construct(client.Registry, [client.openMetricsContentType]) as InstanceType<
        Client['Registry']
      >
      const counter = new client.Counter({ name: 'foo_total', help: 'Help.', registers: [registry] })
      const single = await registry.getSingleMetricAsString('foo_total')
      await registry.metrics()
      return [(await counter.get()).name, single]
    },
    ['foo_total', '# HELP foo Help.\n# TYPE foo counter\nfoo_total 0'],
  ],
  'buckets are put in order, each once, and the last is +Inf alone': [
    async (client) => {
      const common = within(client)
      const histogram = new client.Histogram({ name: 'h', buckets: [5, 1, Infinity, 5], ...common })
      histogram.observe(0.5)
      histogram.observe(3)
      return (await common.registers[0]?.metrics())?.split('\n').filter((line) => line.startsWith('h_bucket'))
    },
    ['h_bucket{le="1"} 1', 'h_bucket{le="5"} 2', 'h_bucket{le="+Inf"} 2'],
  ],
  'a histogram without labels is still there after a reset': [
    async (client) => {
      const histogram = new client.Histogram({ name: 'h', buckets: [1], ...within(client) })
      histogram.observe(1)
      histogram.reset()
      return (await histogram.get()).values.map(({ value }) => value)
    },
    [0, 0, 0, 0],
  ],
  'what fails to collect keeps its last value, and nothing else is lost': [
    async (client) => {
      const common = within(client)
      const broken = new client.Gauge({
        name: 'broken',
        ...common,
        collect: () => {
          throw new Error('no reading')
        },
      })
      broken.set(3)
      new client.Gauge({ name: 'late', ...common, collect: async () => Promise.reject(new Error('late')) })
      common.registers[0]?.registerMetric(
        anything({ name: 'foreign', get: async () => Promise.reject(new Error('no')) }),
      )
      new client.Gauge({ name: 'sound', ...common }).set(1)
      const page = await common.registers[0]?.metrics()
      const json = await common.registers[0]?.getMetricsAsJSON()
      return [
        page?.match(/^\w+ \d$/gm),
        json?.map(({ name }) => name),
        await outcomeOf(async () => broken.get(), client),
      ]
    },
    [['broken 3', 'late 0', 'sound 1'], ['broken', 'late', 'sound'], { error: 'Error: no reading' }],
  ],
  'children of metrics with exemplars record': [
    async (client) => {
      const registers = [
        Reflect.construct(client.Registry, [client.openMetricsContentType]) as InstanceType<Client['Registry']>,
      ]
      const common = { help: 'Help.', labelNames: ['a'], registers, enableExemplars: true }
      const counter = new client.Counter({ name: 'c', ...common })
      counter.labels('x').inc(5)
      counter.labels('x').inc(anything({ value: 2, exemplarLabels: { traceId: 't' } }))
      const histogram = new client.Histogram({ name: 'h', buckets: [], ...common })
      const end = histogram.labels('x').startTimer()
      histogram.labels('x').observe(anything({ value: 2, exemplarLabels: { traceId: 't' } }))
      attempt(end)
      const counted = (await histogram.get()).values.at(-1)?.value
      return [(await counter.get()).values.map(({ value, labels }) => ({ value, labels })), counted]
    },
    [[{ value: 7, labels: { a: 'x' } }], 2],
  ],
  'a removed series without labels starts anew': [
    async (client) => {
      const gauge = new client.Gauge({ name: 'g', ...within(client) })
      gauge.set(4)
      gauge.remove()
      return (await gauge.get()).values
    },
    [{ value: 0, labels: {} }],
  ],
  'a label that no series may have is refused by zero() too': [
    (client) => {
      const histogram = new client.Histogram({ name: 'h', labelNames: ['a'], ...within(client) })
      return attempt(() => histogram.zero(anything({ b: 'x' })))
    },
    `Error: Added label "b" is not included in initial labelset: [ 'a' ]`,
  ],
  'an empty label of a series is its own, in JSON as on the page': [
    async (client) => {
      const common = within(client)
      new client.Gauge({ name: 'g', labelNames: ['zone'], ...common }).set({ zone: '' }, 1)
      common.registers[0]?.setDefaultLabels({ zone: 'eu' })
      const json = await common.registers[0]?.getMetricsAsJSON()
      return json?.[0]?.values
    },
    [{ value: 1, labels: { zone: '' } }],
  ],
  'foreign metrics need no reset()': [
    (client) => {
      const registry = new client.Registry()
      registry.registerMetric(anything({ name: 'foreign', get: () => ({}) }))
      return attempt(() => registry.resetMetrics())
    },
    undefined,
  ],
}

describe('prom-client is wrong, and ours is not', () => {
  it.each(Object.entries(DIFFERENCES))('%s', async (_, [script, wanted]) => {
    expect(await outcomeOf(script, OURS)).toEqual({ value: wanted })
    expect(await outcomeOf(script, PEER)).not.toEqual({ value: wanted })
  })
})
