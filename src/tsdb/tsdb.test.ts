import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HistogramValue, LabelSet, Matcher, setStale } from '../series/index.ts'
import { openTsdb, type Tsdb } from './index.ts'
import { nodePage } from '../../test/support/node-page.ts'
import { readAll as read, T0 } from '../../test/support/read-all.ts'

const EVER = [-Infinity, Infinity] as const

function ref(db: Tsdb, labels: Record<string, string>): number {
  const found = db.series(LabelSet.of(labels))
  if (found === undefined) throw new Error('no room')
  return found
}

function refs(db: Tsdb, ...names: string[]): Uint32Array {
  return Uint32Array.from(names, (name) => ref(db, { __name__: name }))
}

function histogram(count: number, change: Partial<HistogramValue> = {}): HistogramValue {
  return {
    schema: 0,
    count,
    sum: count * 1.5,
    zeroThreshold: 1e-128,
    zeroCount: 0,
    positive: { spans: [{ offset: 1, length: 2 }], counts: [count - 1, 1] },
    negative: { spans: [], counts: [] },
    customBounds: [],
    counterReset: 'unknown',
    ...change,
  }
}

describe('scrapes', () => {
  it('are rows: what goes in comes out', async () => {
    const db = await openTsdb()
    const group = db.scrapeGroup()
    const ab = refs(db, 'a', 'b')
    expect(group.append(T0, ab, Float64Array.of(1, 10))).toEqual({ appended: 2, refused: {} })
    group.append(T0 + 15, ab, Float64Array.of(2, -0))
    expect(await read(db)).toEqual({ a: '0=1 15=2', b: '0=10 15=0' })
    expect(await read(db, [], T0 + 1, T0 + 20)).toEqual({ a: '15=2', b: '15=0' })
    expect(await read(db, [], T0, T0)).toEqual({ a: '0=1', b: '0=10' })
    expect(await read(db, [], T0 + 16, Infinity)).toEqual({})
  })

  it('copy what they are given', async () => {
    const db = await openTsdb()
    const group = db.scrapeGroup()
    const names = refs(db, 'a', 'b')
    const values = Float64Array.of(1, 2)
    group.append(T0, names, values)
    values.fill(9)
    names.reverse()
    group.append(T0 + 1, names, values)
    expect(await read(db)).toEqual({ a: '0=1 1=9', b: '0=2 1=9' })
  })

  it('end a series that they lack, and begin it again', async () => {
    const db = await openTsdb()
    const group = db.scrapeGroup()
    group.append(T0, refs(db, 'a', 'b'), Float64Array.of(1, 2))
    group.append(T0 + 1, refs(db, 'b', 'c'), Float64Array.of(3, 4))
    group.append(T0 + 2, refs(db, 'b', 'c'), Float64Array.of(5, 6))
    group.append(T0 + 3, refs(db, 'a', 'b', 'c'), Float64Array.of(7, 8, 9))
    expect(await read(db)).toEqual({ a: '0=1 1=stale 3=7', b: '0=2 1=3 2=5 3=8', c: '1=4 2=6 3=9' })
    group.end(T0 + 4)
    group.end(T0 + 5)
    expect(await read(db, [], T0 + 4)).toEqual({ a: '4=stale', b: '4=stale', c: '4=stale' })
  })

  it('give series that share all times the same array of times', async () => {
    const db = await openTsdb()
    const group = db.scrapeGroup()
    for (let i = 0; i < 300; i++) group.append(T0 + i * 15_000, refs(db, 'a', 'b'), Float64Array.of(i, -i))
    const [a, b] = (await db.select([], ...EVER)).map(({ columns }) => columns())
    expect(a?.times).toHaveLength(300)
    expect(b?.times).toBe(a?.times)
    expect(b?.values).not.toBe(a?.values)
  })

  it('refuse what they must, and count it', async () => {
    const db = await openTsdb()
    const group = db.scrapeGroup()
    const [a = 0, b = 0] = refs(db, 'a', 'b')
    group.append(T0, Uint32Array.of(a, b), Float64Array.of(1, 2))
    const again = group.append(T0, Uint32Array.of(a, b), Float64Array.of(1, 3))
    expect(again).toEqual({ appended: 0, refused: { duplicate: 2 } })
    expect(group.append(T0 - 5, Uint32Array.of(a), Float64Array.of(1)).refused).toEqual({ 'out-of-order': 1 })
    const strange = group.append(T0 + 5, Uint32Array.of(a, 77, b, b), Float64Array.of(1, 2, 3, 4))
    expect(strange).toEqual({ appended: 2, refused: { 'unknown-series': 1, duplicate: 1 } })
    for (const at of [Number.NaN, 0.5, Infinity, 9e15]) {
      expect(group.append(at, Uint32Array.of(a), Float64Array.of(1)).refused).toEqual({ 'bad-time': 1 })
    }
    expect(db.stats).toMatchObject({
      appended: 4,
      refused: { duplicate: 3, 'out-of-order': 1, 'unknown-series': 1, 'bad-time': 4 },
    })
    expect(() => group.append(T0, Uint32Array.of(a), Float64Array.of())).toThrow(RangeError)
    expect(() => group.append(T0, Uint32Array.of(a), Float64Array.of(1), Float64Array.of())).toThrow('equally long')
  })
})

