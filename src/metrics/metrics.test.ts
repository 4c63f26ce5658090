import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { API_BUCKETS_MS, LATENCY_BUCKETS_MS, OVERFLOW, Registry } from './index.ts'
import { textOf } from './page.test.support.ts'
import { parsePage } from './parse-page.test.support.ts'

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '"', '\\', '\n', 'a|b', 'a,b', '}', ' ', '1:a', '🎲', '\ud800', '\udfff', 'x'.repeat(10_000)),
)

describe('counter', () => {
  it('adds up, labelled and not', async () => {
    const registry = new Registry()
    const bets = registry.counter({ name: 'bets_total', help: 'Bets.' })
    const rolls = registry.counter({ name: 'rolls_total', help: 'Rolls.', labelNames: ['table', 'total'] })
    bets.inc()
    bets.inc(2.5)
    const seven = rolls.labels({ table: 'T1', total: 7 })
    seven.inc()
    rolls.inc({ total: '7', table: 'T1' }, 4)
    expect(await textOf(registry)).toBe(
      [
        '# HELP bets_total Bets.',
        '# TYPE bets_total counter',
        'bets_total 3.5',
        '# HELP rolls_total Rolls.',
        '# TYPE rolls_total counter',
        'rolls_total{table="T1",total="7"} 5',
        '',
      ].join('\n'),
    )
  })

  it.each([NaN, -1, Infinity, -Infinity])('refuses inc(%d) and keeps its value', async (by) => {
    const registry = new Registry()
    const bets = registry.counter({ name: 'bets_total', help: '' })
    bets.inc()
    expect(() => bets.inc(by)).toThrow(RangeError)
    expect(parsePage(await textOf(registry))).toEqual([{ name: 'bets_total', labels: {}, value: 1 }])
  })
})

describe('gauge', () => {
  it.each([
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [-0.5, '-0.5'],
    [1e21, '1e+21'],
  ])('writes %d as %s', async (value, text) => {
    const registry = new Registry()
    registry.gauge({ name: 'g', help: '' }).set(value)
    expect(await textOf(registry)).toContain(`\ng ${text}\n`)
  })

  it('goes up and down and refuses steps that are no number', () => {
    const gauge = new Registry().gauge({ name: 'g', help: '' })
    gauge.inc(3)
    gauge.dec()
    expect(() => gauge.inc(NaN)).toThrow(RangeError)
    expect(() => gauge.dec(Infinity)).toThrow(RangeError)
  })
})

describe('histogram', () => {
  it('puts a value on a bound into that bucket, and one above all bounds into +Inf alone (Z G2)', async () => {
    const registry = new Registry()
    const latency = registry.histogram({ name: 'h', help: '', buckets: [50, 100, Infinity] })
    for (const value of [50, 50.1, 100, 5001]) latency.observe(value)
    expect(parsePage(await textOf(registry)).map(({ labels, value }) => [labels['le'], value])).toEqual([
      ['50', 1],
      ['100', 3],
      ['+Inf', 4],
      [undefined, 5201.1],
      [undefined, 4],
    ])
  })

  it.each([
    ['S5', LATENCY_BUCKETS_MS, '1 5 10 50 100 500 1000 +Inf'],
    ['B2', API_BUCKETS_MS, '25 50 100 200 350 500 750 1000 1500 2500 5000 +Inf'],
  ])('has the bounds of %s at hand', async (_, buckets, bounds) => {
    const registry = new Registry()
    registry.histogram({ name: 'latency_ms', help: 'Latency.', buckets })
    expect([...(await textOf(registry)).matchAll(/le="(.*?)"/g)].map(([, bound]) => bound).join(' ')).toBe(bounds)
  })

  it('is cumulative and its count is its last bucket, whatever arrives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), async (values) => {
        const registry = new Registry()
        const histogram = registry.histogram({ name: 'h', help: '', labelNames: ['route'], buckets: [-1, 0, 1e10] })
        for (const value of values) histogram.observe({ route: '/' }, value)
        const [family] = await registry.collect()
        if (family?.kind !== 'histogram') throw new Error('not a histogram')
        for (const { buckets, count } of family.series) {
          expect(count).toBe(values.length)
          for (const { le, count: upTo } of buckets) expect(upTo).toBe(values.filter((value) => value <= le).length)
        }
      }),
      { numRuns: 50 },
    )
  })

  it.each([[[]], [[1, 1]], [[2, 1]], [[NaN]], [[1, Infinity, 2]]])('refuses the buckets %j', (buckets) => {
    expect(() => new Registry().histogram({ name: 'h', help: '', buckets })).toThrow(RangeError)
  })

  it.each([NaN, Infinity])('refuses observe(%d)', (value) => {
    expect(() => new Registry().histogram({ name: 'h', help: '' }).observe(value)).toThrow(RangeError)
  })
})

