import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { faceOf, GENESIS_HASH, rollDice } from './index.ts'
import type { Round } from './index.ts'

const round: Round = {
  tableId: 'T1',
  height: 1,
  attempt: 1,
  previousHash: GENESIS_HASH,
  betsRoot: GENESIS_HASH,
  betsCount: 0,
}
const secret = (seed: string): string => createHash('sha256').update(seed).digest('hex')
const reveals = [
  { party: 'gateway', secret: secret('g') },
  { party: 'v1', secret: secret('1') },
]

describe('dice', () => {
  it('give every face the same number of bytes, and none to the four left over', () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => faceOf(byte))
    const count = (face: number | undefined) => bytes.filter((each) => each === face).length
    expect([1, 2, 3, 4, 5, 6].map(count)).toEqual([42, 42, 42, 42, 42, 42])
    expect(count(undefined)).toBe(4)
  })

  it('are fair over many secrets', () => {
    const counts = new Map<string, number>()
    const rolls = 36_000
    for (let i = 0; i < rolls; i++) {
      const dice = rollDice(round, [{ party: 'gateway', secret: secret(String(i)) }])
      counts.set(dice.join(), (counts.get(dice.join()) ?? 0) + 1)
    }
    const expected = rolls / 36
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(counts.size).toBe(36)
    // 35 degrees of freedom: one fair sample in a thousand is above this. The sample is fixed.
    expect(chiSquare).toBeLessThan(66.62)
  })

  it('follow from every secret and from the round', () => {
    const draws = (make: (i: number) => readonly [number, number]) =>
      new Set(Array.from({ length: 64 }, (_, i) => make(i).join())).size
    expect(draws(() => rollDice(round, reveals))).toBe(1)
    expect(draws((i) => rollDice({ ...round, height: i + 1 }, reveals))).toBeGreaterThan(20)
    for (const [index, reveal] of reveals.entries()) {
      const changed = (i: number) => reveals.toSpliced(index, 1, { ...reveal, secret: secret(`other ${i}`) })
      expect(draws((i) => rollDice(round, changed(i)))).toBeGreaterThan(20)
    }
  })
})
