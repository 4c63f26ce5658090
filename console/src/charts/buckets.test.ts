import { expect, it } from 'vitest'
import { bucketsOf } from './buckets.ts'
import { csvOf } from './export.ts'
import { figuresOf, stacked } from './shown.ts'

const line = (le: string, values: (number | null)[]) => ({ key: le, name: le, labels: { le }, values })

it('takes from each bucket what the smaller ones hold, and leaves out the empty ones at the ends', () => {
  const frame = {
    times: [1, 2],
    lines: [line('+Inf', [9, 9]), line('0.5', [7, 9]), line('0.1', [3, null]), line('0.01', [0, 0])],
  }
  expect(bucketsOf(frame)).toEqual({
    times: [1, 2],
    bounds: [0.1, 0.5, Infinity],
    counts: [
      [3, 0],
      [4, 9],
      [2, 0],
    ],
  })
})

it('without values there are no buckets', () => {
  expect(bucketsOf({ times: [1], lines: [line('1', [0])] })).toEqual({ times: [1], bounds: [], counts: [] })
})

it('a file has a row a moment, and no cell that a spreadsheet would run', () => {
  const lines = [
    { key: 'a', name: 'a, "b"', labels: {}, values: [1, null] },
    { key: 'c', name: '=cmd()', labels: {}, values: [-2, 3] },
  ]
  expect(csvOf({ times: [0, 1], lines })).toBe(
    'time,"a, ""b""",\'=cmd()\n1970-01-01T00:00:00.000Z,1,-2\n1970-01-01T00:00:01.000Z,,3\n',
  )
})

it('lines are stacked on those before them, holes as nothing', () => {
  expect(
    stacked([
      [1, null],
      [2, 3],
    ]),
  ).toEqual([
    [1, null],
    [3, 3],
  ])
})

it('a line comes to its last, mean and greatest value, and a rate to its total', () => {
  expect(figuresOf([0, 10, 20], [1, null, 3])).toEqual({ last: 3, mean: 2, max: 3, total: 30 })
  expect(figuresOf([0], [null])).toEqual({ last: null, mean: null, max: null, total: null })
})