describe('start times', () => {
  it('come back beside the values', async () => {
    const db = await openTsdb()
    const group = db.scrapeGroup()
    const ab = refs(db, 'a', 'b')
    for (let i = 0; i < 130; i++) {
      const began = i < 100 ? T0 - 500 : T0 + 99
      group.append(T0 + i, ab, Float64Array.of(i, i), i === 50 ? undefined : Float64Array.of(began, 0))
    }
    db.append(LabelSet.of({ __name__: 'c' }), T0, 1, T0 - 7)
    const [a, b, c] = (await db.select([], ...EVER)).map(({ columns }) => columns())
    expect([0, 50, 99, 100, 129].map((i) => a?.startTimes?.[i])).toEqual([T0 - 500, 0, T0 - 500, T0 + 99, T0 + 99])
    expect(b?.startTimes).toBeUndefined()
    expect(c?.startTimes).toEqual(Float64Array.of(T0 - 7))
  })
})

describe('single samples', () => {
  it.each([
    ['newer', 5, 2, {}, '0=1 5=2'],
    ['a repetition', 0, 1, {}, '0=1'],
    ['another value at the same time', 0, 2, { duplicate: 1 }, '0=1'],
    ['late, within the window', -50, 2, {}, '-50=2 0=1'],
    ['too late', -51, 2, { 'out-of-order': 1 }, '0=1'],
  ])('%s', async (_, offset, value, refused, want) => {
    const db = await openTsdb({ outOfOrderMs: 50 })
    const labels = LabelSet.of({ __name__: 'a' })
    db.append(labels, T0, 1)
    expect(db.append(labels, T0 + offset, value).refused).toEqual(refused)
    expect(await read(db)).toEqual({ a: want })
  })

  it('come late in any order, also to a scraped series', async () => {
    const db = await openTsdb({ outOfOrderMs: 1000 })
    const group = db.scrapeGroup()
    const [a = 0] = refs(db, 'a')
    const batch = db.batch()
    group.append(T0 + 900, Uint32Array.of(a), Float64Array.of(900))
    for (let i = 0; i < 400; i++) batch.add(a, T0 + ((i * 7) % 400), (i * 7) % 400)
    expect(batch.commit()).toEqual({ appended: 400, refused: {} })
    // Its chunk is closed: nobody looks, and the first to come counts.
    expect(batch.add(a, T0 + 100, 0).commit().appended).toBe(1)
    group.append(T0 + 901, Uint32Array.of(a), Float64Array.of(901))
    const want = [...Array.from({ length: 400 }, (_, i) => `${i}=${i}`), '900=900', '901=901']
    expect(await read(db)).toEqual({ a: want.join(' ') })
  })

  it('may be stale, from a column or by name', async () => {
    const db = await openTsdb()
    const [a = 0] = refs(db, 'a')
    const values = Float64Array.of(1, 2, Number.NaN)
    setStale(values, 1)
    const batch = db.batch()
    values.forEach((_, i) => batch.addFrom(a, T0 + i, values, i))
    batch.addStale(a, T0 + 3).commit()
    expect(await read(db)).toEqual({ a: '0=1 1=stale 2=NaN 3=stale' })
  })

  it('may alternate with scrapes and histograms', async () => {
    const db = await openTsdb()
    const group = db.scrapeGroup()
    const ab = refs(db, 'a', 'b')
    const [a = 0] = ab
    group.append(T0, ab, Float64Array.of(1, 2))
    db.batch()
      .add(a, T0 + 1, 3)
      .addHistogram(a, T0 + 2, histogram(4))
      .commit()
    group.append(T0 + 3, ab, Float64Array.of(5, 6))
    db.batch()
      .addHistogram(a, T0 + 4, histogram(7), T0)
      .addStale(a, T0 + 5)
      .commit()
    expect(await read(db)).toEqual({ a: '0=1 1=3 2=h4 3=5 4=h7 5=stale', b: '0=2 3=6' })
    const [series] = await db.select([new Matcher('__name__', '=', 'a')], ...EVER)
    expect(series?.columns().histograms?.values[0]).toEqual(histogram(4))
    expect(series?.columns().histograms?.startTimes).toEqual(Float64Array.of(0, T0))
  })
})

