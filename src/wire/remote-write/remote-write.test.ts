import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CUSTOM_BOUNDS_SCHEMA,
  type HistogramValue,
  isStale,
  LabelSet,
  type MetricMetadata,
  setStale,
} from '../../series/index.ts'
import {
  decodeWriteRequest,
  encodeWriteRequest,
  ProtobufError,
  ProtobufWriter,
  type RemoteWriteVersion,
  SeriesRefs,
  type SeriesToWrite,
  SymbolIds,
  snap,
  SnappyError,
  unsnap,
  type WriteRequest,
} from '../index.ts'

const VERSIONS: readonly RemoteWriteVersion[] = ['1.0', '2.0']

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const labels = fc
  .dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), text, { maxKeys: 5 })
  .map((given) => LabelSet.of({ ...given, __name__: 'm' }))
const time = fc.integer({ min: -1e15, max: 1e15 })
const count = fc.integer({ min: 0, max: 1e9 })
const buckets = fc.array(
  fc.record({ offset: fc.integer({ min: 0, max: 50 }), counts: fc.array(count, { maxLength: 4 }) }),
  {
    maxLength: 3,
  },
)
const histogram: fc.Arbitrary<HistogramValue> = fc
  .record({
    schema: fc.integer({ min: -4, max: 8 }),
    sum: fc.double(),
    zeroThreshold: fc.double({ min: 0, noNaN: true }),
    zeroCount: count,
    positive: buckets,
    negative: buckets,
    counterReset: fc.constantFrom('unknown', 'reset', 'not-reset', 'gauge'),
    fraction: fc.constantFrom(0, 0.5),
  })
  .map(({ positive, negative, zeroCount, fraction, ...rest }) => {
    const sides = [positive, negative].map((runs) => ({
      spans: runs.map(({ offset, counts }) => ({ offset, length: counts.length })),
      counts: runs.flatMap(({ counts }) => counts.map((each) => each + fraction)),
    }))
    const [up = { spans: [], counts: [] }, down = { spans: [], counts: [] }] = sides
    const total = [...up.counts, ...down.counts].reduce((sum, each) => sum + each, zeroCount)
    return { ...rest, zeroCount, count: total, positive: up, negative: down, customBounds: [] }
  })
const custom: fc.Arbitrary<HistogramValue> = fc
  .uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5, comparator: (a, b) => a === b })
  .map((bounds) => bounds.sort((a, b) => a - b))
  .chain((customBounds) =>
    fc.array(count, { minLength: customBounds.length + 1, maxLength: customBounds.length + 1 }).map((counts) => ({
      schema: CUSTOM_BOUNDS_SCHEMA,
      count: counts.reduce((sum, each) => sum + each, 0),
      sum: 7,
      zeroThreshold: 0,
      zeroCount: 0,
      positive: { spans: [{ offset: 0, length: counts.length }], counts },
      negative: { spans: [], counts: [] },
      customBounds,
      counterReset: 'unknown' as const,
    })),
  )
const metadata: fc.Arbitrary<MetricMetadata> = fc.record({
  type: fc.constantFrom('unknown', 'counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset'),
  help: text,
  unit: text,
})

const sample = fc.record({ at: time, value: fc.option(fc.double()), start: fc.constantFrom(0, 1_760_000_000_000) })
const seriesOf = (version: RemoteWriteVersion): fc.Arbitrary<SeriesToWrite> =>
  fc
    .record({
      labels,
      samples: fc.array(sample, { maxLength: 4 }),
      histograms: fc.array(
        fc.record({
          at: time,
          value: version === '1.0' ? histogram : fc.oneof(histogram, custom),
          start: fc.constantFrom(0, 5),
        }),
        { maxLength: 2 },
      ),
      exemplars: fc.array(fc.record({ labels, value: fc.double(), at: time }), { maxLength: 2 }),
      metadata: fc.option(metadata, { nil: undefined }),
    })
    .map(({ samples, ...rest }) => {
      const values = Float64Array.from(samples, ({ value }) => value ?? 0)
      samples.forEach(({ value }, i) => value === null && setStale(values, i))
      return {
        ...rest,
        times: Float64Array.from(samples, ({ at }) => at),
        values,
        starts: Float64Array.from(samples, ({ start }) => start),
      }
    })

/** What a request says, series by series, as far as the version can say it. */
function plain(series: readonly SeriesToWrite[], version: RemoteWriteVersion): unknown[] {
  const since = (start: number): number => (version === '1.0' ? 0 : start)
  return series.map(({ labels: own, times, values, starts, histograms = [], exemplars = [], metadata: about }) => ({
    labels: String(own),
    samples: Array.from(times, (at, i) => [at, isStale(values, i) ? 'stale' : values[i], since(starts?.[i] ?? 0)]),
    histograms: histograms.map(({ at, value, start }) => ({ at, value, start: since(start) })),
    exemplars: exemplars.map(({ labels: pairs, value, at }) => [String(pairs), value, at]),
    metadata: version === '1.0' ? undefined : about,
  }))
}

