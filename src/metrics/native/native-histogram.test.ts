import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NativeHistogram, type NativeBuckets, type NativeHistogramOptions, type NativeSnapshot } from '../index.ts'

const HOUR = 3_600_000
const SCHEMAS = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8] as const

function make(options: Partial<NativeHistogramOptions> = {}, values: readonly number[] = []): NativeHistogram {
  const histogram = new NativeHistogram({ createdAt: 0, ...options })
  for (const value of values) histogram.observe(value)
  return histogram
}

/** Reads spans and deltas back: key to count, populated buckets only. */
function decode({ spans, deltas }: NativeBuckets): Map<number, number> {
  const counts = new Map<number, number>()
  const rest = deltas.values()
  let key = 0
  let count = 0
  for (const { offset, length } of spans) {
    key += offset
    for (const end = key + length; key < end; key++) {
      count += rest.next().value ?? NaN
      if (count !== 0) counts.set(key, count)
    }
  }
  expect(rest.next().done).toBe(true)
  return counts
}

const bitLength = (whole: bigint): number => (whole === 0n ? 0 : whole.toString(2).length)

/**
 * The least i with |value| <= 2^(i * 2^-schema), in whole numbers throughout: with |value| = m * 2^e, that is the least i
 * with m^n <= 2^(i - e * n) where n = 2^schema, or with m <= 2^(i * w - e) where w = 2^-schema.
 */
function exactKey(value: number, schema: number): number {
  const bits = new BigUint64Array(new Float64Array([Math.abs(value)]).buffer)[0] ?? 0n
  const biased = Number(bits >> 52n)
  const m = (bits & (2n ** 52n - 1n)) | (biased === 0 ? 0n : 2n ** 52n)
  const e = Math.max(biased, 1) - 1075
  if (schema >= 0) return e * 2 ** schema + bitLength(m ** BigInt(2 ** schema) - 1n)
  return 0 + Math.ceil((e + bitLength(m - 1n)) / 2 ** -schema)
}

/** What a histogram of this resolution must hold, counted one value after the other. */
function expected(values: readonly number[], { schema, zeroThreshold }: NativeSnapshot): object {
  const sides = { positive: new Map<number, number>(), negative: new Map<number, number>() }
  let zeroCount = 0
  for (const value of values) {
    if (Math.abs(value) <= zeroThreshold) {
      zeroCount++
      continue
    }
    const side = value > 0 ? sides.positive : sides.negative
    const key = exactKey(value, schema)
    side.set(key, (side.get(key) ?? 0) + 1)
  }
  const sum = values.reduce((total, value) => total + value, 0)
  return { ...sides, zeroCount, count: values.length, sum }
}

function held(snapshot: NativeSnapshot): object {
  const { zeroCount, count, sum, positive, negative } = snapshot
  return { positive: decode(positive), negative: decode(negative), zeroCount, count, sum }
}

function keyOf(value: number, schema: number): number | undefined {
  const { positive } = make({ schema, zeroThreshold: 0 }, [value]).snapshot()
  return positive.spans[0]?.offset
}

function neighbours(value: number): number[] {
  const bits = new BigInt64Array(new Float64Array([value]).buffer)[0] ?? 0n
  return [-2n, -1n, 0n, 1n, 2n]
    .map((step) => new Float64Array(new BigInt64Array([bits + step]).buffer)[0] ?? NaN)
    .filter((near) => near > 0 && near < Infinity)
}

