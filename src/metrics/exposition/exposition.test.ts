import fc from 'fast-check'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeFamilies, type Message } from './decode.test.support.ts'
import { expose, type ExposeOptions } from './expose.ts'
import { type Definition, type MemoryMetric, MemoryRegistry } from './memory-registry.test.support.ts'
import { naivePage } from './naive-page.test.support.ts'
import { negotiate } from './negotiate.ts'
import { page } from './page.ts'
import { PageCache } from './page-cache.ts'

const OPENMETRICS = 'application/openmetrics-text;version=1.0.0'
const PROTOBUF = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

const textOf = async (registry: MemoryRegistry, options: ExposeOptions = {}): Promise<string> =>
  (await bytesOf(expose(registry, options).body)).toString()

const hostile = fc
  .oneof(
    { weight: 8, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    { weight: 4, arbitrary: fc.constantFrom('', '"', '\\', '\n', '\\n', '}', ' ', '🎲', 'ä'.repeat(300), 'é\n"\\') },
    { weight: 1, arbitrary: fc.constant('x'.repeat(10_000)) },
  )
  .map((text) => text.toWellFormed())

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.nat(3),
  fc.nat(1_000_000).map((n) => n / 1000),
  fc.maxSafeNat().map((n) => n / 1e9),
  fc.constantFrom(-0, 1e21, 1e-7, 0.1 + 0.2, 2 ** 53, NaN, Infinity, -Infinity, 99_999_999, 1e8, 123_456_789_012),
)
const time = fc.constantFrom(NaN, 0, 1_700_000_000_123, 1_700_000_000_000)
const exemplar = fc.record({
  labels: fc.dictionary(fc.constantFrom('trace_id', 'b'), hostile),
  value: number,
  at: time,
})

const definitions: readonly Definition[] = [
  { kind: 'counter', name: 'bets_total', help: 'Bets "so far".\n\\', labelNames: ['table', 'outcome'] },
  { kind: 'counter', name: 'rolled', help: '', labelNames: ['table'] },
  { kind: 'counter', name: 'plain_bytes_total', help: 'Bytes.', unit: 'bytes' },
  { kind: 'gauge', name: 'level_ratio', help: 'Level.', unit: 'ratio', labelNames: ['a'] },
  {
    kind: 'histogram',
    name: 'lat_seconds',
    help: 'L',
    unit: 'seconds',
    labelNames: ['r', 's'],
    bounds: [0.25, 1, 100],
  },
  { kind: 'histogram', name: 'bare', help: '', bounds: [] },
  { kind: 'summary', name: 'sum', help: '', labelNames: ['x'], quantiles: [0.5, 0.99, 1] },
  { kind: 'info', name: 'build_info', help: '', labelNames: ['version'] },
  { kind: 'stateset', name: 'state', help: '', labelNames: ['t'], states: ['on', 'off "x"'] },
]

type Step =
  | {
      readonly do: 'add'
      readonly metric: number
      readonly labels: readonly (string | undefined)[]
      readonly at: number
    }
  | { readonly do: 'remove' | 'zero'; readonly metric: number; readonly pick: number }
  | { readonly do: 'set'; readonly metric: number; readonly pick: number; readonly numbers: readonly number[] }
  | {
      readonly do: 'mark'
      readonly metric: number
      readonly pick: number
      readonly exemplar: { labels: Record<string, string>; value: number; at: number }
    }

const metricIndex = fc.nat(definitions.length - 1)
const pick = fc.nat(50)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    metric: metricIndex,
    labels: fc.array(fc.option(hostile, { nil: undefined }), { minLength: 2, maxLength: 2 }),
    at: time,
  }),
  fc.record({ do: fc.constantFrom('remove' as const, 'zero' as const), metric: metricIndex, pick }),
  fc.record({
    do: fc.constant('set' as const),
    metric: metricIndex,
    pick,
    numbers: fc.array(number, { minLength: 6, maxLength: 6 }),
  }),
  fc.record({ do: fc.constant('mark' as const), metric: metricIndex, pick, exemplar }),
)