function plainRequest(request: WriteRequest): unknown[] {
  return Array.from({ length: request.series }, (_, i) => {
    const from = i === 0 ? 0 : (request.sampleEnds[i - 1] ?? 0)
    const places = Array.from({ length: (request.sampleEnds[i] ?? 0) - from }, (_unused, n) => from + n)
    return {
      labels: String(request.labels(i)),
      samples: places.map((n) => [
        request.times[n],
        isStale(request.values, n) ? 'stale' : request.values[n],
        request.starts[n],
      ]),
      histograms: request.histograms.filter(({ series }) => series === i).map(({ series: _of, ...rest }) => rest),
      exemplars: request.exemplars
        .filter(({ series }) => series === i)
        .map(({ labels: own, value, at }) => [String(own), value, at]),
      metadata: undefined,
    }
  })
}

function outcome(bytes: Uint8Array, version: RemoteWriteVersion): 'read' | 'refused' {
  try {
    const request = decodeWriteRequest(bytes, version)
    for (let i = 0; i < request.series; i++) request.labels(i)
    return 'read'
  } catch (error) {
    if (error instanceof ProtobufError || error instanceof RangeError) return 'refused'
    throw error
  }
}

describe.each(VERSIONS)('a request of version %s', (version) => {
  it('is read as it was written, to the last bit', () => {
    fc.assert(
      fc.property(fc.array(seriesOf(version), { maxLength: 4 }), (series) => {
        const request = decodeWriteRequest(encodeWriteRequest(series, version), version)
        const said = plain(series, version).map((each) => Object.assign({}, each, { metadata: undefined }))
        expect(plainRequest(request)).toEqual(said)
        expect([request.faults, request.version]).toEqual([[], version])
      }),
      { numRuns: 50 },
    )
  })

  it('carries metadata', () => {
    const about: MetricMetadata = { type: 'histogram', help: 'Latency.', unit: 'seconds' }
    const series = {
      labels: LabelSet.of({ __name__: 'took_seconds_bucket', le: '1' }),
      times: new Float64Array(0),
      values: new Float64Array(0),
      metadata: about,
    }
    const bytes = encodeWriteRequest([series], version, [['took_seconds', about]])
    expect(decodeWriteRequest(bytes, version).metadata).toEqual([{ name: 'took_seconds', metadata: about }])
  })

  it('spells equal labels equally, whatever else is in it', () => {
    const make = (...names: string[]): SeriesToWrite[] =>
      names.map((name) => ({
        labels: LabelSet.of({ __name__: name, host: 'h'.repeat(200) }),
        times: Float64Array.of(1),
        values: Float64Array.of(2),
      }))
    const ids = new SymbolIds()
    const spelled = (...names: string[]): string[] => {
      const request = decodeWriteRequest(encodeWriteRequest(make(...names), version), version, ids)
      return names.map((_, i) => {
        const { bytes, start, end } = request.spelling(i)
        return Buffer.from(bytes.subarray(start, end)).toString('hex')
      })
    }
    const [a = '', b] = spelled('a', 'b')
    expect(spelled('b', 'c', 'a')).toEqual([b, expect.not.stringContaining(a), a])
  })

  it('never ends in anything but its answer or its error, whatever is done to its bytes', () => {
    const whole = fc.array(seriesOf(version), { minLength: 1, maxLength: 3 })
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(whole, changes, fc.double({ min: 0, max: 1, noNaN: true }), (series, edits, keep) => {
        const bytes = encodeWriteRequest(series, version).slice()
        for (const [at, value] of edits) bytes[at % bytes.length] = value
        expect(outcome(bytes.subarray(0, Math.ceil(bytes.length * keep)), version)).toMatch(/^(read|refused)$/)
      }),
      { numRuns: 300 },
    )
  })

  it.each<[string, Partial<HistogramValue>]>([
    ['a count of 9, and 3 in the buckets', { count: 9 }],
    ['schema 9 is neither', { schema: 9 }],
    ['spans of 3 buckets, and 2 counts', { positive: { spans: [{ offset: 0, length: 3 }], counts: [1, 2] } }],
    ['a bucket that counts -2', { positive: { spans: [{ offset: 0, length: 1 }], counts: [-2] } }],
    ['custom bounds in a histogram of schema 0', { customBounds: [1] }],
    [
      'a span that goes back',
      {
        positive: {
          spans: [
            { offset: 0, length: 1 },
            { offset: -1, length: 1 },
          ],
          counts: [1, 2],
        },
      },
    ],
  ])('leaves out a histogram with %s', (fault, change) => {
    const value: HistogramValue = {
      schema: 0,
      count: 3,
      sum: 1,
      zeroThreshold: 0,
      zeroCount: 0,
      positive: { spans: [{ offset: 0, length: 2 }], counts: [1, 2] },
      negative: { spans: [], counts: [] },
      customBounds: [],
      counterReset: 'unknown',
      ...change,
    }
    const none = new Float64Array(0)
    const series = { labels: LabelSet.of({ __name__: 'h' }), times: none, values: none }
    const bytes = encodeWriteRequest([{ ...series, histograms: [{ at: 5, value, start: 0 }] }], version)
    const { histograms, faults, leftOut } = decodeWriteRequest(bytes, version)
    expect({ histograms, faults, leftOut }).toEqual({
      histograms: [],
      faults: [expect.stringContaining(fault)],
      leftOut: { histograms: 1, exemplars: 0 },
    })
  })
})

