import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CUSTOM_BOUNDS_SCHEMA, type HistogramValue, isStale, setStale } from '../../series/index.ts'
import { nodePage } from '../../../test/support/node-page.ts'
import { CorruptError } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { columnOver, createColumn } from './column.ts'
import { decodeFloats, encodeFloats } from './floats.ts'
import { decodeHistograms, encodeHistograms } from './histograms.ts'
import { decodeSamples, encodeSamples } from './samples.ts'

function bitsOf(values: Float64Array): string[] {
  return Array.from(new BigUint64Array(values.buffer, values.byteOffset, values.length), (bits) => bits.toString(16))
}

function encoded(values: Float64Array): Uint8Array {
  const out = new ByteWriter()
  out.byte(0xee)
  encodeFloats(out, columnOver(values), values.length)
  return out.copy()
}

/** Written behind a byte of something else and read into the middle of an array: neither side may assume place 0. */
function through(values: Float64Array): Float64Array {
  const bytes = encoded(values)
  const into = createColumn(values.length + 3)
  expect(decodeFloats(bytes, 1, values.length, into, 2)).toBe(bytes.length)
  expect([into.values[0], into.values[1], into.values.at(-1)]).toEqual([0, 0, 0])
  return into.values.slice(2, -1)
}

function staleAt(values: number[], ...places: number[]): Float64Array {
  const column = Float64Array.from(values)
  for (const place of places) setStale(column, place)
  return column
}

/** Whether reading ends in a CorruptError; any other error is the test's. */
function corrupt(read: () => unknown): boolean {
  try {
    read()
    return false
  } catch (error) {
    if (error instanceof CorruptError) return true
    throw error
  }
}

const ramp = (length: number, step: (i: number) => number): number[] => Array.from({ length }, (_, i) => step(i))

describe('float column', () => {
  it.each([
    ['one value', [42]],
    ['one odd value', [0.1]],
    ['a constant', ramp(120, () => 7)],
    ['a constant fraction', ramp(120, () => 1 / 3)],
    ['a counter', ramp(120, (i) => i * 15)],
    ['a counter of odd steps', ramp(120, (i) => i * i * 3)],
    ['negative steps', ramp(70, (i) => -i * 1000 + (i % 7))],
    ['decimals', ramp(120, (i) => Math.round(i * 1234.5678) / 1e6)],
    ['pages of memory', ramp(120, (i) => 120_000_000 * 4096 + (i % 11) * 4096)],
    ['great distances', [0, 2 ** 52, -(2 ** 52), 5, 2 ** 47]],
    ['just too wide', [0, 2 ** 48, 1, 2 ** 48 - 1, -1]],
    ['beyond whole numbers', [2 ** 53, 2 ** 53 + 2, 2 ** 60, Number.MAX_VALUE, Number.MIN_VALUE]],
    ['zeros of both signs', [0, -0, 0, -0]],
    ['a negative zero among whole numbers', [1, 2, -0, 3]],
    ['infinities', [1, Infinity, -Infinity, 2]],
    ['ordinary NaN', [1, NaN, NaN, 2]],
    ['multiples of 2^32', ramp(40, (i) => i * 2 ** 34)],
  ])('gives back %s', (_, values) => {
    const column = Float64Array.from(values)
    expect(bitsOf(through(column))).toEqual(bitsOf(column))
  })

  it('keeps stale markers stale', () => {
    const column = staleAt(
      ramp(10, (i) => i),
      3,
      9,
    )
    expect(bitsOf(column)[3]).toBe('7ff0000000000002')
    const back = through(column)
    expect(bitsOf(back)).toEqual(bitsOf(column))
    expect(ramp(10, (i) => i).filter((i) => isStale(back, i))).toEqual([3, 9])
    expect(isStale(Float64Array.of(NaN), 0)).toBe(false)
    expect(bitsOf(through(staleAt([0, 0], 0, 1)))).toEqual(['7ff0000000000002', '7ff0000000000002'])
  })

  it('gives back any bits', () => {
    const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    const near = fc.tuple(word, fc.array(fc.nat({ max: 0xffff }), { minLength: 1, maxLength: 200 }))
    const bits = fc.oneof(
      fc.array(word, { minLength: 1, maxLength: 200 }),
      near.map(([base, offsets]) => offsets.map((offset) => base ^ (BigInt(offset) << BigInt(offset % 48)))),
    )
    fc.assert(
      fc.property(bits, (words) => {
        const column = new Float64Array(BigUint64Array.from(words).buffer)
        expect(bitsOf(through(column))).toEqual(bitsOf(column))
      }),
    )
  })

  it('gives back any numbers', () => {
    const numbers = fc.oneof(
      fc.array(fc.integer(), { minLength: 1, maxLength: 200 }),
      fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 200 }),
      fc.array(
        fc.nat({ max: 10_000_000 }).map((n) => n / 1000),
        { minLength: 1, maxLength: 200 },
      ),
      fc.array(fc.double(), { minLength: 1, maxLength: 50 }),
    )
    fc.assert(
      fc.property(numbers, (values) => {
        const column = Float64Array.from(values)
        expect(bitsOf(through(column))).toEqual(bitsOf(column))
      }),
    )
  })

  it('reads any bytes without a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 300 }), (bytes, count) => {
        expect(corrupt(() => decodeFloats(bytes, 0, count, createColumn(count), 0))).toBeTypeOf('boolean')
      }),
    )
  })
})