/** Does a step; counts of histograms and summaries stay whole. */
function take(registry: MemoryRegistry, one: Step): void {
  const metric = registry.held[one.metric]
  if (metric === undefined) return
  if (one.do === 'add') {
    const labels = one.labels.slice(0, metric.labelNames.length)
    if (metric.labelNames.length > 0 || metric.series.every((series) => series === undefined))
      metric.add(labels, one.at)
    return
  }
  const slot = one.pick % Math.max(1, metric.slots)
  const series = metric.series[slot]
  if (series === undefined) return
  if (one.do === 'remove') metric.remove(slot)
  if (one.do === 'zero') metric.set(slot, metric.numbers(slot).fill(0))
  if (one.do === 'mark') series.exemplars.set(one.pick % (metric.bounds.length + 1), one.exemplar)
  if (one.do === 'set') {
    const whole = (i: number): boolean =>
      metric.kind === 'histogram' ? i <= metric.bounds.length : metric.kind === 'summary' && i === 0
    const numbers = one.numbers.slice(0, metric.width)
    metric.set(
      slot,
      numbers.map((value, i) => (whole(i) ? Math.abs(Math.trunc(value || 0)) % 2 ** 40 || 0 : value)),
    )
  }
}

const history = fc.array(fc.array(step, { maxLength: 25 }), { minLength: 1, maxLength: 6 })

function registryOf(constantLabels = {}): MemoryRegistry {
  const registry = new MemoryRegistry(constantLabels)
  for (const definition of definitions) registry.add(definition)
  return registry
}

describe.each([
  ['text 0.0.4', undefined, false],
  ['text 1.0.0', 'text/plain;version=1.0.0;escaping=allow-utf-8', false],
  ['OpenMetrics', OPENMETRICS, true],
] as const)('%s', (_, accept, open) => {
  it.each([[{}], [{ pod: 'p"1' }]])(
    'is what a plain renderer writes, page after page, with constant labels %j',
    async (constant) => {
      await fc.assert(
        fc.asyncProperty(history, async (pages) => {
          const registry = registryOf(constant)
          for (const steps of pages) {
            for (const one of steps) take(registry, one)
            expect(await textOf(registry, { accept })).toBe(naivePage(registry, open))
          }
        }),
        { numRuns: 60 },
      )
    },
  )

  it('is the same when nothing of it may be kept', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (pages) => {
        const registry = registryOf()
        const cache = new PageCache({}, 2000)
        for (const steps of pages) {
          for (const one of steps) take(registry, one)
          const text = (await bytesOf(page(registry, negotiate(accept), cache))).toString()
          expect(text).toBe(naivePage(registry, open))
          expect(cache.ledger.held).toBeLessThanOrEqual(2000)
        }
      }),
      { numRuns: 30 },
    )
  })
})

const pairs = (labels: Readonly<Record<string, string>>): Message[] =>
  Object.entries(labels).map(([name, value]) => ({ name, value }))

const timestamp = (at: number): Message => {
  const seconds = Math.floor(at / 1000)
  return { seconds, nanos: (at - seconds * 1000) * 1e6 }
}

