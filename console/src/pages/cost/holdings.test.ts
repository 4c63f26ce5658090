import { describe, expect, it } from 'vitest'
import { parse } from 'boxman/promql'
import { ceilingOf, HELD, LOSSES, numberAt, QUEUES } from './holdings.ts'

describe('what Boxman holds', () => {
  it.each([...HELD, ...QUEUES])('$name is asked by an expression about its metric', ({ expr, needs }) => {
    expect(parse(expr)).toMatchObject({ ok: true })
    expect(expr).toContain(needs)
  })

  it.each([
    ['store.maxBytes', 5],
    ['store.nothing', undefined],
    ['store', undefined],
    ['log.tail.lines', undefined],
    ['store.maxBytes.x', undefined],
  ])('%s is %s', (path, expected) => {
    expect(numberAt({ store: { maxBytes: 5 }, log: { tail: false } }, path)).toBe(expected)
  })

  it('has the ceiling of the configuration, or its own', () => {
    const [one] = HELD
    expect(one === undefined ? 0 : ceilingOf(one, { store: { maxBytes: 7 } })).toBe(7)
    expect(HELD.map((held) => ceilingOf(held, {}))).toContain(50)
  })

  it('each loss is told once', () => {
    expect(new Set(LOSSES.map(({ metric }) => metric)).size).toBe(LOSSES.length)
  })
})
