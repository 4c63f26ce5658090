import { expect, it } from 'vitest'
import { thresholdOf } from './threshold.ts'

it.each([
  ['a > 5', 'a > 5 '],
  ['5 < sum(rate(a[5m]))', 'sum(rate(a[5m])) > 5 '],
  ['(a / b) >= -0.5', '(a / b) >= -0.5 '],
  ['a < 2 * 1024', 'a < 2048 '],
  ['(a > 5)', 'a > 5 '],
  ['a > 5 and b > 1', 'a > 5 and b > 1'],
  ['a > b', 'none'],
  ['absent(a)', 'none'],
  ['a >', 'none'],
])('%s', (expr, expected) => {
  const found = thresholdOf(expr)
  expect(found === undefined ? 'none' : `${found.expr} ${found.operator} ${found.value} ${found.rest}`).toBe(expected)
})
