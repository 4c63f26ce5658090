import { describe, expect, it } from 'vitest'
import { readExpression } from './index.ts'

describe('the data of an expression', () => {
  it.each([
    ['x > 5', 'x'],
    ['5 < x', 'x'],
    ['x == bool 5', undefined],
    ['x', undefined],
    ['rate(a[5m]) / rate(b[5m]) > 0.1', 'rate(a[5m]) / rate(b[5m])'],
    ['count by (job) (up == 0) > 1', 'count by (job) (up)'],
    ['a > on (i) b', '(a and on (i) b)'],
    ['a > on (i) group_right () b', '(b and on (i) a)'],
    ['a > 1 and on (job) b < 2', 'a and on (job) b'],
    ['a > 1 or b < 2', 'a or b'],
    ['a > 1 unless b', 'a'],
    ['up unless ok', 'up'],
    ['max_over_time((x > 5)[5m:1m]) > 7', 'max_over_time((x)[5m:1m])'],
    ['clamp_max(-(x > 5), 3)', 'clamp_max(-(x), 3)'],
    ['absent(x)', undefined],
    ['absent(x) == 1', undefined],
    ['x > 5 or absent(x)', undefined],
    ['time() - last > 60', 'time() - last'],
    ['vector(1) > 0', 'vector(1)'],
    ['count(ALERTS{alertstate="firing"}) > 3', undefined],
  ])('%s is %s', (expr, data) => {
    const read = readExpression(expr)
    expect(read).toMatchObject({ ok: true, data })
    // It is one, and reads back as it is printed.
    expect(readExpression(data ?? 'x')).toMatchObject({ ok: true, printed: data ?? 'x' })
  })
})
