import { parse } from 'boxman/promql'
import { describe, expect, it } from 'vitest'
import { askedIn, changesOf } from './asked.ts'
import { examplesFor } from './examples.ts'
import { marksPlan } from './exemplar-plan.ts'
import { deepestFirst, pairingOf, type Part, partsOf, topDown } from './explain-tree.ts'
import { heatOf, histogramIn } from './heat.ts'
import { hintsOf } from './hints.ts'
import { found, MOST_REMEMBERED, readHistory, remembered } from './history.ts'
import { apiAddress, curlOf } from './links.ts'
import { lintText } from './lint-text.ts'
import type { Metadata } from './metadata.ts'
import { groupsOf, labelsOf } from './metric-tree.ts'
import { remarkOf } from './place-in-text.ts'
import { stepOf } from './steps.ts'
import { boundUnitOf, unitOf } from './unit-guess.ts'

const METADATA: Metadata = new Map(
  Object.entries({
    jobs_total: 'counter',
    sent_bytes_total: 'counter',
    busy_seconds_total: 'counter',
    heap_bytes: 'gauge',
    wait_seconds: 'histogram',
    size_bytes: 'histogram',
  }).map(([name, type]) => [name, { type, help: '', unit: '' }]),
)

function exprOf(text: string) {
  const parsed = parse(text)
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.errors)}`)
  return parsed.expr
}

function treeOf(text: string): Part {
  const tree = partsOf(text)
  if (tree === undefined) throw new Error(`cannot be read: ${text}`)
  return tree
}

describe('the address', () => {
  it('holds every query with its legend, and which are hidden', () => {
    const asked = [
      { expr: 'up', legend: '{{job}}', isHidden: false },
      { expr: 'a / b', legend: '', isHidden: true },
    ]
    const params = new URLSearchParams()
    for (const [name, value] of Object.entries(changesOf(asked))) {
      if (value !== undefined && value !== '') params.set(name, value)
    }
    expect(params.toString()).toBe('q=up&legend=%7B%7Bjob%7D%7D&q2=a+%2F+b&hide=2')
    expect(askedIn(params)).toEqual(asked)
  })

  it('leaves out what is empty, and closes the gap', () => {
    const empty = { expr: ' ', legend: 'x', isHidden: true }
    expect(changesOf([empty, { expr: 'up', legend: '', isHidden: true }])).toMatchObject({
      q: 'up',
      q2: undefined,
      legend2: undefined,
      hide: '1',
    })
    expect(askedIn(new URLSearchParams('q2=up&hide=2'))).toEqual([{ expr: 'up', legend: '', isHidden: true }])
  })
})

describe('the history', () => {
  it('has the newest first, each once, and so many at most', () => {
    const all = Array.from({ length: MOST_REMEMBERED + 5 }, (_, i) => `q${i}`).reduce<readonly string[]>(remembered, [])
    expect(all).toHaveLength(MOST_REMEMBERED)
    expect(all[0]).toBe('q54')
    expect(remembered(['a', 'b'], ' b ')).toEqual(['b', 'a'])
    expect(remembered(['a'], '  ')).toEqual(['a'])
  })

  it('is found by words in any order', () => {
    expect(found(['sum(rate(http_total[5m]))', 'up'], 'HTTP sum')).toEqual(['sum(rate(http_total[5m]))'])
  })

  it.each([[null], ['nonsense'], ['{"a":1}'], ['[1, null]']])('%s is no history', (text) => {
    expect(readHistory(text)).toEqual([])
  })
})

describe('hints', () => {
  it.each([
    ['jobs_total', 'rate(jobs_total[$__rate_interval])'],
    ['sum by (kind) (jobs_total{kind="a"})', 'sum by (kind) (rate(jobs_total{kind="a"}[$__rate_interval]))'],
    ['heap_bytes + wait_seconds_count', 'heap_bytes + rate(wait_seconds_count[$__rate_interval])'],
    ['label_x{a="ä"} + jobs_total', 'label_x{a="ä"} + rate(jobs_total[$__rate_interval])'],
    ['unknown_total', 'rate(unknown_total[$__rate_interval])'],
  ])('%s should be a rate', (text, better) => {
    expect(hintsOf(text, METADATA)).toMatchObject([{ expr: better }])
  })

  it.each([
    ['rate(jobs_total[5m])'],
    ['heap_bytes'],
    ['count(jobs_total)'],
    ['absent(jobs_total)'],
    ['sum('],
    ['item_count'],
  ])('%s is well as it is', (text) => {
    expect(hintsOf(text, METADATA)).toEqual([])
  })
})

it.each([
  ['heap_bytes', 'bytes'],
  ['rate(sent_bytes_total[5m])', 'bytes-per-second'],
  ['sum by (a) (rate(jobs_total[5m]))', 'per-second'],
  ['increase(jobs_total[5m])', 'short'],
  ['rate(busy_seconds_total[5m])', 'percent-of-one'],
  ['histogram_quantile(0.9, sum by (le) (rate(wait_seconds_bucket[5m])))', 'seconds'],
  ['histogram_quantile(0.9, rate(size_bytes[5m]))', 'bytes'],
  ['rate(wait_seconds_sum[5m]) / rate(wait_seconds_count[5m])', 'seconds'],
  ['rate(wait_seconds_count[5m])', 'per-second'],
  ['sum(rate(jobs_total{a="b"}[5m])) / sum(rate(jobs_total[5m]))', 'percent-of-one'],
  ['time() - process_start_time_seconds', 'seconds'],
  ['process_start_time_seconds', 'timestamp'],
  ['event_loop_utilization_ratio', 'percent-of-one'],
  ['max_over_time(heap_bytes[1h])', 'bytes'],
  ['heap_bytes * 2', 'bytes'],
  ['2 * heap_bytes', 'bytes'],
  ['count(heap_bytes)', 'short'],
  ['up', 'short'],
])('%s is told in %s', (text, unit) => {
  expect(unitOf(exprOf(text), METADATA)).toBe(unit)
})

it('the bounds of buckets are told as what was observed', () => {
  expect(boundUnitOf(exprOf('sum by (le) (rate(wait_seconds_bucket[5m]))'), METADATA)).toBe('seconds')
  expect(boundUnitOf(exprOf('rate(size_bytes[5m])'), METADATA)).toBe('bytes')
})

describe('what a query is made of', () => {
  const QUERY = 'sum by (job) (rate(jobs_total{kind="a"}[5m])) / on (job) (topk(3, up) + 1)'

  it('parts with their types and matchers, without parentheses and arguments that are numbers', () => {
    expect(topDown(treeOf(QUERY)).map(({ depth, name, type, matchers }) => [depth, name, type, matchers])).toEqual([
      [0, '/ on (job)', 'vector', []],
      [1, 'sum by (job)', 'vector', []],
      [2, 'rate()', 'vector', []],
      [3, 'range selector', 'matrix', ['kind="a"']],
      [1, '+', 'vector', []],
      [2, 'topk', 'vector', []],
      [3, 'selector', 'vector', []],
      [2, 'number', 'scalar', []],
    ])
  })

  it('the deepest come first, the whole last', () => {
    expect(deepestFirst(treeOf('sum(rate(a[5m])) / b')).map(({ text }) => text)).toEqual([
      'a[5m]',
      'rate(a[5m])',
      'sum(rate(a[5m]))',
      'b',
      'sum(rate(a[5m])) / b',
    ])
  })

  it('what cannot be read has no parts', () => {
    expect(partsOf('sum(')).toBeUndefined()
  })

  it.each([
    ['a / on (job) b', [{ job: 'y' }], [{ job: 'z' }]],
    ['a / ignoring (job) b', [{ x: '2' }], [{}]],
  ])('%s: the labels that do not match', (query, unmatchedLeft, unmatchedRight) => {
    const { matching } = treeOf(query)
    if (matching === undefined) throw new Error('no matching')
    const left = [
      { __name__: 'a', job: 'x', x: '1' },
      { __name__: 'a', job: 'y', x: '2' },
    ]
    const right = [
      { __name__: 'b', job: 'x', x: '1' },
      { __name__: 'b', job: 'z' },
    ]
    expect(pairingOf(matching, left, right)).toEqual({ left: 2, right: 2, unmatchedLeft, unmatchedRight })
  })
})

describe('heat maps', () => {
  const asked = { from: 0, to: 2000, step: 1000 }

  it('classic buckets of all series together', () => {
    const result = [
      { metric: { le: '1', a: 'x' }, values: [[0, '1']] as const },
      { metric: { le: '1', a: 'y' }, values: [[0, '2']] as const },
      { metric: { le: '+Inf', a: 'x' }, values: [[0, '5']] as const },
    ]
    expect(heatOf({ resultType: 'matrix', result }, asked)).toEqual({
      times: [0, 1, 2],
      bounds: [1, Infinity],
      counts: [
        [3, 0, 0],
        [2, 0, 0],
      ],
    })
  })

  it('native ones; a wide bucket is shared out', () => {
    const buckets = (all: readonly (readonly [number, string, string, string])[]) => ({
      count: '0',
      sum: '0',
      buckets: all,
    })
    const histograms = [
      [
        0,
        buckets([
          [0, '1', '2', '4'],
          [0, '2', '4', '6'],
        ]),
      ],
      [1, buckets([[0, '1', '4', '8']])],
    ] as const
    expect(heatOf({ resultType: 'matrix', result: [{ metric: {}, histograms }] }, asked)).toEqual({
      times: [0, 1, 2],
      bounds: [2, 4],
      counts: [
        [4, 4, 0],
        [6, 4, 0],
      ],
    })
  })

  it('a quantile has its histogram within', () => {
    const quantile = exprOf('(histogram_quantile(0.9, rate(a[5m])))')
    expect(histogramIn(quantile)).toMatchObject({ kind: 'call', name: 'rate' })
    expect(histogramIn(exprOf('up'))).toMatchObject({ kind: 'vector-selector' })
  })
})

it.each([
  ['sum(up', 0, 6, /unclosed left parenthesis/],
  ['"ä" + foo(up)', 6, 9, /unknown function/],
  ['rate(up[$__rate_interval]', 0, 25, /unclosed left parenthesis/],
])('%s is underlined where it is wrong', (text, least, most, message) => {
  const [first] = lintText(text)
  expect(first?.message).toMatch(message)
  expect(first?.from).toBeGreaterThanOrEqual(least)
  expect(first?.to).toBeLessThanOrEqual(most)
  expect(first?.to).toBeGreaterThan(first?.from ?? Infinity)
})

it.each([[''], ['up'], ['rate(up[$__rate_interval])']])('%s is not wrong', (text) => {
  expect(lintText(text)).toEqual([])
})

it.each([
  ['rate(up[5m])', 'PromQL info: metric might not be a counter: "up" (1:6)', { from: 5, to: 7 }],
  ['a +\n "ä" + b', 'invalid parameter "query": 2:8: parse error: no', { from: 10, to: 11 }],
  ['up', 'query timed out', undefined],
])('%s: the server names the place in %s', (text, message, place) => {
  const remark = remarkOf(text, message, 'info')
  expect(remark && { from: remark.from, to: remark.to }).toEqual(place)
})

it('links name the query, its time and its step', () => {
  const query = { expr: `up{a='b'}`, from: 0, to: 10_000, step: 1000 }
  expect(apiAddress('http://h/ops/', query)).toBe(
    'http://h/ops/api/v1/query_range?query=up%7Ba%3D%27b%27%7D&start=0&end=10&step=1',
  )
  expect(curlOf('http://h/ops/', { ...query, step: undefined })).toBe(
    String.raw`curl -sS 'http://h/ops/api/v1/query' --data-urlencode 'query=up{a='\''b'\''}' --data-urlencode 'time=10'`,
  )
})

