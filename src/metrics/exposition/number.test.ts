import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalFloat, NUMBER_BYTES, writeNumber } from './number.ts'

function write(value: number): string {
  const bytes = new Uint8Array(NUMBER_BYTES + 16)
  const end = writeNumber(bytes, 1, value)
  expect(bytes[0]).toBe(0)
  expect(bytes.subarray(end).every((byte) => byte === 0)).toBe(true)
  return Buffer.from(bytes.subarray(1, end)).toString('latin1')
}

describe('writeNumber', () => {
  it.each([
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [-0, '0'],
    [-1.7976931348623157e308, '-1.7976931348623157e+308'],
  ])('%d is %s', (value, text) => {
    expect(write(value)).toBe(text)
  })

  it('is what String says', () => {
    const finite = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -1e13, max: 1e13, noNaN: true }),
      fc.double({ min: 1e-8, max: 1e-4, noNaN: true }),
      fc.maxSafeInteger(),
      fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 })).map(([n, power]) => n / 10 ** power),
      fc.tuple(fc.integer(), fc.integer({ min: 0, max: 12 })).map(([n, power]) => n / 10 ** power),
      fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -2, max: 2 })).map(([power, d]) => 2 ** power + d),
      fc.tuple(fc.integer({ min: -9, max: 22 }), fc.integer({ min: -2, max: 2 })).map(([power, d]) => 10 ** power + d),
    )
    fc.assert(
      fc.property(finite, (value) => {
        expect(write(value)).toBe(String(value))
      }),
      { numRuns: 20_000 },
    )
  })
})

it.each([
  [0, '0.0'],
  [1, '1.0'],
  [-1, '-1.0'],
  [0.005, '0.005'],
  [2.5, '2.5'],
  [100_000, '100000.0'],
  [1e6, '1e+06'],
  [2_500_000, '2.5e+06'],
  [1e10, '1e+10'],
  [1e100, '1e+100'],
  [0.0001, '0.0001'],
  [0.000_01, '1e-05'],
  [1e-10, '1e-10'],
  [Infinity, '+Inf'],
])('canonicalFloat(%d) is %s', (value, text) => {
  expect(canonicalFloat(value)).toBe(text)
})
