import { describe, expect, it } from 'vitest'
import { LabelSet } from '../../series/index.ts'
import { labelPosition } from './label-hash.ts'

describe('label position', () => {
  it('spreads labels evenly', () => {
    const positions = Array.from({ length: 2000 }, (_, i) => labelPosition(LabelSet.of({ a: `${i}`.repeat(i % 90) })))
    const low = positions.filter((position) => position < 0.5).length
    expect(Math.abs(low - 1000)).toBeLessThan(120)
    expect(positions.every((position) => position >= 0 && position <= 1)).toBe(true)
  })
})