describe('histograms', () => {
  it.each([
    ['spans without counts', { positive: { spans: [{ offset: 0, length: 3 }], counts: [1] } }],
    ['half a bucket', { negative: { spans: [{ offset: 0, length: 0.5 }], counts: [] } }],
    ['no schema', { schema: Number.NaN }],
  ])('with %s are refused', async (_, change) => {
    const db = await openTsdb()
    const [a = 0] = refs(db, 'a')
    expect(db.batch().addHistogram(a, T0, histogram(3, change)).commit()).toEqual({
      appended: 0,
      refused: { 'bad-histogram': 1 },
    })
  })

  it('come late in any order, within the window', async () => {
    const db = await openTsdb({ outOfOrderMs: 1000 })
    const [a = 0] = refs(db, 'a')
    const wide = { positive: { spans: [{ offset: 0, length: 3 }], counts: [1, 2, 3] } }
    const batch = db.batch().addHistogram(a, T0 + 2000, histogram(2000))
    for (let i = 0; i < 400; i++) {
      const at = 1000 + ((i * 7) % 400)
      batch.addHistogram(a, T0 + at, histogram(at, at % 3 === 0 ? wide : {}), T0)
    }
    batch.addHistogram(a, T0 + 999, histogram(1)).add(a, T0 + 1500, 5)
    expect(batch.commit()).toEqual({ appended: 402, refused: { 'out-of-order': 1 } })
    const late = db.batch().addHistogram(a, T0 + 1600, histogram(1600))
    expect(late.commit().appended).toBe(1)
    expect(late.addHistogram(a, T0 + 1600, histogram(1600)).commit().appended).toBe(1)
    expect(late.addHistogram(a, T0 + 1600, histogram(1601)).commit().refused).toEqual({ duplicate: 1 })
    const want = [
      ...Array.from({ length: 400 }, (_, i) => `${1000 + i}=h${1000 + i}`),
      '1500=5',
      '1600=h1600',
      '2000=h2000',
    ]
    expect(await read(db)).toEqual({ a: want.join(' ') })
  })

  it('may change their layout', async () => {
    const db = await openTsdb()
    const [a = 0] = refs(db, 'a')
    const wide = { positive: { spans: [{ offset: 0, length: 3 }], counts: [1, 2, 3] } }
    const batch = db.batch()
    for (let i = 0; i < 300; i++) batch.addHistogram(a, T0 + i, histogram(i, i % 100 > 50 ? wide : {}))
    batch.commit()
    const [series] = await db.select([], T0 + 10, T0 + 289)
    const found = series?.columns().histograms
    expect(found?.values.map(({ count }) => count)).toEqual(Array.from({ length: 280 }, (_, i) => i + 10))
    expect(found?.values[60]?.positive).toEqual(wide.positive)
  })
})

