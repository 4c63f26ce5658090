import { describe, expect, it } from 'vitest'
import { LabelSet } from '../../series/index.ts'
import { labelPosition, xxhash64 } from './label-hash.ts'

describe('label hash', () => {
  it.each([
    ['', 'ef46db3751d8e999'],
    ['a', 'd24ec4f1a98c6e5b'],
    ['abc', '44bc2cf5ad770999'],
  ])('is xxHash of %j', (text, hex) => {
    expect(xxhash64(new TextEncoder().encode(text)).toString(16)).toBe(hex)
  })

  it('spreads labels evenly', () => {
    const positions = Array.from({ length: 2000 }, (_, i) => labelPosition(LabelSet.of({ a: `${i}`.repeat(i % 90) })))
    const low = positions.filter((position) => position < 0.5).length
    expect(Math.abs(low - 1000)).toBeLessThan(120)
    expect(positions.every((position) => position >= 0 && position <= 1)).toBe(true)
  })
})