describe('labels', () => {
  it('read back as they were given, each identity once (G1)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(hostile, hostile), { maxLength: 20 }), async (pairs) => {
        const registry = new Registry()
        const counter = registry.counter({ name: 'c', help: 'h', labelNames: ['a', 'b'] })
        const model = new Map<string, number>()
        for (const [a, b] of pairs) {
          counter.inc({ a, b })
          const key = JSON.stringify([a.toWellFormed(), b.toWellFormed()])
          model.set(key, (model.get(key) ?? 0) + 1)
        }
        const read = parsePage(await textOf(registry)).map(
          ({ labels, value }) => [JSON.stringify([labels['a'], labels['b']]), value] as const,
        )
        expect(read).toEqual([...model])
      }),
      { numRuns: 200 },
    )
  })

  it.each([1, 2, 3, 4, 5, 7])('have room for many series, each found again: %i labels', async (labels) => {
    const registry = new Registry()
    const labelNames = Array.from({ length: labels }, (_, i) => `l${i}`)
    const counter = registry.counter({ name: 'c', help: '', labelNames })
    const valuesOf = (i: number): string[] => labelNames.map((_, label) => String(Math.floor(i / 10 ** label)))
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 9000; i++) counter.labels(...valuesOf(i)).inc()
    }
    const [family] = await registry.collect()
    expect(family?.series).toHaveLength(9000)
    expect(family?.series.every((series) => 'value' in series && series.value === 2)).toBe(true)
  })

  it('are refused with both lists when one is unknown or missing', () => {
    const counter = new Registry().counter({ name: 'rolls_total', help: '', labelNames: ['table', 'outcome'] })
    const want = 'rolls_total: expected a text or number for each of the labels [table, outcome], got '
    // @ts-expect-error a typo in a label's name does not compile
    expect(() => counter.inc({ tabel: 'T1', outcome: 'pass' })).toThrow(`${want}[tabel, outcome]`)
    // @ts-expect-error neither does a missing one
    expect(() => counter.labels({ table: 'T1' })).toThrow(`${want}[table]`)
    // @ts-expect-error nor one too many
    expect(() => counter.labels({ table: 'T1', outcome: 'pass', x: 1 })).toThrow(`${want}[table, outcome, x]`)
  })

  it('beyond the limit share one overflow series, counted; removal makes room (G17)', async () => {
    const registry = new Registry({ maxSeriesPerMetric: 2 })
    const counter = registry.counter({ name: 'c', help: '', labelNames: ['id'] })
    for (let id = 0; id < 10; id++) counter.inc({ id })
    counter.inc({ id: 0 })
    expect(parsePage(await textOf(registry)).map(({ labels, value }) => [labels['id'], value])).toEqual([
      ['0', 2],
      ['1', 1],
      [OVERFLOW, 8],
    ])
    expect(registry.stats.overflowed).toBe(8)
    expect(counter.remove({ id: 1 })).toBe(1)
    counter.inc({ id: 'new' })
    expect(parsePage(await textOf(registry)).map(({ labels }) => labels['id'])).toEqual(['0', OVERFLOW, 'new'])
  })

  it('are found again among thousands of series, however many labels there are', async () => {
    const registry = new Registry()
    const labelNames = ['a', 'b', 'c'] as const
    const counter = registry.counter({ name: 'many_total', help: 'Many.', labelNames })
    for (let i = 0; i < 10_000; i++) counter.inc({ a: i, b: 'x', c: 'y' })
    counter.inc({ a: 9999, b: 'x', c: 'y' })
    const [family] = await registry.collect()
    expect(family?.series.length).toBe(10_000)
  })

  it('constant ones stand on every series, and no metric may use their names (O16)', async () => {
    const registry = new Registry({ constantLabels: { pod: 'craps-1' } })
    registry.counter({ name: 'c', help: '' })
    registry.histogram({ name: 'h', help: '', buckets: [1] }).observe(1)
    for (const { labels } of parsePage(await textOf(registry))) expect(labels['pod']).toBe('craps-1')
    expect(() => registry.gauge({ name: 'g', help: '', labelNames: ['pod'] })).toThrow(/already taken/)
  })
})