describe('selection', () => {
  const all = [
    { __name__: 'up', job: 'craps', zone: 'eu' },
    { __name__: 'up', job: 'dice' },
    { __name__: 'bets', job: 'craps', table: 'T1' },
    { __name__: 'bets', job: 'craps', table: 'T2' },
  ]
  const selectors = all.map((labels) => String(LabelSet.of(labels)))

  it.each([
    [[], [0, 1, 2, 3]],
    [[['__name__', '=', 'up']], [0, 1]],
    [[['__name__', '!=', 'up']], [2, 3]],
    [[['zone', '=', '']], [1, 2, 3]],
    [[['zone', '!=', '']], [0]],
    [[['zone', '!=', 'eu']], [1, 2, 3]],
    [[['zone', '=~', 'eu|']], [0, 1, 2, 3]],
    [[['zone', '=~', 'eu|us']], [0]],
    [[['zone', '!~', 'eu|us']], [1, 2, 3]],
    [[['zone', '!~', '.+']], [1, 2, 3]],
    [[['table', '=~', 'T.']], [2, 3]],
    [
      [
        ['job', '=', 'craps'],
        ['table', '!~', 'T1|'],
      ],
      [3],
    ],
    [
      [
        ['job', '=~', '.+'],
        ['__name__', '=', 'nothing'],
      ],
      [],
    ],
    [[['nolabel', '=', 'x']], []],
    [[['nolabel', '!=', 'x']], [0, 1, 2, 3]],
  ] as [[string, '=', string][], number[]][])('%j: %j', async (conditions, want) => {
    const db = await openTsdb()
    for (const labels of all) db.append(LabelSet.of(labels), T0, 1)
    const matchers = conditions.map((condition) => new Matcher(...condition))
    expect(Object.keys(await read(db, matchers))).toEqual(want.map((i) => selectors[i]))
  })

  it('agrees with asking every series', async () => {
    const value = fc.constantFrom('', 'x', 'y', 'zz')
    const labels = fc.record({ __name__: fc.constantFrom('m', 'n'), a: value, b: value, c: value })
    const matcher = fc
      .tuple(
        fc.constantFrom('a', 'b', 'c', 'd'),
        fc.constantFrom('=', '!=', '=~', '!~'),
        fc.constantFrom('', 'x', 'x|y', 'z*', '.+'),
      )
      .map((condition) => new Matcher(...condition))
    await fc.assert(
      fc.asyncProperty(
        fc.array(labels, { maxLength: 20 }),
        fc.array(matcher, { maxLength: 3 }),
        async (sets, matchers) => {
          const db = await openTsdb()
          const wanted = sets.map((set) => LabelSet.of(set))
          for (const set of wanted) db.append(set, T0, 1)
          const found = Object.keys(await read(db, matchers)).toSorted()
          const want = wanted.filter((set) => matchers.every((one) => one.matchesSet(set)))
          expect(found).toEqual([...new Set(want.map(String))].toSorted())
        },
      ),
    )
  })

  it('tells names and values of labels, in a range', async () => {
    const db = await openTsdb()
    for (const labels of all) db.append(LabelSet.of(labels), T0, 1)
    db.append(LabelSet.of({ __name__: 'later', late: 'yes' }), T0 + 100, 1)
    expect(await db.labelNames([], T0, T0 + 50)).toEqual(['__name__', 'job', 'table', 'zone'])
    expect(await db.labelNames([], ...EVER)).toEqual(['__name__', 'job', 'late', 'table', 'zone'])
    expect(await db.labelNames([new Matcher('table', '=', 'T1')], ...EVER)).toEqual(['__name__', 'job', 'table'])
    expect(await db.labelValues('job', [], ...EVER)).toEqual(['craps', 'dice'])
    expect(await db.labelValues('table', [new Matcher('job', '=', 'dice')], ...EVER)).toEqual([])
    db.setMetadata('up', { type: 'gauge', help: 'Whether.', unit: '' })
    expect((await db.metadata()).get('up')).toEqual({ type: 'gauge', help: 'Whether.', unit: '' })
  })
})

