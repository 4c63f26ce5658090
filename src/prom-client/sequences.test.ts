import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attempt, type Client, OURS, PEER } from './oracle.conformance.ts'

const LABELS = ['method', 'status', 'route'] as const

type Labels = Partial<Record<(typeof LABELS)[number], string | number>>

/** prom-client takes `,status:` in a value for the next label: such values are in the table of differences. */
const value = fc.oneof(
  fc.constantFrom<string | number>('', 'GET', 'get', '200', 200, 0, '0', 1.5, -1, 'a b', '"', '\\', '\n', 'é', '🎲'),
  fc.string({ maxLength: 4 }).map((text) => text.replaceAll(/[,:]/g, '')),
)
const labels: fc.Arbitrary<Labels> = fc
  .tuple(fc.shuffledSubarray([...LABELS]), fc.array(value, { minLength: 3, maxLength: 3 }))
  .map(([names, values]) => Object.fromEntries(names.map((name, i) => [name, values[i] ?? ''])))
/** Gauges tell of the labels object that was given last, ours of the first: so all have one order, and texts. */
const orderedLabels: fc.Arbitrary<Labels> = labels.map((given) =>
  Object.fromEntries(LABELS.flatMap((name) => (name in given ? [[name, String(given[name])]] : []))),
)
const amount = fc.oneof(
  fc.constantFrom(0, 1, 0.5, 0.005, 3, -1, 1e9, 1e-7, 1e21, Infinity),
  fc.integer({ min: -5, max: 50 }),
  fc.double({ min: -100, max: 1e6, noNaN: true }),
)

const defaults = fc.dictionary(fc.constantFrom('zone', 'pod'), value)

const metrics = (client: Client) => {
  const registry = new client.Registry()
  const common = { help: 'Help.', registers: [registry] }
  const labelNames = [...LABELS]
  return {
    registry,
    counter: new client.Counter({ name: 'counter', labelNames, ...common }),
    gauge: new client.Gauge({ name: 'gauge', labelNames, ...common }),
    histogram: new client.Histogram({ name: 'histogram', labelNames, buckets: [0, 0.005, 1, 3, 40], ...common }),
    bare: new client.Counter({ name: 'bare', ...common }),
    bareGauge: new client.Gauge({ name: 'bare_gauge', ...common }),
  }
}

type Metrics = ReturnType<typeof metrics>
type Step = (metrics: Metrics) => void

/** Makes a step of random arguments, with a text that says what it is. */
function step<T>(name: string, args: fc.Arbitrary<T>, run: (metrics: Metrics, args: T) => unknown): fc.Arbitrary<Step> {
  return args.map((given) =>
    Object.assign((all: Metrics): void => void run(all, given), {
      toString: () => `${name}(${JSON.stringify(given)})`,
    }),
  )
}

const three = fc.tuple(value, value, value).map(([a, b, c]) => [String(a), String(b), String(c)] as const)

const steps = fc.array(
  fc.oneof(
    step('counter.inc', fc.tuple(labels, amount), ({ counter }, [given, by]) => counter.inc(given, by)),
    step('counter.labels.inc', fc.tuple(labels, amount), ({ counter }, [given, by]) => counter.labels(given).inc(by)),
    step('counter.labels listed', fc.tuple(three, amount), ({ counter }, [list, by]) =>
      counter.labels(...list).inc(by),
    ),
    step('counter.remove', labels, ({ counter }, given) => counter.remove(given)),
    step('counter.reset', fc.constant(0), ({ counter }) => counter.reset()),
    step('gauge.set', fc.tuple(orderedLabels, amount), ({ gauge }, [given, to]) => gauge.set(given, to)),
    step('gauge.inc', fc.tuple(orderedLabels, amount), ({ gauge }, [given, by]) => gauge.inc(given, by)),
    step('gauge.dec', fc.tuple(orderedLabels, amount), ({ gauge }, [given, by]) => gauge.labels(given).dec(by)),
    step('gauge.remove', orderedLabels, ({ gauge }, given) => gauge.remove(given)),
    step('observe', fc.tuple(labels, amount), ({ histogram }, [given, seen]) => histogram.observe(given, seen)),
    step('labels.observe', fc.tuple(three, amount), ({ histogram }, [list, seen]) =>
      histogram.labels(...list).observe(seen),
    ),
    step('histogram.zero', orderedLabels, ({ histogram }, given) => {
      histogram.remove(given) // whose labels' order then is the same, made anew or not
      histogram.zero(given)
    }),
    step('histogram.remove', labels, ({ histogram }, given) => histogram.remove(given)),
    step('bare', amount, ({ bare }, by) => bare.inc(by)),
    step('bareGauge', amount, ({ bareGauge }, to) => bareGauge.set(to)),
    step('defaults', defaults, ({ registry }, given) => registry.setDefaultLabels(given)),
    step('resetMetrics', fc.constant(0), ({ registry }) => registry.resetMetrics()),
  ),
  { maxLength: 60 },
)

describe('whatever is done', () => {
  it('comes to the same page, JSON and errors as with prom-client', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const [ours, theirs] = await Promise.all(
          [OURS, PEER].map(async (client) => {
            const all = metrics(client)
            const errors = sequence.map((one) => attempt(() => one(all)))
            const page = await all.registry.metrics()
            return { errors, page, json: JSON.parse(JSON.stringify(await all.registry.getMetricsAsJSON())) as unknown }
          }),
        )
        expect(ours).toEqual(theirs)
      }),
      { numRuns: 300 },
    )
  })
})