describe('bucket of a value', () => {
  it.each([
    [0, 1, 0],
    [0, 2, 1],
    [0, 1.5, 1],
    [0, 0.5, -1],
    [0, 2.0000000000000004, 2],
    [1, Math.SQRT2, 2], // the double lies above the root
    [1, 1.41, 1],
    [2, 1.2, 2],
    [3, 1, 0],
    [3, 2 * 0.5452538663326287, 1],
    [3, 1.0905077326652577, 2], // the nearest double to 2^(1/8), and above it
    [3, 2, 8],
    [3, 3, 13],
    [3, 0.005, -61],
    [8, 2, 256],
    [-1, 4, 1],
    [-1, 4.000000000000001, 2],
    [-1, 1, 0],
    [-1, 0.25, -1],
    [-4, 65_536, 1],
    [-4, 65_537, 2],
    [-4, 1, 0],
    [-4, Number.MAX_VALUE, 64],
    [-4, Number.MIN_VALUE, -67],
    [0, Number.MAX_VALUE, 1024],
    [0, Number.MIN_VALUE, -1074],
    [8, Number.MAX_VALUE, 262_144],
    [8, Number.MIN_VALUE, -274_944],
  ])('schema %i: %d is in bucket %i', (schema, value, key) => {
    expect(keyOf(value, schema)).toBe(key)
    expect(exactKey(value, schema)).toBe(key)
  })

  it.each(SCHEMAS)('schema %i: every bound belongs to the bucket below it, to the last bit', (schema) => {
    const perOctave = Math.max(1, 2 ** schema)
    const exponents = schema > 4 ? [-1, 0] : [-1074, -1073, -1040, -1022, -129, -2, -1, 0, 1, 15, 16, 512, 1023]
    for (const exponent of exponents) {
      for (let part = 0; part < perOctave; part++) {
        for (const value of neighbours(2 ** (exponent + part / perOctave))) {
          expect(keyOf(value, schema), String(value)).toBe(exactKey(value, schema))
        }
      }
    }
  })

  it('is the exact one for any double and schema', () => {
    const magnitude = fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(magnitude, fc.constantFrom(...SCHEMAS), (value, schema) => {
        expect(keyOf(value, schema)).toBe(exactKey(value, schema))
      }),
      { numRuns: 500 },
    )
  })
})

// Sequences and results as in client_golang's own tests of its histogram.
const SEQUENCE = [0, 1, 1.1, 1.2, 1.4, 1.8, 2, 3]
describe('as client_golang counts', () => {
  const LIMIT = { schema: 2, maxBuckets: 4, minResetMs: 0 }
  it.each<[string, Partial<NativeHistogramOptions>, readonly number[], Partial<NativeSnapshot>]>([
    [
      'factor 1.1',
      {},
      [0, 1, 2, 3],
      {
        zeroThreshold: 2.938735877055719e-39,
        zeroCount: 1,
        positive: {
          spans: [
            { offset: 0, length: 1 },
            { offset: 7, length: 1 },
            { offset: 4, length: 1 },
          ],
          deltas: [1, 0, 0],
        },
      },
    ],
    [
      'factor 1.2, small gaps filled',
      { schema: 2 },
      [0, 1, 1.2, 1.4, 1.8, 2],
      { count: 6, sum: 7.4, positive: { spans: [{ offset: 0, length: 5 }], deltas: [1, -1, 2, -2, 2] } },
    ],
    [
      'a gap of two filled',
      { schema: 0 },
      [1, 8],
      { positive: { spans: [{ offset: 0, length: 4 }], deltas: [1, -1, 0, 1] } },
    ],
    [
      'a gap of three left open',
      { schema: 0 },
      [1, 16],
      {
        positive: {
          spans: [
            { offset: 0, length: 1 },
            { offset: 3, length: 1 },
          ],
          deltas: [1, 0],
        },
      },
    ],
    [
      'negative buckets',
      { schema: 2 },
      [0, -1, -1.2, -1.4, -1.8, -2],
      {
        positive: { spans: [], deltas: [] },
        negative: { spans: [{ offset: 0, length: 5 }], deltas: [1, -1, 2, -2, 2] },
      },
    ],
    [
      'limited by halving the resolution',
      LIMIT,
      SEQUENCE,
      {
        schema: 1,
        count: 8,
        zeroCount: 1,
        positive: { spans: [{ offset: 0, length: 5 }], deltas: [1, 2, -1, -2, 1] },
      },
    ],
    [
      'limited by widening the zero bucket',
      { ...LIMIT, maxZeroThreshold: 1.2 },
      SEQUENCE,
      {
        schema: 2,
        zeroThreshold: 1,
        zeroCount: 2,
        positive: { spans: [{ offset: 1, length: 7 }], deltas: [1, 1, -2, 2, -2, 0, 1] },
      },
    ],
    [
      'limited by widening the zero bucket twice',
      { ...LIMIT, maxZeroThreshold: 1.2 },
      [...SEQUENCE, 4],
      {
        zeroThreshold: 1.189207115002721,
        zeroCount: 3,
        positive: { spans: [{ offset: 2, length: 7 }], deltas: [2, -2, 2, -2, 0, 1, 0] },
      },
    ],
    [
      'limited by widening on the negative side',
      { ...LIMIT, maxZeroThreshold: 1.2 },
      SEQUENCE.map((value) => -value),
      {
        zeroThreshold: 1,
        zeroCount: 2,
        negative: { spans: [{ offset: 1, length: 7 }], deltas: [1, 1, -2, 2, -2, 0, 1] },
      },
    ],
    ['empty', {}, [], { count: 0, positive: { spans: [], deltas: [] } }],
    [
      'empty and without width',
      { zeroThreshold: 0 },
      [],
      { count: 0, positive: { spans: [{ offset: 0, length: 0 }], deltas: [] } },
    ],
    ['zero without width', { zeroThreshold: 0 }, [0, -0], { zeroCount: 2, positive: { spans: [], deltas: [] } }],
  ])('%s', (_, options, values, want) => {
    expect(make(options, values).snapshot()).toMatchObject(want)
  })

  it('starts anew with the latest observation once it has counted long enough', () => {
    const histogram = make({ schema: 2, maxBuckets: 4, minResetMs: HOUR, maxZeroThreshold: 1.2 }, [0, 1, 1.1, 1.2, 2])
    histogram.tick(HOUR)
    expect(histogram.snapshot()).toMatchObject({ count: 5, createdAt: 0 })
    histogram.observe(3)
    histogram.observe(4)
    expect(histogram.snapshot()).toMatchObject({
      count: 2,
      sum: 7,
      zeroThreshold: 2 ** -128,
      zeroCount: 0,
      createdAt: HOUR,
      positive: { spans: [{ offset: 7, length: 2 }], deltas: [1, 0] },
    })
  })

  it('gets its resolution back when the time for a reset has come', () => {
    const histogram = make({ schema: 2, maxBuckets: 4, minResetMs: HOUR }, SEQUENCE)
    histogram.tick(HOUR - 1)
    expect(histogram.snapshot()).toMatchObject({ schema: 1, count: 8, createdAt: 0 })
    histogram.tick(HOUR + 5)
    expect(histogram.snapshot()).toMatchObject({ schema: 2, count: 0, sum: 0, createdAt: HOUR + 5 })
  })

  it('is left alone by time while it is within its limit', () => {
    const histogram = make({ schema: 2, maxBuckets: 5 }, SEQUENCE)
    histogram.tick(100 * HOUR)
    expect(histogram.snapshot()).toMatchObject({ count: 8, createdAt: 0 })
  })
})