describe('exemplars', () => {
  it('are kept, the newest, within their bound', async () => {
    const db = await openTsdb({ maxExemplars: 3 })
    const [a = 0, b = 0] = refs(db, 'a', 'b')
    const exemplar = (at: number): { labels: LabelSet; value: number; at: number } => ({
      labels: LabelSet.of({ trace_id: `t${at}` }),
      value: at,
      at: T0 + at,
    })
    const batch = db.batch()
    for (const at of [1, 2, 2, 1, 3]) batch.addExemplar(a, exemplar(at))
    batch.addExemplar(b, exemplar(9)).commit()
    const found = db.exemplars([new Matcher('__name__', '=~', 'a|b')], T0, T0 + 9)
    expect(found.map(({ labels, exemplars }) => [String(labels), exemplars.map(({ value }) => value)])).toEqual([
      ['a', [2, 3]],
      ['b', [9]],
    ])
    expect(db.stats.exemplarsDropped).toBe(1)
    expect(db.exemplars([new Matcher('__name__', '=', 'a')], T0, T0 + 2)[0]?.exemplars).toEqual([exemplar(2)])
  })
})

describe('limits', () => {
  it('refuse series above maxSeries, while known ones go on', async () => {
    const db = await openTsdb({ maxSeries: 2 })
    const [a = 0] = refs(db, 'a', 'b')
    expect(db.series(LabelSet.of({ __name__: 'c' }))).toBeUndefined()
    expect(db.append(LabelSet.of({ __name__: 'c' }), T0, 1).refused).toEqual({ 'series-limit': 1 })
    expect(db.batch().add(a, T0, 1).commit().appended).toBe(1)
    expect(db.stats).toMatchObject({ series: 2, refused: { 'series-limit': 2 } })
  })

  it('let go of samples past retention, then of their series', async () => {
    const db = await openTsdb({ retentionMs: 1_000_000, maxSeries: 2 })
    const group = db.scrapeGroup()
    const [a = 0, b = 0] = refs(db, 'a', 'b')
    for (let i = 0; i < 200; i++) group.append(T0 + i * 15_000, Uint32Array.of(a), Float64Array.of(i))
    db.batch().add(b, T0, 1).commit()
    const now = T0 + 200 * 15_000
    await db.step(now)
    expect(await read(db, [], now - 1_000_000)).toEqual({ a: expect.stringContaining('=199') })
    expect(db.stats).toMatchObject({ series: 1, dropped: { retention: 121 } })
    expect(db.batch().add(b, now, 1).commit().refused).toEqual({ 'unknown-series': 1 })
    expect(db.append(LabelSet.of({ __name__: 'c' }), now - 1_000_001, 1).refused).toEqual({ 'too-old': 1 })
    expect(db.append(LabelSet.of({ __name__: 'c' }), now + 3_600_001, 1).refused).toEqual({ 'too-new': 1 })
    expect(db.append(LabelSet.of({ __name__: 'c' }), now, 1).appended).toBe(1)
  })

  it('a group whose samples and series all went goes on with new references', async () => {
    const db = await openTsdb({ retentionMs: 1000 })
    const group = db.scrapeGroup()
    group.append(T0, refs(db, 'a', 'b'), Float64Array.of(1, 2))
    const old = refs(db, 'a', 'b')
    await db.step(T0 + 5000)
    expect(db.stats).toMatchObject({ series: 0, dropped: { retention: 2 } })
    expect(group.append(T0 + 5000, old, Float64Array.of(3, 4)).refused).toEqual({ 'unknown-series': 2 })
    expect(group.append(T0 + 5001, refs(db, 'a', 'b'), Float64Array.of(5, 6)).appended).toBe(2)
    expect(await read(db)).toEqual({ a: '5001=5', b: '5001=6' })
    await db.step(T0 + 50_000)
    expect(await read(db)).toEqual({})
  })

  it('over maxBytes let go of the oldest, and count it', async () => {
    const db = await openTsdb({ maxBytes: 400_000 })
    const group = db.scrapeGroup()
    const page = nodePage().slice(0, 50)
    const all = Uint32Array.from(page, ({ labels }) => db.series(labels) ?? 0)
    const rows = 6000
    for (let i = 0; i < rows; i++) {
      group.append(
        T0 + i * 15_000,
        all,
        Float64Array.from(page, () => Math.sin(i * 1e6) * 1e9),
      )
      await db.step(T0 + i * 15_000)
      expect(db.stats.bytes).toBeLessThan(400_000 + 50 * 8 + 1000)
    }
    const { appended, refused, dropped } = db.stats
    expect([appended, refused['bytes-limit']]).toEqual([rows * 50, 0])
    const [first] = await db.select([], ...EVER)
    const { times } = first?.columns() ?? {}
    expect(times?.at(-1)).toBe(T0 + (rows - 1) * 15_000)
    expect((times?.length ?? 0) * 50 + dropped.bytes).toBe(appended)
  })

  it('refuse the newest when there is nothing old to let go of', async () => {
    const db = await openTsdb({ maxBytes: 3000 })
    const group = db.scrapeGroup()
    const all = refs(db, 'a', 'b', 'c', 'd', 'e', 'f', 'g')
    expect(group.append(T0, all, new Float64Array(7)).refused).toEqual({ 'bytes-limit': 7 })
  })

  it.each([
    ['retentionMs', 0],
    ['maxBytes', Number.NaN],
    ['maxSeries', 1.5],
    ['outOfOrderMs', -1],
  ])('%s may not be %d', async (name, value) => {
    await expect(openTsdb({ [name]: value })).rejects.toThrow(`${name} of ${value}`)
  })
})

