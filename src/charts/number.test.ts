import { describe, expect, it } from 'vitest'
import type { Unit } from '../packs/index.ts'
import { formatAge, formatNumber } from './index.ts'

describe('a number as people read it', () => {
  it.each<[number | null, Unit, string]>([
    [null, 'short', '–'],
    [NaN, 'seconds', '–'],
    [Infinity, 'seconds', '∞'],
    [0, 'short', '0'],
    [-0.0001, 'short', '−0.0001'],
    [12, 'short', '12'],
    [1234, 'short', '1.23 k'],
    [1_500_000, 'short', '1.5 M'],
    [123_456, 'none', '123456'],
    [0.1234, 'percent-of-one', '12.3 %'],
    [0.00000396, 'percent-of-one', '0.0004 %'],
    [0, 'seconds', '0 s'],
    [0.000_000_5, 'seconds', '500 ns'],
    [0.000_42, 'seconds', '420 µs'],
    [0.0123, 'seconds', '12.3 ms'],
    [1.5, 'seconds', '1.5 s'],
    [200, 'seconds', '3 min 20 s'],
    [3600, 'seconds', '1 h'],
    [7260, 'seconds', '2 h 1 min'],
    [187_200, 'seconds', '2 d 4 h'],
    [512, 'bytes', '512 B'],
    [1024, 'bytes', '1 KiB'],
    [19_503_185, 'bytes', '18.6 MiB'],
    [2048, 'bytes-per-second', '2 KiB/s'],
    [1234, 'requests-per-second', '1.23 k req/s'],
    [1234.5, 'money', '1,234.50'],
    [-12, 'celsius', '−12 °C'],
  ])('%s in %s is %s', (value, unit, text) => {
    expect(formatNumber(value, unit)).toBe(text)
  })

  it('has as many decimals as are asked for', () => {
    expect([formatNumber(1.2345, 'short', 1), formatNumber(2, 'percent-of-one', 1)]).toEqual(['1.2', '200.0 %'])
  })
})

it.each([
  [12_000, '12 s'],
  [200_000, '3 min'],
  [7_300_000, '2 h'],
  [200_000_000, '2 d'],
  [-5, '0 s'],
])('%d ms ago is %s', (ago, text) => {
  expect(formatAge(1e12 - ago, 1e12)).toBe(text)
})
