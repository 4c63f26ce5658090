import { expect, it } from 'vitest'
import { QueryGate } from './query-gate.ts'

it('more places let more of the waiting in, fewer keep them out, as soon as one leaves', async () => {
  let queryConcurrency = 1
  const gate = new QueryGate(() => ({ queryConcurrency, waitingQueries: 3 }))
  const { signal } = new AbortController()
  const inside: number[] = []
  const [first, ...others] = [1, 2, 3, 4].map(async (number) => {
    const { leave } = await gate.enter(signal)
    inside.push(number)
    return leave
  })
  await expect(gate.enter(signal)).rejects.toThrow('3 queries are waiting already')
  queryConcurrency = 2
  const leave = await first
  leave?.()
  const leaving = await Promise.all(others.slice(0, 2))
  expect(inside).toEqual([1, 2, 3])
  queryConcurrency = 1
  leaving[0]?.()
  await new Promise(setImmediate)
  expect(inside).toEqual([1, 2, 3])
  leaving[1]?.()
  await others[2]
  expect(inside).toEqual([1, 2, 3, 4])
})