describe('any order of scrapes and samples', () => {
  const NAMES = ['a', 'b', 'c', 'd']
  const action = fc.oneof(
    fc.record({
      kind: fc.constant('scrape' as const),
      group: fc.nat({ max: 1 }),
      gap: fc.integer({ min: -20, max: 400_000 }),
      names: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 4 }),
      times: fc.constantFrom(1, 1, 2, 130),
    }),
    fc.record({
      kind: fc.constant('single' as const),
      name: fc.constantFrom(...NAMES),
      gap: fc.integer({ min: -3000, max: 1000 }),
    }),
  )

  it('reads as the plainest store would', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
        const db = await openTsdb({ outOfOrderMs: 1000 })
        const groups = [db.scrapeGroup(), db.scrapeGroup()]
        const model = new Map(NAMES.map((name) => [name, new Map<number, string>()]))
        const owner = new Map<string, number>()
        const members = [new Set<string>(), new Set<string>()]
        const lastOf = (name: string): number => Math.max(-Infinity, ...(model.get(name)?.keys() ?? []))
        const single = (name: string, t: number, value: string): void => {
          const own = model.get(name)
          const last = lastOf(name)
          if (t > last) {
            for (const set of members) set.delete(name)
            owner.delete(name)
          }
          if (t >= last - 1000 && own?.has(t) === false) own.set(t, value)
        }
        const groupLast = [-Infinity, -Infinity]
        let now = 0
        let value = 0
        for (const step of actions) {
          if (step.kind === 'single') {
            const t = now + step.gap
            db.append(LabelSet.of({ __name__: step.name }), T0 + t, ++value)
            single(step.name, t, String(value))
            now = Math.max(now, t)
            continue
          }
          for (let round = 0; round < step.times; round++) {
            const t = now + (round === 0 ? step.gap : 7)
            const values = Float64Array.from(step.names, () => ++value)
            groups[step.group]?.append(T0 + t, refs(db, ...step.names), values)
            const own = members[step.group] ?? new Set()
            if (t <= (groupLast[step.group] ?? 0)) {
              step.names.forEach((name, i) => single(name, t, String(values[i])))
              continue
            }
            const stays = new Set<string>()
            step.names.forEach((name, i) => {
              if (owner.get(name) !== step.group && t <= lastOf(name)) return single(name, t, String(values[i]))
              members[1 - step.group]?.delete(name)
              owner.set(name, step.group)
              model.get(name)?.set(t, String(values[i]))
              stays.add(name)
            })
            for (const name of own)
              if (!stays.has(name) && owner.get(name) === step.group) model.get(name)?.set(t, 'stale')
            members[step.group] = stays
            if (stays.size > 0 || own.size > 0) groupLast[step.group] = t
            now = Math.max(now, t)
          }
        }
        const want = [...model].flatMap(([name, samples]) => {
          const text = [...samples].sort(([x], [y]) => x - y).map(([t, v]) => `${t}=${v}`)
          return text.length === 0 ? [] : [[name, text.join(' ')]]
        })
        expect(await read(db)).toEqual(Object.fromEntries(want))
      }),
      { numRuns: 150 },
    )
  })
})