/** What a family's message must say, by its metric's own figures. */
function wanted(metric: MemoryMetric): Message {
  const type = { counter: 0, gauge: 1, info: 1, stateset: 1, summary: 2, histogram: 4 }[metric.kind]
  const order = [...metric.series.keys()]
    .filter((slot) => metric.series[slot] !== undefined)
    .sort((a, b) => metric.epoch(a) - metric.epoch(b))
  const messages = order.flatMap((slot): Message[] => {
    const numbers = metric.numbers(slot).map((value) => value + 0)
    const { labels = [], createdAt = NaN } = metric.series[slot] ?? {}
    const label = metric.labelNames.flatMap((name, i) => {
      const value = labels[i]
      return value === undefined ? [] : [{ name, value }]
    })
    const created = Number.isNaN(createdAt) ? {} : { created_timestamp: timestamp(createdAt) }
    const marked = (bucket: number): Message => {
      const found = metric.exemplar(slot, bucket)
      if (found === undefined) return {}
      const marks = pairs(found.labels)
      const at = Number.isNaN(found.at) ? {} : { timestamp: timestamp(found.at) }
      return { exemplar: { ...(marks.length === 0 ? {} : { label: marks }), value: found.value + 0, ...at } }
    }
    const own = (kind: string, value: Message, more: Message[] = []): Message => {
      const all = [...label, ...more]
      return { ...(all.length === 0 ? {} : { label: all }), [kind]: value }
    }
    const value = numbers[0] ?? 0
    switch (metric.kind) {
      case 'counter':
        return [own('counter', { value, ...marked(0), ...created })]
      case 'gauge':
      case 'info':
        return [own('gauge', { value })]
      case 'stateset':
        return metric.states.map((state, i) =>
          own('gauge', { value: numbers[i] ?? 0 }, [{ name: 'state', value: state }]),
        )
      case 'summary': {
        const quantile = metric.quantiles.map((q, i) => ({ quantile: q, value: numbers[2 + i] ?? 0 }))
        return [own('summary', { sample_count: value, sample_sum: numbers[1] ?? 0, quantile, ...created })]
      }
      case 'histogram': {
        let upTo = 0
        const bucket = [...metric.bounds, Infinity].map((upper_bound, i) => ({
          cumulative_count: (upTo += numbers[i] ?? 0),
          upper_bound,
          ...marked(i),
        }))
        return [own('histogram', { sample_count: upTo, sample_sum: numbers.at(-1) ?? 0, bucket, ...created })]
      }
    }
  })
  const { name, help, unit } = metric
  return { name, help, type, ...(unit === '' ? {} : { unit }), metric: messages }
}

describe('protobuf', () => {
  it('decodes to what the metrics hold, page after page', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (pages) => {
        const registry = registryOf()
        for (const steps of pages) {
          for (const one of steps) take(registry, one)
          const families = decodeFamilies(await bytesOf(expose(registry, { accept: PROTOBUF }).body))
          const populated = registry.held.filter(({ series }) => series.some((one) => one !== undefined))
          expect(families).toEqual(populated.map(wanted))
        }
      }),
      { numRuns: 60 },
    )
  })

  const positive = { spans: [{ offset: -2, length: 2 }, { offset: 3, length: 1 }], deltas: [1, 2, -1] } // prettier-ignore
  const native = {
    schema: 3,
    zeroThreshold: 1e-9,
    zeroCount: 1,
    count: 7,
    sum: 2.5,
    createdAt: -1500,
    positive,
    negative: { spans: [], deltas: [] },
  }
  const nativeFields = {
    sample_count: 7,
    sample_sum: 2.5,
    schema: 3,
    zero_threshold: 1e-9,
    zero_count: 1,
    positive_span: positive.spans,
    positive_delta: positive.deltas,
    created_timestamp: { seconds: -2, nanos: 5e8 },
  }

  it.each([
    ['alone', [], [7, 9], native, nativeFields],
    [
      'with classic buckets, and exemplars in both places',
      [1],
      [4, 3, 9],
      native,
      {
        ...nativeFields,
        bucket: [
          {
            cumulative_count: 4,
            upper_bound: 1,
            exemplar: { value: 0.5, timestamp: { seconds: 1, nanos: 0 }, label: [{ name: 'trace_id', value: 'a' }] },
          },
          { cumulative_count: 7, upper_bound: Infinity },
        ],
        exemplars: [{ value: 0.5, timestamp: { seconds: 1, nanos: 0 }, label: [{ name: 'trace_id', value: 'a' }] }],
      },
    ],
    [
      'without classic buckets that disagree',
      [1],
      [4, 4, 9],
      native,
      { ...nativeFields, exemplars: expect.anything() },
    ],
    [
      'of fractions',
      [],
      [7.5, 9],
      { ...native, count: 7.5 },
      {
        ...nativeFields,
        sample_count: undefined,
        zero_count: undefined,
        positive_delta: undefined,
        sample_count_float: 7.5,
        zero_count_float: 1,
        positive_count: [1, 3, 2],
      },
    ],
  ] as const)('a native histogram %s', async (_, bounds, numbers, snapshot, fields) => {
    const registry = new MemoryRegistry()
    const metric = registry.add({ kind: 'histogram', name: 'h', help: '', bounds })
    const slot = metric.add()
    metric.set(slot, numbers)
    const series = metric.series[slot]
    if (series === undefined) throw new Error('no series')
    series.native = snapshot
    if (bounds.length > 0) series.exemplars.set(0, { labels: { trace_id: 'a' }, value: 0.5, at: 1000 })
    const [family] = decodeFamilies(await bytesOf(expose(registry, { accept: PROTOBUF }).body))
    expect(family?.['metric']).toEqual([{ histogram: fields }])
  })
})

