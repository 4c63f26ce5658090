import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Expr, explainParseError, format, parse, print } from './index.ts'
import { query } from './queries.conformance.ts'

function read(text: string): Expr {
  const parsed = parse(text)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.errors.map(explainParseError).join('; ')}`)
  return parsed.expr
}

/** The tree as text, without places; what is undefined, not a number or negative zero shows. */
function shape(expr: Expr): string {
  return JSON.stringify(expr, (key, value: unknown) => {
    if (key === 'span') return undefined
    if (key === 'pattern') return undefined
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
      return `number ${Object.is(value, -0) ? '-0' : value}`
    return value === undefined ? 'undefined' : value
  })
}

describe('print', () => {
  it('reads back as the tree that it was made of', () => {
    fc.assert(
      fc.property(query, (text) => {
        const expr = read(text)
        expect(shape(read(print(expr)))).toBe(shape(expr))
        expect(print(read(format(expr))).length).toBe(print(expr).length)
      }),
      { numRuns: 3000 },
    )
  })

  it('breaks a power of infinity into lines that read back', () => {
    const power = `Inf ^ scalar(histogram_quantile(0.5, sum by (le, instance, job, route) (rate(http_requests_bucket[5m]))))`
    expect(print(read(format(read(power))))).toBe(print(read(power)))
    expect(format(read(power)).split('\n')[0]).toBe('  Inf')
  })

  it('prints what it has printed alike', () => {
    fc.assert(
      fc.property(query, (text) => {
        const once = print(read(text))
        expect(print(read(once))).toBe(once)
        const formatted = format(read(text))
        expect(format(read(formatted))).toBe(formatted)
      }),
      { numRuns: 500 },
    )
  })
})

describe('format', () => {
  it.each([
    ['sum(rate(foo{z="1",a=~"2"}[5m]))by(job)', 'sum by (job) (rate(foo{a=~"2",z="1"}[5m]))'],
    ['foo offset 5m @ 10', 'foo @ 10.000 offset 5m'],
    ['{"foo.bar", "a b"=\'c\'} + 0x10', '{"a b"="c",__name__="foo.bar"} + 16'],
    ['foo[90m:60] # all of it', 'foo[1h30m:1m]'],
    ['a AND ON (b) c', 'a and on (b) c'],
    ['a + Fill_Left(1) fill_right(-2) b', 'a + fill_left (1) fill_right (-2) b'],
    ['foo[5m]   ANCHORED', 'foo[5m] anchored'],
    ['foo[ step()*2 ]', 'foo[step() * 2]'],
  ])('%j on one line: %s', (text, line) => {
    expect(format(read(text))).toBe(line)
  })

  it.each([
    `histogram_quantile(
  0.99,
  sum by (le, route) (rate(bitcraps_gateway_request_latency_ms_bucket{job="gateway"}[5m])) > 2000
)`,
    `    sum(rate(a_very_long_metric_name_total{job="craps"}[5m]))
  / on (instance, table) group_left (owner)
    sum(rate(b_very_long_metric_name_total[5m]))
or
  vector(0)`,
    `topk(
  5,
  (
    sum without (instance, pod, namespace, very_long_label_name_one, very_long_label_name_two) (
      foo{a="b",b="c"}
    )
  )
)`,
    `-(
  label_replace(
    http_requests_total{handler="/api/comments",job="api-server"},
    "destination",
    "$1",
    "instance",
    "([^:]+).*"
  )
)`,
    `max_over_time(
  (sum by (job) (rate(http_requests_total{code=~"5..",handler="/api/comments",job="api-server"}[5m])))[1d:5m] offset 1w
)`,
  ])('breaks what is longer than a line: %s', (text) => {
    expect(format(read(text.replaceAll(/\s+/g, ' ')))).toBe(text)
  })
})