describe('sample chunk', () => {
  it('gives back times, values and start times', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 60_000 }), fc.double(), fc.nat({ max: 3 })), { minLength: 1, maxLength: 130 }),
        fc.boolean(),
        (rows, withStarts) => {
          let t = 1_760_000_000_000
          const times = Float64Array.from(rows, ([gap]) => (t += gap))
          const values = Float64Array.from(rows, ([, value]) => value)
          const starts = Float64Array.from(rows, ([, , start]) => (start === 0 ? 0 : 1_759_999_000_000 + start))
          const out = new ByteWriter()
          const columns = { times: columnOver(times), values: columnOver(values) }
          encodeSamples(out, { ...columns, starts: withStarts ? columnOver(starts) : undefined }, rows.length)
          const bytes = out.copy()
          const into = {
            times: createColumn(rows.length),
            values: createColumn(rows.length),
            starts: createColumn(rows.length),
          }
          expect(decodeSamples(bytes, 0, into, 0)).toBe(bytes.length)
          expect(into.times.values).toEqual(times)
          expect(bitsOf(into.values.values)).toEqual(bitsOf(values))
          expect(into.starts.values).toEqual(withStarts ? starts : new Float64Array(rows.length))
        },
      ),
    )
  })
})

const counts = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.oneof(fc.nat({ max: 1000 }), fc.double({ noNaN: true })), { minLength: length, maxLength: length })

/** Histograms of one layout. */
const histograms: fc.Arbitrary<HistogramValue[]> = fc
  .record({
    schema: fc.oneof(fc.integer({ min: -4, max: 8 }), fc.constant(CUSTOM_BOUNDS_SCHEMA)),
    zeroThreshold: fc.double({ min: 0, noNaN: true }),
    spans: fc.tuple(
      ...[0, 1].map(() =>
        fc.array(fc.record({ offset: fc.integer({ min: -50, max: 50 }), length: fc.nat({ max: 4 }) }), {
          maxLength: 3,
        }),
      ),
    ),
    customBounds: fc.array(fc.double({ noNaN: true }), { maxLength: 4 }),
  })
  .chain(({ schema, zeroThreshold, spans: [positive = [], negative = []], customBounds }) => {
    const buckets = (spans: { offset: number; length: number }[]): fc.Arbitrary<HistogramValue['positive']> =>
      counts(spans.reduce((sum, { length }) => sum + length, 0)).map((own) => ({ spans, counts: own }))
    return fc.array(
      fc.record({
        schema: fc.constant(schema),
        zeroThreshold: fc.constant(zeroThreshold),
        count: fc.nat(),
        sum: fc.double(),
        zeroCount: fc.nat(),
        positive: buckets(positive),
        negative: buckets(negative),
        customBounds: fc.constant(customBounds),
        counterReset: fc.constantFrom('unknown', 'reset', 'not-reset', 'gauge'),
      }),
      { minLength: 1, maxLength: 40 },
    )
  })

describe('histogram chunk', () => {
  it('gives back spans, buckets, custom bounds and what is known of resets', () => {
    fc.assert(
      fc.property(histograms, fc.boolean(), (values, withStarts) => {
        const times = Float64Array.from(values, (_, i) => 1_760_000_000_000 + i * 15_000)
        const startTimes = withStarts ? times.map((t, i) => (i % 5 === 0 ? 0 : t - 90_000)) : undefined
        const out = new ByteWriter()
        encodeHistograms(out, { times, values, startTimes })
        expect(decodeHistograms(out.copy())).toEqual({ times, values, startTimes })
      }),
    )
  })

  it('reads any bytes without a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(corrupt(() => decodeHistograms(bytes))).toBeTypeOf('boolean')
      }),
    )
  })
})

describe('bytes a sample', () => {
  it('stay below 1 on the page of a Node service, times shared', () => {
    const page = nodePage()
    const columns = page.map(() => createColumn(120))
    for (let i = 0; i < 120; i++) page.forEach((series, s) => columns[s]?.values.set([series.next()], i))
    const out = new ByteWriter()
    for (const column of columns) encodeFloats(out, column, 120)
    expect(out.length / (120 * page.length)).toBeLessThan(1)
  })
})
