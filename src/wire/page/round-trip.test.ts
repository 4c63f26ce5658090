import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalFloat, expose, type Family, Registry } from '../../metrics/index.ts'
import { type HistogramValue, LabelSet } from '../../series/index.ts'
import { type PageSample, readPage } from '../index.ts'

const NOW = 1_760_000_000_000
const ACCEPTS = {
  text: 'text/plain;version=0.0.4',
  openmetrics: 'application/openmetrics-text;version=1.0.0',
  protobuf: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
} as const
type Format = keyof typeof ACCEPTS

const labelValue = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.toWellFormed()),
  fc.constantFrom('', '"', '\\', '\n', '\\n', '}', ' ', '🎲', ',a="b"', '\0'),
)
const positive = fc.oneof(
  fc.nat(1000),
  fc.double({ min: 0, max: 1e300, noNaN: true }),
  fc.maxSafeNat().map((n) => n / 1e9),
)
const any = fc.oneof(positive, fc.constantFrom(-0, -1.5, 1e21, NaN, Infinity, -Infinity))

type Step = (registry: ReturnType<typeof instruments>) => void
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(labelValue, positive).map(
    ([a, by]): Step =>
      ({ counter }) =>
        counter.labels({ a, b: 'x' }).inc(by),
  ),
  fc.tuple(labelValue, any).map(
    ([a, to]): Step =>
      ({ gauge }) =>
        gauge.labels({ a }).set(to),
  ),
  fc.tuple(labelValue, any).map(([a, one]): Step => ({ histogram }) => {
    if (Number.isFinite(one)) histogram.labels({ a }).observe(one)
  }),
  fc.tuple(labelValue, any).map(([a, one]): Step => ({ both }) => {
    if (Number.isFinite(one)) both.labels({ a }).observe(one)
  }),
  fc.tuple(labelValue, positive).map(
    ([a, one]): Step =>
      ({ summary }) =>
        summary.labels({ a }).observe(one),
  ),
)

// oxlint-disable-next-line typescript/explicit-function-return-type -- its type is what the registry's methods return
function instruments(registry: Registry) {
  return {
    counter: registry.counter({ name: 'bets_total', help: 'Bets\n"placed\\".', labelNames: ['a', 'b'] }),
    gauge: registry.gauge({ name: 'players', help: 'Now.', labelNames: ['a'] }),
    histogram: registry.histogram({ name: 'took_seconds', help: '', buckets: [0.1, 1, 1e6], labelNames: ['a'] }),
    both: registry.histogram({ name: 'won', help: 'Won.', buckets: [1], native: { schema: 3 }, labelNames: ['a'] }),
    summary: registry.summary({ name: 'bet_size', help: 'Size.', quantiles: [0.5, 1], labelNames: ['a'] }),
  }
}

/** Series to number, or to a native histogram's count and sum. */
type Held = Record<string, string>

function heldBy(families: readonly Family[], format: Format): Held {
  const held: Held = {}
  const put = (name: string, labels: Readonly<Record<string, string>>, value: number | string): void => {
    const shown = typeof value === 'number' ? String(value + 0) : value
    held[String(LabelSet.of({ ...labels, __name__: name }))] = shown
  }
  // The text format has the bounds as numbers are written, and its reader makes of them what OpenMetrics has.
  for (const family of families) {
    const { name } = family
    if (family.kind === 'histogram') {
      for (const { labels, buckets, sum, count, native } of family.series) {
        if (native !== undefined && format === 'protobuf') put(name, labels, `${native.count} ${native.sum + 0}`)
        put(`${name}_sum`, labels, sum)
        put(`${name}_count`, labels, count)
        for (const bucket of buckets) put(`${name}_bucket`, { ...labels, le: canonicalFloat(bucket.le) }, bucket.count)
      }
    } else if (family.kind === 'summary') {
      for (const { labels, quantiles, sum, count } of family.series) {
        put(`${name}_sum`, labels, sum)
        put(`${name}_count`, labels, count)
        for (const { quantile, value } of quantiles) put(name, { ...labels, quantile: canonicalFloat(quantile) }, value)
      }
    } else for (const { labels, value } of family.series) put(name, labels, value)
  }
  return held
}

const shownHistogram = ({ count, sum }: HistogramValue): string => `${count} ${sum + 0}`

async function readBack(registry: Registry, format: Format): Promise<PageSample[]> {
  const { body, contentType } = expose(registry, { accept: ACCEPTS[format] })
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  const options = { classicHistograms: true, createdLines: false }
  return [...readPage(Buffer.concat(pieces), contentType, options)].filter((entry) => entry.kind === 'sample')
}

describe('a page of our own', () => {
  it.each(Object.keys(ACCEPTS) as Format[])('is read back from %s to what the registry holds', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const registry = new Registry({ now: () => NOW })
        const all = instruments(registry)
        for (const each of steps) each(all)
        const samples = await readBack(registry, format)
        const read = Object.fromEntries(
          samples.map(({ labels, value }) => [
            String(labels()),
            typeof value === 'number' ? String(value + 0) : shownHistogram(value),
          ]),
        )
        expect(read).toEqual(heldBy(await registry.collect(), format))
        expect(new Set(samples.map(({ key }) => key)).size).toBe(samples.length)
        const starts = samples.map(({ labels, startTime }) => [String(labels()), startTime] as const)
        const unstarted = starts.filter(([series, start]) => start !== (series.startsWith('players') ? 0 : NOW))
        expect(unstarted).toEqual(format === 'text' ? starts.filter(([series]) => !series.startsWith('players')) : [])
      }),
      { numRuns: 60 },
    )
  })

  it('tells in OpenMetrics when each series began, as in protobuf', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        let now = NOW
        const registry = new Registry({ now: () => (now += 1000) })
        const all = instruments(registry)
        for (const each of steps) each(all)
        const starts = async (format: Format): Promise<unknown> =>
          Object.fromEntries(
            (await readBack(registry, format))
              .filter(({ value }) => typeof value === 'number')
              .map(({ labels, startTime }) => [String(labels()), startTime]),
          )
        expect(await starts('openmetrics')).toEqual(await starts('protobuf'))
      }),
      { numRuns: 60 },
    )
  })

  it('has its exemplars and its native buckets', async () => {
    const registry = new Registry({ now: () => NOW })
    const latency = registry.histogram({ name: 'l', help: 'L.', buckets: [1], native: { schema: 2 } })
    latency.observe(0.5, { labels: { traceId: 'a"b' } })
    latency.observe(0)
    latency.observe(-3)
    const exemplar = (samples: readonly PageSample[]): unknown =>
      samples.flatMap(({ exemplars }) => exemplars.map(({ labels, value, at }) => [labels.toObject(), value, at]))
    const told = [[{ traceId: 'a"b' }, 0.5, NOW]]
    expect(exemplar(await readBack(registry, 'openmetrics'))).toEqual(told)
    const samples = await readBack(registry, 'protobuf')
    expect(exemplar(samples)).toEqual([...told, ...told]) // of the native and of the classic histogram
    expect(samples[0]?.value).toEqual({
      schema: 2,
      count: 3,
      sum: -2.5,
      zeroThreshold: 2 ** -128,
      zeroCount: 1,
      positive: { spans: [{ offset: -4, length: 1 }], counts: [1] },
      negative: { spans: [{ offset: 7, length: 1 }], counts: [1] },
      customBounds: [],
      counterReset: 'unknown',
    })
  })
})
