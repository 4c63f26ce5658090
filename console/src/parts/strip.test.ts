import { describe, expect, it } from 'vitest'
import { sharesOf, stretchesOf } from './strip.ts'

describe('stretches of states', () => {
  it.each<[string, (number | null)[], [number | null, number, number][]]>([
    ['nothing', [], []],
    ['one state', [1, 1, 1, 1], [[1, 0, 1]]],
    [
      'another in between',
      [1, 0, 0, 1],
      [
        [1, 0, 0.25],
        [0, 0.25, 0.75],
        [1, 0.75, 1],
      ],
    ],
    ['a single hole between equals', [1, null, 1, 1], [[1, 0, 1]]],
    [
      'a single hole between different ones',
      [1, null, 0, 0],
      [
        [1, 0, 0.25],
        [null, 0.25, 0.5],
        [0, 0.5, 1],
      ],
    ],
    [
      'a hole before the beginning',
      [null, null, 1, 1],
      [
        [null, 0, 0.5],
        [1, 0.5, 1],
      ],
    ],
  ])('%s', (_, values, expected) => {
    expect(stretchesOf(values).map(({ value, from, to }) => [value, from, to])).toEqual(expected)
  })
})

describe('shares of states', () => {
  const NAMES = new Map([
    [1, 'passes'],
    [0, 'fails'],
  ])

  it.each([
    [[1, 1, 1, 0], 'passes 75 %, fails 25 %'],
    [[null, null, 1, 1], 'passes 100 %'],
    [[null, null], 'not known in this range'],
    [[0.5, 0.5], '0.5 100 %'],
    [[...Array.from({ length: 400 }, () => 1), 0], 'passes >99 %, fails <1 %'],
  ])('%j is %s', (values, expected) => {
    expect(sharesOf(stretchesOf(values), NAMES)).toBe(expected)
  })
})