describe('registry', () => {
  it('answers the same definition with the same instrument, and refuses another by name', () => {
    const registry = new Registry()
    const first = registry.counter({ name: 'c', help: 'h', labelNames: ['a'] })
    expect(registry.counter({ name: 'c', help: 'h', labelNames: ['a'] })).toBe(first)
    expect(() => registry.gauge({ name: 'c', help: 'h', labelNames: ['a'] })).toThrow(/metric c is already registered/)
    expect(() => registry.counter({ name: 'c', help: 'h', labelNames: ['b'] })).toThrow(RangeError)
  })

  it.each(['', '1a', 'a-b', 'ä', 'a b'])('refuses the metric name %j', (name) => {
    expect(() => new Registry().counter({ name, help: '' })).toThrow(RangeError)
  })

  it.each(['', '1a', 'a-b', '__name__', 'le'])('refuses the label name %j on a histogram', (label) => {
    expect(() => new Registry().histogram({ name: 'h', help: '', labelNames: [label] })).toThrow(RangeError)
  })

  it('refuses a name whose lines would mix with a histogram, whichever came first', () => {
    const registry = new Registry()
    registry.histogram({ name: 'h', help: '' })
    registry.counter({ name: 'x_sum', help: '' })
    expect(() => registry.counter({ name: 'h_count', help: '' })).toThrow(RangeError)
    expect(() => registry.histogram({ name: 'x', help: '' })).toThrow(RangeError)
  })

  it('two that ask at once share a collect callback’s call', async () => {
    const registry = new Registry()
    let calls = 0
    registry.gauge({
      name: 'slow',
      help: '',
      collect: async (gauge) => {
        await new Promise((resolve) => setImmediate(resolve))
        gauge.set(++calls)
      },
    })
    const pages = await Promise.all([registry.collect(), registry.collect()])
    for (const [family] of pages) expect(family?.series).toEqual([{ labels: {}, value: 1 }])
    await registry.collect()
    expect([calls, registry.stats.collectFailures]).toEqual([2, 0])
  })

  it('a collect callback that throws, rejects or hangs fails alone and is counted', async () => {
    const registry = new Registry({ collectTimeoutMs: 5 })
    let hangs = 0
    registry.gauge({ name: 'fine', help: '', collect: (gauge) => gauge.set(7) })
    registry.gauge({
      name: 'throws',
      help: '',
      collect: () => {
        throw new Error('no reading')
      },
    })
    registry.gauge({ name: 'rejects', help: '', collect: async () => Promise.reject(new Error('no reading')) })
    registry.gauge({
      name: 'hangs',
      help: '',
      collect: async () => {
        hangs++
        return new Promise<void>(() => undefined)
      },
    })
    await registry.collect()
    expect(await textOf(registry)).toContain('\nfine 7\n')
    expect(registry.stats.collectFailures).toBe(6)
    expect(hangs).toBe(1)
  })

  it('omits a family without series and escapes help', async () => {
    const registry = new Registry()
    registry.counter({ name: 'empty', help: '', labelNames: ['a'] })
    registry.counter({ name: 'c', help: 'a\\b\n"c"' })
    expect(await textOf(registry)).toBe('# HELP c a\\\\b\\n"c"\n# TYPE c counter\nc 0\n')
    expect(registry.remove('c')).toBe(true)
    expect(registry.remove('c')).toBe(false)
    expect(await textOf(registry)).toBe('')
  })
})

it('label values and exemplars are shown as `redact` says; a series is found by what it was told', async () => {
  const asked: string[] = []
  const redact = (text: string): string => {
    asked.push(text)
    return text.replace(/hunter\d/, '***')
  }
  const registry = new Registry({ redact, constantLabels: { by: 'hunter0' } })
  const counter = registry.counter({ name: 'told_total', help: 'Told.', labelNames: ['note'] })
  counter.inc({ note: 'plain' })
  counter.inc({ note: 'hunter1' }, 1, { labels: { note: 'hunter2' } })
  counter.inc({ note: 'hunter3' })
  for (let i = 0; i < 10; i++) counter.inc({ note: 'plain' })
  expect(asked.filter((text) => text === 'plain')).toHaveLength(1)
  const [family] = await registry.collect()
  expect(family?.series.map(({ labels }) => labels)).toEqual([
    { by: '***', note: 'plain' },
    { by: '***', note: '***' },
  ])
  expect(JSON.stringify(family)).not.toContain('hunter')
  expect(counter.remove({ note: 'hunter1' })).toBe(1)
})
