import { parse } from 'boxman/promql'
import { expect, it } from 'vitest'
import { metricIn } from '../../charts/metric-in.ts'
import { askedOf, bucketRate, observations } from './asked.ts'

const metric = (name: string, type: string, isNative = false) => ({ name, type, help: '', isNative })

it.each([
  [metric('rolls_total', 'counter'), '', ['sum (rate(rolls_total[$__rate_interval]))'], 'per-second'],
  [metric('rolls_total', 'counter'), 'total', ['sum by (total) (rate(rolls_total[$__rate_interval]))'], 'per-second'],
  [metric('sent_bytes_total', 'counter'), '', ['sum (rate(sent_bytes_total[$__rate_interval]))'], 'bytes-per-second'],
  [metric('heap_used_bytes', 'gauge'), '', ['heap_used_bytes'], 'bytes'],
  [metric('subscribers', 'gauge'), 'topic', ['sum by (topic) (subscribers)'], 'short'],
  [metric('cache_hit_ratio', 'gauge'), 'cache', ['avg by (cache) (cache_hit_ratio)'], 'percent-of-one'],
  [
    metric('wait_ms', 'histogram'),
    'route',
    [0.5, 0.95, 0.99].map(
      (q) => `histogram_quantile(${q}, sum by (route, le) (rate(wait_ms_bucket[$__rate_interval])))`,
    ),
    'milliseconds',
  ],
  [
    metric('wait_seconds', 'histogram', true),
    '',
    [0.5, 0.95, 0.99].map((q) => `histogram_quantile(${q}, sum (rate(wait_seconds[$__rate_interval])))`),
    'seconds',
  ],
])('asks of %o by %j what fits its type', (of, by, exprs, unit) => {
  const asked = askedOf(of, by)
  expect([asked.queries.map(({ expr }) => expr), asked.unit]).toEqual([exprs, unit])
})

it('every question is PromQL, whatever the value of the label', () => {
  const value = 'a"b\\c\nd'
  for (const type of ['counter', 'gauge', 'histogram', 'unknown']) {
    for (const isNative of [true, false]) {
      const of = metric('some_total', type, isNative)
      const exprs = [...askedOf(of, 'route', value).queries, ...observations(of, 'route').queries].map(
        ({ expr }) => expr,
      )
      for (const expr of [...exprs, bucketRate(of, 'route', value)]) {
        expect(parse(expr.replaceAll('$__rate_interval', '1m')).ok, expr).toBe(true)
      }
    }
  }
})

it.each([
  ['sum by (route) (rate(requests_total{status="200"}[5m]))', 'requests_total'],
  ['histogram_quantile(0.5, sum by (le) (rate(wait_ms_bucket[1m])))', 'wait_ms'],
  ['heap_used_bytes', 'heap_used_bytes'],
  ['1 + 1', undefined],
])('the metric of %s', (expr, name) => expect(metricIn(expr)).toBe(name))
