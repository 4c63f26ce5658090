import { describe, expect, it } from 'vitest'
import { decodeFamilies, type Message } from '../exposition/decode.test.support.ts'
import { type NativeOptions, Registry } from '../index.ts'
import { bytesOf, OPENMETRICS, PROTOBUF, textOf } from '../page.test.support.ts'

const HOUR = 3_600_000
const START = 1_700_000_000_000

/** The histograms of the protobuf page's first family. */
async function messages(registry: Registry): Promise<Message[]> {
  const [family] = decodeFamilies(await bytesOf(registry, PROTOBUF))
  const metrics = Array.isArray(family?.['metric']) ? family['metric'] : []
  return metrics.map((metric) => (metric as { histogram: Message }).histogram)
}

class Clock {
  at = START
  readonly now = (): number => this.at
}

describe('a native histogram', () => {
  it('stands on the protobuf page alone, and with its count and sum on the text page', async () => {
    const registry = new Registry({ now: () => START })
    const latency = registry.histogram({ name: 'h', help: 'H', native: { schema: 0, zeroThreshold: 0.001 } })
    for (const value of [0, 0.75, 1, 1.5, 8, -1]) latency.observe(value)
    expect(await messages(registry)).toEqual([
      {
        sample_count: 6,
        sample_sum: 10.25,
        schema: 0,
        zero_threshold: 0.001,
        zero_count: 1,
        negative_span: [{ offset: 0, length: 1 }],
        negative_delta: [1],
        positive_span: [{ offset: 0, length: 4 }],
        positive_delta: [2, -1, -1, 1],
        created_timestamp: { seconds: START / 1000, nanos: 0 },
      },
    ])
    expect(await textOf(registry)).toBe(
      '# HELP h H\n# TYPE h histogram\nh_bucket{le="+Inf"} 6\nh_sum 10.25\nh_count 6\n',
    )
  })

  it('stands with the classic buckets in one message, when it has both', async () => {
    const registry = new Registry({ now: () => START })
    const latency = registry.histogram({ name: 'h', help: '', labelNames: ['r'], buckets: [1], native: {} })
    latency.labels({ r: 'a' }).observe(0.5)
    latency.observe({ r: 'a' }, 2)
    const [message] = await messages(registry)
    expect(message).toMatchObject({ schema: 3, sample_count: 2, sample_sum: 2.5 })
    expect(message?.['bucket']).toEqual([
      { cumulative_count: 1, upper_bound: 1 },
      { cumulative_count: 2, upper_bound: Infinity },
    ])
    expect(await textOf(registry)).toContain('h_bucket{r="a",le="1"} 1\nh_bucket{r="a",le="+Inf"} 2\n')
  })

  it.each([[undefined], [[1, 4]]])(
    'over its most buckets starts anew as a whole after minResetMs (buckets %j)',
    async (buckets) => {
      const clock = new Clock()
      const registry = new Registry({ now: clock.now })
      const native: NativeOptions = { schema: 0, maxBuckets: 2, minResetMs: HOUR }
      const latency = registry.histogram({
        name: 'h',
        help: '',
        labelNames: ['r'],
        native,
        ...(buckets && { buckets }),
      })
      const child = latency.labels({ r: 'a' })
      child.observe(1)
      child.observe(2, 'trace')
      clock.at += HOUR
      await registry.refresh()
      child.observe(4)
      expect(await messages(registry)).toMatchObject([
        { sample_count: 1, sample_sum: 4, schema: 0, created_timestamp: { seconds: clock.at / 1000, nanos: 0 } },
      ])
      const page = await textOf(registry, OPENMETRICS)
      expect(page).toContain('h_bucket{r="a",le="+Inf"} 1\nh_sum{r="a"} 4\nh_count{r="a"} 1\n')
      expect(page).toContain(`h_created{r="a"} ${clock.at / 1000}\n`)
      expect(page).not.toContain('trace')
    },
  )

  it('that had to halve its resolution gets it back at a collection after minResetMs', async () => {
    const clock = new Clock()
    const registry = new Registry({ now: clock.now })
    const latency = registry.histogram({ name: 'h', help: '', native: { schema: 0, maxBuckets: 2, minResetMs: HOUR } })
    for (const value of [1.5, 3, 6, 12]) latency.observe(value)
    expect(await messages(registry)).toMatchObject([{ schema: -1, sample_count: 4 }])
    clock.at += HOUR
    expect(await messages(registry)).toMatchObject([{ schema: 0, sample_count: 0, sample_sum: 0 }])
    const [family] = await registry.collect()
    expect(family?.kind === 'histogram' && family.series[0]).toMatchObject({
      count: 0,
      native: { createdAt: clock.at },
    })
  })

  it('widens its zero bucket within maxZeroThreshold first', async () => {
    const registry = new Registry({ now: () => START })
    const latency = registry.histogram({
      name: 'h',
      help: '',
      native: { schema: 0, maxBuckets: 2, minResetMs: 0, zeroThreshold: 0, maxZeroThreshold: 1 },
    })
    for (const value of [0.5, 2, 4]) latency.observe(value)
    expect(await messages(registry)).toMatchObject([{ schema: 0, zero_threshold: 0.5, zero_count: 1 }])
  })

  it('is removed, expired, limited and reset as any other metric', async () => {
    const clock = new Clock()
    const registry = new Registry({ now: clock.now })
    const latency = registry.histogram({
      name: 'h',
      help: '',
      labelNames: ['r'],
      native: {},
      maxSeries: 2,
      expireAfterMs: HOUR,
    })
    const gone = latency.labels('gone')
    gone.observe(1)
    latency.labels('b').observe(1)
    latency.labels('c').observe(1)
    expect(latency.remove({ r: 'gone' })).toBe(1)
    gone.observe(1)
    clock.at += 1000
    latency.reset()
    const counts = async (): Promise<unknown[]> => {
      const [family] = await registry.collect()
      if (family?.kind !== 'histogram') throw new Error('no histogram')
      return family.series.map(({ labels, count, native }) => [labels['r'], count, native?.count, native?.createdAt])
    }
    expect(await counts()).toEqual([
      ['b', 0, 0, clock.at],
      ['__overflow__', 0, 0, clock.at],
    ])
    registry.expire(0)
    latency.labels('b').observe(3)
    registry.expire(HOUR)
    expect(await counts()).toEqual([['b', 1, 1, clock.at]])
    latency.clear()
    expect(await counts()).toEqual([])
  })

  it('refuses what is no number, bad options, and a registry without a clock', async () => {
    const registry = new Registry({ now: () => START })
    const latency = registry.histogram({ name: 'h', help: '', native: {}, labelNames: ['r'] })
    for (const value of [NaN, Infinity, -Infinity]) {
      expect(() => latency.observe({ r: 'a' }, value)).toThrow(RangeError)
      expect(() => latency.labels('b').observe(value)).toThrow('h: observe(')
    }
    expect(await textOf(registry)).toBe(
      '# HELP h \n# TYPE h histogram\nh_bucket{r="b",le="+Inf"} 0\nh_sum{r="b"} 0\nh_count{r="b"} 0\n',
    )
    const bad = { name: 'bad', help: '', labelNames: ['r'], native: { schema: 9 } } as const
    expect(() => registry.histogram(bad)).toThrow('bad: schema 9 must be a whole number from -4 to 8')
    expect(() => new Registry().histogram({ name: 'h', help: '', native: {} })).toThrow(
      "h: such a histogram needs the registry's option now",
    )
  })

  it('with other options is another metric, and with the same the same', () => {
    const registry = new Registry({ now: () => START })
    const native = { schema: 4 }
    const latency = registry.histogram({ name: 'h', help: '', native })
    expect(registry.histogram({ name: 'h', help: '', native: { schema: 4 } })).toBe(latency)
    expect(() => registry.histogram({ name: 'h', help: '', native: {} })).toThrow(/already registered/)
    expect(() => registry.histogram({ name: 'h', help: '' })).toThrow(/already registered/)
  })

  it('times what it is asked to time', () => {
    let ms = 0
    const registry = new Registry({ now: () => START, monotonicNow: () => ms })
    const latency = registry.histogram({ name: 'h_ms', help: '', labelNames: ['r'], native: {} })
    const [bound, open] = [latency.labels('a').startTimer(), latency.startTimer()]
    ms = 250
    expect([bound(), open({ r: 'b' })]).toEqual([250, 250])
  })
})