const anyValue = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.integer({ min: -8, max: 8 }).map((exponent) => 2 ** exponent),
  fc.constantFrom(0, -0, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE),
)

describe('whatever arrives', () => {
  it('holds every observation since its start in its bucket, at the resolution it says', () => {
    const step = fc.oneof(
      { weight: 9, arbitrary: fc.record({ value: anyValue }) },
      { weight: 1, arbitrary: fc.record({ tick: fc.integer({ min: 0, max: 2 * HOUR }) }) },
    )
    const options = fc.record({
      schema: fc.constantFrom(...SCHEMAS.slice(0, 10)),
      zeroThreshold: fc.constantFrom(0, 2 ** -128, 1e-3),
      maxBuckets: fc.constantFrom(1, 4, 10, 160),
      minResetMs: fc.constantFrom(0, HOUR),
      maxZeroThreshold: fc.constantFrom(0, 1, 20),
    })
    fc.assert(
      fc.property(options, fc.array(step, { maxLength: 200 }), (options, steps) => {
        const histogram = make(options)
        let values: number[] = []
        let at = 0
        let createdAt = 0
        const ages: number[] = []
        for (const step of steps) {
          if ('tick' in step) histogram.tick((at += step.tick))
          else histogram.observe(step.value)
          if (histogram.createdAt !== createdAt) {
            ages.push(histogram.createdAt - createdAt)
            createdAt = histogram.createdAt
            values = []
          }
          if ('value' in step) values.push(step.value)
        }
        const least = options.minResetMs === 0 ? Infinity : HOUR
        expect(ages.filter((age) => age < least)).toEqual([])
        const snapshot = histogram.snapshot()
        expect(held(snapshot)).toEqual(expected(values, snapshot))
        const populated = decode(snapshot.positive).size + decode(snapshot.negative).size
        expect(populated).toBeLessThanOrEqual(snapshot.schema > -4 ? options.maxBuckets : 264)
        expect(snapshot.zeroThreshold).toBeLessThanOrEqual(Math.max(options.zeroThreshold, options.maxZeroThreshold))
      }),
      { numRuns: 300 },
    )
  })

  it('keeps within its memory when values are spread over all doubles (G17)', () => {
    const histogram = make({ schema: 8 })
    for (let exponent = -1074; exponent < 1024; exponent += 0.37) {
      histogram.observe(2 ** exponent)
      histogram.observe(-(2 ** exponent))
    }
    expect(histogram.snapshot()).toMatchObject({ count: 2 * Math.ceil(2098 / 0.37), schema: -4 })
    expect(histogram.bytes).toBeLessThanOrEqual(2 * 512 * 12)
  })
})

