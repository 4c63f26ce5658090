import { expect, it } from 'vitest'
import { axisTimes, barsOf, bucketsOf, figuresOf, formatMoment, rowsByLabels, stacked } from './index.ts'

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

it.each([
  ['UTC', '2026-11-22 06:30:00', ['23:45', '00:00\n22 Nov']],
  ['Asia/Kolkata', '2026-11-22 12:00:00', ['05:15', '05:30']],
  ['America/New_York', '2026-11-22 01:30:00', ['18:45', '19:00']],
] as const)('times are those of %s', (zone, moment, axis) => {
  expect(formatMoment(Date.UTC(2026, 10, 22, 6, 30), true, zone)).toBe(moment)
  const midnight = Date.UTC(2026, 10, 22) / 1000
  expect(axisTimes([midnight - 900, midnight], 900, zone)).toEqual(axis)
})

it('answers side by side are rows, by their labels', () => {
  const first = [
    { labels: { job: 'a' }, value: 1 },
    { labels: { job: 'b' }, value: 2 },
  ]
  const second = [{ labels: { job: 'b', le: '1' }, value: 3 }]
  expect(rowsByLabels(['job'], [first, second]).map(({ labels, values }) => [...labels, ...values])).toEqual([
    ['a', 1, null],
    ['b', 2, 3],
  ])
})

it.each([
  ['value', ['c', 'a', 'b']],
  ['name', ['a', 'b', 'c']],
] as const)('bars are in order of their %s, each beside what it is compared with', (order, names) => {
  const answer = ['a', 'b', 'c'].map((name, i) => ({ labels: { name }, value: [2, 1, 9][i] ?? 0 }))
  const panel = { kind: 'bars', title: 't', queries: [{ expr: 'x', legend: '{{name}}' }], order } as const
  const reference = { expr: 'y', legend: '{{name}}', title: 'fair' }
  const { bars, longest } = barsOf({ ...panel, reference }, [answer, [{ labels: { name: 'b' }, value: 12 }]])
  expect(bars.map(({ name }) => name)).toEqual(names)
  expect(bars.find(({ name }) => name === 'b')?.mark).toBe(12)
  expect(longest).toBe(12)
})