function many(series: number, ending = ''): { registry: MemoryRegistry; metric: MemoryMetric } {
  const registry = new MemoryRegistry()
  const metric = registry.add({ kind: 'counter', name: 'c_total', help: '', labelNames: ['id'] })
  for (let i = 0; i < series; i++) metric.add([`${i}${ending}`])
  return { registry, metric }
}

const sampleLines = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

describe('a page in the making', () => {
  it('lets other work pass, and knows nothing of series that come meanwhile, nor of ones that go', async () => {
    const { registry, metric } = many(20_000)
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    const immediate = (): void => {
      turns++
      if (turns < 1000) setImmediate(immediate)
    }
    setImmediate(immediate)
    const pieces: Uint8Array[] = []
    for await (const piece of expose(registry).body) {
      if (pieces.length === 3) {
        // '0' has been told; it moves to a slot that is still to come, another takes its place, and a late one goes.
        metric.remove(0)
        metric.remove(19_000)
        metric.remove(19_500)
        metric.add(['new'])
        metric.add(['0'])
      }
      pieces.push(piece)
    }
    clearInterval(timer)
    const lines = sampleLines(Buffer.concat(pieces).toString())
    const expected = Array.from({ length: 20_000 }, (_, i) => `c_total{id="${i}"} 0`)
    expect(lines).toEqual(expected.filter((_, i) => i !== 19_000 && i !== 19_500))
    expect(turns).toBeGreaterThan(10)
    const after = sampleLines(await textOf(registry))
    expect(after.toSorted()).toEqual(
      [...expected.filter((_, i) => i !== 19_000 && i !== 19_500), 'c_total{id="new"} 0'].toSorted(),
    )
  })

  it('is not disturbed by others that go on at the same time, in the same format or another', async () => {
    const { registry, metric } = many(5000)
    const want = naivePage(registry, false)
    const change = async (): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
        metric.remove((i * 97) % metric.slots)
        metric.add([`late-${i}`])
      }
    }
    const [first, second, open] = await Promise.all([
      textOf(registry),
      textOf(registry),
      textOf(registry, { accept: OPENMETRICS }),
      change(),
    ])
    const known = new Set(sampleLines(want))
    for (const text of [first, second, open]) {
      const lines = sampleLines(text)
      expect(new Set(lines).size).toBe(lines.length)
      expect(lines.every((line) => known.has(line) || line.includes('late-'))).toBe(true)
      expect(lines.length).toBeGreaterThan(4900)
    }
    expect(await textOf(registry)).toBe(naivePage(registry, false))
  })

  it('keeps what it has handed out, whatever later pages say, and does without what was taken away', async () => {
    const { registry, metric } = many(2000)
    const pieces: Uint8Array[] = []
    for await (const piece of expose(registry).body) pieces.push(piece)
    const before = Buffer.concat(pieces).toString()
    metric.set(7, [123])
    expect(await textOf(registry)).toContain('c_total{id="7"} 123\n')
    expect(Buffer.concat(pieces).toString()).toBe(before)
    for await (const piece of expose(registry).body) {
      if (piece.buffer instanceof ArrayBuffer) structuredClone(piece, { transfer: [piece.buffer] })
    }
    expect(await textOf(registry)).toBe(naivePage(registry, false))
  })

  it('that is transient is the same to a reader who copies each piece, beside others under way and ones that were kept', async () => {
    const { registry, metric } = many(1500, '-long-enough-for-pieces-that-are-no-copies')
    const kept: { readonly pieces: Uint8Array[]; readonly text: string }[] = []
    for (let round = 1; round <= 4; round++) {
      for (let slot = round; slot < 1500; slot += round) metric.set(slot, [10 ** (3 * round) + slot])
      const text = naivePage(registry, false)
      const [first, second] = [expose(registry, { transient: true }).body, expose(registry, { transient: true }).body]
      const copies: Uint8Array[] = []
      const late = second[Symbol.asyncIterator]()
      for await (const piece of first) {
        const other = await late.next()
        expect(other.done).toBe(false)
        // A third page must not write over a piece that is still being looked at.
        const before = [0, 600, 1200].map((slot) => metric.numbers(slot))
        for (const slot of [0, 600, 1200]) metric.set(slot, [777])
        for await (const _ of expose(registry, { transient: true }).body);
        for (const [i, slot] of [0, 600, 1200].entries()) metric.set(slot, before[i] ?? [])
        copies.push(piece.slice())
      }
      expect(Buffer.concat(copies).toString()).toBe(text)
      const pieces: Uint8Array[] = []
      for await (const piece of expose(registry).body) pieces.push(piece)
      kept.push({ pieces, text })
    }
    for (const { pieces, text } of kept) expect(Buffer.concat(pieces).toString()).toBe(text)
  })

  it('ends when its reader leaves, packed or not', async () => {
    const { registry } = many(50_000)
    for (const acceptEncoding of [undefined, 'gzip']) {
      let seen = 0
      for await (const piece of expose(registry, { acceptEncoding }).body) {
        seen += piece.length
        break
      }
      expect(seen).toBeGreaterThan(0)
    }
    expect(sampleLines(await textOf(registry))).toHaveLength(50_000)
  })

  it('is packed when that is asked for', async () => {
    const { registry } = many(3000)
    const { contentEncoding, body } = expose(registry, { acceptEncoding: 'gzip, deflate' })
    expect(contentEncoding).toBe('gzip')
    expect(gunzipSync(await bytesOf(body)).toString()).toBe(naivePage(registry, false))
  })

  it('is kept within a ceiling of bytes, and not for formats and metrics that are gone', async () => {
    const { registry, metric } = many(3000)
    const cache = new PageCache({})
    const text = negotiate(undefined)
    await bytesOf(page(registry, text, cache))
    const { held } = cache.ledger
    expect(held).toBeGreaterThan(3000 * 20)
    await bytesOf(page(registry, negotiate(PROTOBUF), cache))
    expect(cache.ledger.held).toBeGreaterThan(held)
    for (let i = 0; i < 25; i++) await bytesOf(page(registry, text, cache))
    expect(cache.ledger.held).toBe(held)
    for (let slot = 0; slot < 1500; slot++) metric.remove(slot)
    await bytesOf(page(registry, text, cache))
    expect(cache.ledger.held).toBeLessThan(held * 0.6)
    registry.held.pop()
    await bytesOf(page(registry, text, cache))
    expect(cache.ledger.held).toBe(0)
  })
})

it('names beyond letters, digits, _ and : are quoted where the reader can, else spelt with _', async () => {
  const registry = new MemoryRegistry()
  const metric = registry.add({ kind: 'gauge', name: 'wärme.grad', help: 'x', labelNames: ['ort.de'] })
  metric.add(['Köln'])
  metric.add([undefined])
  expect(await textOf(registry)).toBe(
    '# HELP w_rme_grad x\n# TYPE w_rme_grad gauge\nw_rme_grad{ort_de="Köln"} 0\nw_rme_grad 0\n',
  )
  expect(await textOf(registry, { accept: 'text/plain;version=1.0.0;escaping=allow-utf-8' })).toBe(
    '# HELP "wärme.grad" x\n# TYPE "wärme.grad" gauge\n{"wärme.grad","ort.de"="Köln"} 0\n{"wärme.grad"} 0\n',
  )
})