describe('quantile and classic counts', () => {
  it('is within a bucket of the exact quantile', () => {
    const value = fc.integer({ min: -1e9, max: 1e9 }).map((thousandths) => thousandths / 1000)
    const values = fc.array(value, { minLength: 1, maxLength: 100 })
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 100 }), (values, percent) => {
        const got = make({ zeroThreshold: 0 }, values).quantile(percent / 100) ?? NaN
        const ordered = values.toSorted((a, b) => a - b)
        const low = ordered[Math.max(0, Math.floor((percent * values.length) / 100) - 1)] ?? NaN
        const high = ordered[Math.min(values.length - 1, Math.ceil((percent * values.length) / 100))] ?? NaN
        const slack = 2 ** (1 / 8) + 1e-9
        expect(got).toBeGreaterThanOrEqual(low < 0 ? low * slack : low / slack)
        expect(got).toBeLessThanOrEqual(high < 0 ? high / slack : high * slack)
      }),
    )
  })

  it('has no quantile without observations', () => {
    expect(make().quantile(0.5)).toBeUndefined()
  })

  it.each<[number, readonly number[], number]>([
    [0.5, [2, 2], 2 ** (15 / 16)],
    [1, [1, 2, 4], 4],
    [0, [2], 2 ** (7 / 8)],
    [0.25, [0, 1], 2 ** -129], // with positive values only, the zero bucket is taken to reach from 0
    [0.5, [-2, -2], -(2 ** (15 / 16))],
    [1, [Number.MAX_VALUE], Number.MAX_VALUE],
  ])('quantile(%d) of %j is %d', (q, values, want) => {
    expect((make({}, values).quantile(q) ?? NaN) / want).toBeCloseTo(1, 12)
  })

  it.each(SCHEMAS)('schema %i: no quantile lies beyond the largest double', (schema) => {
    expect(make({ schema }, [Number.MAX_VALUE]).quantile(1)).toBeLessThanOrEqual(Number.MAX_VALUE)
  })

  it('counts exactly up to powers of two', () => {
    const bounds = [-4, -1, 0.5, 1, 2, 1024]
    fc.assert(
      fc.property(fc.array(anyValue), (values) => {
        expect(make({ maxBuckets: 1000, schema: 0 }, values).classicCounts(bounds)).toEqual(
          bounds.map((bound) => values.filter((value) => (bound < 0 ? value < bound : value <= bound)).length),
        )
      }),
    )
  })

  it('interpolates between its bounds', () => {
    const histogram = make({ schema: 0, zeroThreshold: 1 }, [1, 1, 1, 1, 3, 3, 3, 3])
    expect(histogram.classicCounts([0, 0.5, 1, 2 * Math.SQRT2, 4])).toEqual([0, 2, 4, 6, 8])
  })
})

describe('misuse', () => {
  it.each([NaN, Infinity, -Infinity])('refuses observe(%d) and keeps what it holds', (value) => {
    const histogram = make({ name: 'h' }, [1])
    expect(() => histogram.observe(value)).toThrow(RangeError)
    expect(() => histogram.observe(value)).toThrow('h: observe(')
    expect(histogram.snapshot()).toMatchObject({ count: 1, sum: 1 })
  })

  it.each<[Partial<NativeHistogramOptions>]>([
    [{ schema: 9 }],
    [{ schema: -5 }],
    [{ schema: 0.5 }],
    [{ zeroThreshold: -1 }],
    [{ zeroThreshold: NaN }],
    [{ maxZeroThreshold: Infinity }],
    [{ maxBuckets: 0 }],
    [{ minResetMs: NaN }],
    [{ createdAt: NaN }],
  ])('refuses %j', (options) => {
    expect(() => make(options)).toThrow(RangeError)
  })

  it('refuses a time or a quantile that is none', () => {
    expect(() => make().tick(NaN)).toThrow('tick(NaN)')
    expect(() => make().quantile(1.01)).toThrow('quantile(1.01)')
    expect(() => make().quantile(NaN)).toThrow(RangeError)
  })
})
