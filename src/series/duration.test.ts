import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from './index.ts'

describe('duration', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['250ms', 250],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    ['1y2w3d4h5m6s7ms', 33_019_506_007],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', '5', '1.5h', '-5m', '30m1h', '5 m', '1M', '5mm', '99999999999999999y'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError)
  })

  it('writes what it reads', () => {
    fc.assert(fc.property(fc.nat({ max: 2 ** 50 }), (ms) => parseDuration(formatDuration(ms)) === ms))
  })
})