describe('1.0', () => {
  it('refuses to write custom buckets', () => {
    const [value] = fc.sample(custom, 1)
    const none = new Float64Array(0)
    const series = { labels: LabelSet.of({ __name__: 'h' }), times: none, values: none }
    const histograms = value === undefined ? [] : [{ at: 1, value, start: 0 }]
    expect(() => encodeWriteRequest([{ ...series, histograms }], '1.0')).toThrow('no place for the custom buckets of h')
  })

  it('reads labels with samples between them', () => {
    const out = new ProtobufWriter()
    const start = out.begin(1)
    for (const [name, value] of [
      ['__name__', 'm'],
      ['a', 'b'],
    ] as const) {
      const label = out.begin(1)
      out.text(1, name)
      out.text(2, value)
      out.end(label)
      const sampled = out.begin(2)
      out.double(1, 4)
      out.end(sampled)
    }
    out.end(start)
    const request = decodeWriteRequest(out.finish(), '1.0')
    expect([String(request.labels(0)), ...request.values]).toEqual(['m{a="b"}', 4, 4])
  })
})

describe('2.0', () => {
  const requestOf = (write: (out: ProtobufWriter) => void, symbols: readonly string[] = ['', 'a', 'b']): Uint8Array => {
    const out = new ProtobufWriter()
    const start = out.begin(5)
    write(out)
    out.end(start)
    for (const symbol of symbols) out.text(4, symbol)
    return out.finish()
  }

  it.each<[string, Uint8Array]>([
    ['reference 3 to a table of 3', requestOf((out) => out.packedUints(1, [1, 3]))],
    ["a label's name without its value", requestOf((out) => out.packedUints(1, [1]))],
    ['the first must be the empty text', requestOf((out) => out.packedUints(1, [1, 2]), ['a', 'b', 'c'])],
  ])('%s', (message, bytes) => {
    expect(() => decodeWriteRequest(bytes, '2.0')).toThrow(ProtobufError)
    expect(() => decodeWriteRequest(bytes, '2.0')).toThrow(message)
  })

  it('takes symbols that come last, references one by one, and a start time of the whole series', () => {
    const bytes = requestOf((out) => {
      out.uint(1, 1)
      out.uint(1, 2)
      const start = out.begin(2)
      out.double(1, 6)
      out.int(2, 100)
      out.end(start)
      out.int(6, 50)
    })
    const request = decodeWriteRequest(bytes, '2.0')
    expect([String(request.labels(0)), ...request.values, ...request.starts]).toEqual(['{a="b"}', 6, 50])
  })
})

describe('SeriesRefs', () => {
  const spellingOf = (text: string): { bytes: Uint8Array; start: number; end: number } => {
    const bytes = new TextEncoder().encode(`<${text}>`)
    return { bytes, start: 1, end: bytes.length - 1 }
  }

  it('knows what it was told, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.integer({ min: 1 }))), (told) => {
        const refs = new SeriesRefs()
        const model = new Map<string, number>()
        for (const [name, ref] of told) {
          expect(refs.get(spellingOf(name))).toBe(model.get(name) ?? 0)
          refs.set(spellingOf(name), ref)
          model.set(name, ref)
        }
        for (const [name, ref] of model) expect(refs.get(spellingOf(name))).toBe(ref)
        expect(refs.size).toBe(model.size)
      }),
    )
  })

  it('keeps thousands, and begins anew at its limit', () => {
    const refs = new SeriesRefs(200_000)
    const names = Array.from({ length: 4000 }, (_, i) => `series ${i}`)
    names.forEach((name, i) => refs.set(spellingOf(name), i + 1))
    expect(names.map((name) => refs.get(spellingOf(name)))).toEqual(names.map((_, i) => i + 1))
    for (let i = 0; i < 4000; i++) refs.set(spellingOf(`another ${i}`), 1)
    expect(refs.stats.restarts).toBe(1)
    expect(refs.size).toBeLessThan(5000)
    expect(() => new SeriesRefs(7)).toThrow('maxBytes of 7')
  })
})

describe('snappy', () => {
  it('comes back', async () => {
    const bytes = new Uint8Array(100_000).fill(7)
    const block = await snap(bytes)
    expect(Buffer.from(await unsnap(block, 100_000)).equals(bytes)).toBe(true)
    await expect(unsnap(block, 99_999)).rejects.toMatchObject({ name: 'SnappyError', tooLarge: true })
  })

  it.each([[[]], [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff]], [[10, 1, 2, 3]], [[0x80]]])('%j is none', async (bytes) => {
    await expect(unsnap(Uint8Array.from(bytes), 2 ** 33)).rejects.toBeInstanceOf(SnappyError)
  })
})