it.each([
  ['', 240_000, 1000],
  ['fine', 960_000, 1000],
  ['coarse', 60_000, 1000],
  ['coarse', 600_000, 10_000],
  ['15s', 60_000, 15_000],
  ['5m', 60_000, 300_000],
  ['nonsense', 480_000, 2000],
])('a step of %j over %i ms is %i ms', (choice, span, step) => {
  expect(stepOf(choice, span)).toBe(step)
})

it('metrics by their first word, labels by how many values they have', () => {
  expect(groupsOf(['http_a', 'http_b', 'up'], '')).toEqual([
    { prefix: 'http', names: ['http_a', 'http_b'] },
    { prefix: 'up', names: ['up'] },
  ])
  expect(groupsOf(['http_a', 'up'], 'A HTTP')).toEqual([{ prefix: 'http', names: ['http_a'] }])
  const series = [
    { __name__: 'a', job: 'x', path: '/a' },
    { __name__: 'a', job: 'x', path: '/b' },
  ]
  expect(labelsOf(series)).toEqual([
    {
      name: 'path',
      values: [
        ['/a', 1],
        ['/b', 1],
      ],
    },
    { name: 'job', values: [['x', 2]] },
  ])
})

it('examples are made of metrics that there are, and can be read', () => {
  const names = ['up', 'x_heap_used_bytes', 'jobs_total', 'wait_seconds_bucket', 'boxman_runs_total']
  const examples = examplesFor(names, METADATA)
  expect(examples.map(({ expr }) => expr)).toEqual([
    'x_heap_used_bytes',
    'up',
    'histogram_quantile(0.95, sum by (le) (rate(wait_seconds_bucket[$__rate_interval])))',
    'rate(jobs_total[$__rate_interval])',
  ])
  expect(examples.flatMap(({ expr }) => lintText(expr))).toEqual([])
  expect(examplesFor([], METADATA)).toEqual([])
})

it('of many exemplars the greatest of each stretch of time is shown, each trace once', () => {
  const exemplar = (trace: string, i: number) => ({ labels: { trace_id: trace }, value: String(i % 10), timestamp: i })
  const many = marksPlan(Array.from({ length: 6000 }, (_, i) => exemplar(`t${i}`, i)))
  expect(many.length).toBeGreaterThan(50)
  expect(many.length).toBeLessThan(70)
  expect(many.slice(0, -1).every(({ value }) => value === 9)).toBe(true)
  const same = [exemplar('t', 0), exemplar('t', 500), { labels: {}, value: '99', timestamp: 1 }]
  expect(marksPlan(same).map(({ trace }) => trace)).toEqual(['t'])
  expect(marksPlan([])).toEqual([])
})
