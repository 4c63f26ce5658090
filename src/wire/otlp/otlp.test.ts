import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GOLDEN_JSON, GOLDEN_PROTOBUF } from '../../../test/support/otlp-golden.ts'
import { otlpProtobuf } from '../../../test/support/otlp.ts'
import { isStale } from '../../series/index.ts'
import { decodeOtlpMetrics, OtlpError, ProtobufError, type TranslatedMetrics } from '../index.ts'
import { labelName, metricName } from './names.ts'
import { plainNumber, valueText } from './value-text.ts'

const AT = 1_760_000_000_000
const nano = (ms: number): string => `${ms}000000`
const json = (request: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(request))
const attribute = (key: string, stringValue: string): unknown => ({ key, value: { stringValue } })

function requestOf(metrics: readonly unknown[], attributes: readonly unknown[] = []): { resourceMetrics: unknown[] } {
  return { resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ scope: { name: 's' }, metrics }] }] }
}

function lines({ series }: TranslatedMetrics): string[] {
  return series.map(({ labels, times, values, starts, histograms = [] }) => {
    const floats = Array.from(times, (at, i) => {
      const start = starts?.[i] ?? 0
      return `${at - AT}=${isStale(values, i) ? 'stale' : values[i]}${start === 0 ? '' : `<${start - AT}`}`
    })
    return [String(labels), ...floats, ...histograms.map(({ at, value }) => `${at - AT}=h${value.count}`)].join(' ')
  })
}

/** The same from both formats. */
function translated(request: { resourceMetrics: unknown[] }): TranslatedMetrics {
  const [a, b] = [decodeOtlpMetrics(json(request), 'json'), decodeOtlpMetrics(otlpProtobuf(request), 'protobuf')]
  expect(b).toEqual(a)
  return a
}

describe('names', () => {
  it.each<[string, string, 'counter' | 'gauge' | 'other', string]>([
    ['http.server.request.duration', 's', 'other', 'http_server_request_duration_seconds'],
    ['jobs', '', 'counter', 'jobs_total'],
    ['jobs_total', '{job}', 'counter', 'jobs_total'],
    ['total.jobs', '1', 'counter', 'jobs_total'],
    ['hits', '1', 'gauge', 'hits_ratio'],
    ['speed', 'm/s', 'gauge', 'speed_meters_per_second'],
    ['speed_meters', 'm/s', 'gauge', 'speed_meters_per_second'],
    ['used', 'By', 'gauge', 'used_bytes'],
    ['rate', 'By/{x}', 'gauge', 'rate_bytes'],
    ['load', '%', 'gauge', 'load_percent'],
    ['2xx', '', 'other', '_2xx'],
    ['a..b__c', 'foo bar', 'other', 'a_b_c_foo_bar'],
    ['ns:a', '', 'other', 'ns:a'],
    ['', '', 'other', ''],
  ])('%s in %s (%s) is %s', (name, unit, kind, want) => {
    expect(metricName({ name, unit, kind })).toBe(want)
  })

  it.each([
    ['http.route', 'http_route'],
    ['2nd', 'key_2nd'],
    ['_x', 'key_x'],
    ['__x', '__x'],
    ['ä', 'key_'],
  ])('label %s is %s', (key, want) => {
    expect(labelName(key)).toBe(want)
  })
})

describe('values', () => {
  it.each([
    [1e21, '1000000000000000000000'],
    [-1.5e22, '-15000000000000000000000'],
    [1e-7, '0.0000001'],
    [-1.25e-9, '-0.00000000125'],
    [0.5, '0.5'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
  ])('%s without an exponent', (value, want) => {
    expect(plainNumber(value)).toBe(want)
  })

  it('are texts as Go writes them', () => {
    const list = { list: ['<a>', 1n, true, undefined, Uint8Array.of(1)] }
    expect(
      valueText({
        map: [
          ['b', list],
          ['a', 0.5],
        ],
      }),
    ).toBe('{"a":0.5,"b":["\\u003ca\\u003e",1,true,null,"AQ=="]}')
  })
})

describe('a request', () => {
  it('gives sums, gauges and the resource', () => {
    const point = { attributes: [attribute('a.b', 'x'), attribute('a_b', 'y')], timeUnixNano: nano(AT) }
    const found = translated(
      requestOf(
        [
          {
            name: 'bets',
            description: 'Bets.',
            unit: '{bet}',
            sum: {
              aggregationTemporality: 2,
              isMonotonic: true,
              dataPoints: [{ ...point, startTimeUnixNano: nano(AT - 9), asInt: '7' }],
            },
          },
          {
            name: 'open',
            gauge: {
              dataPoints: [
                { timeUnixNano: nano(AT), asDouble: -0.5 },
                { timeUnixNano: nano(AT + 1), flags: 1 },
              ],
            },
          },
          { name: 'size', sum: { aggregationTemporality: 2, dataPoints: [{ timeUnixNano: nano(AT), asInt: '-3' }] } },
        ],
        [
          attribute('service.name', 'craps'),
          attribute('service.namespace', 'casino'),
          attribute('service.instance.id', 'i1'),
          { key: 'host.cores', value: { intValue: '12' } },
        ],
      ),
    )
    expect(lines(found)).toEqual([
      'bets_total{a_b="x;y", instance="i1", job="casino/craps"} 0=7<-9',
      'open{instance="i1", job="casino/craps"} 0=-0.5 1=stale',
      'size{instance="i1", job="casino/craps"} 0=-3',
      'target_info{host_cores="12", instance="i1", job="casino/craps"} 1=1',
    ])
    expect(found.metadata).toEqual([
      { name: 'bets_total', metadata: { type: 'counter', help: 'Bets.', unit: '{bet}' } },
      { name: 'open', metadata: { type: 'gauge', help: '', unit: '' } },
      { name: 'size', metadata: { type: 'gauge', help: '', unit: '' } },
    ])
  })
})

describe('what the official exporters send', () => {
  it.each([
    ['protobuf', GOLDEN_PROTOBUF],
    ['json', json(GOLDEN_JSON)],
  ] as const)('in %s', (format, bytes) => {
    const found = decodeOtlpMetrics(bytes, format)
    const target = 'instance="i", job="craps"'
    expect(lines(found)).toEqual([
      `bets_total{f="0.5", ${target}, list="[\\"a\\",\\"b\\"]", n="5", ok="true", table="T1"} 123=7<-60000`,
      `load_ratio{${target}} 123=-0.25`,
      `took_seconds_sum{${target}} 123=12.5<-60000`,
      `took_seconds_count{${target}} 123=6<-60000`,
      `took_seconds_bucket{${target}, le="0.5"} 123=1<-60000`,
      `took_seconds_bucket{${target}, le="2.5"} 123=3<-60000`,
      `took_seconds_bucket{${target}, le="+Inf"} 123=6<-60000`,
      `spread_milliseconds{${target}} 123=h10`,
      `target_info{host_name="h", ${target}, pid="7"} 123=1`,
    ])
    expect(found.series.flatMap(({ histograms = [] }) => histograms)).toEqual([
      {
        at: AT + 123,
        start: AT - 60_000,
        value: {
          schema: 2,
          count: 10,
          sum: 12.5,
          zeroThreshold: 1e-128,
          zeroCount: 1,
          positive: {
            spans: [
              { offset: -2, length: 1 },
              { offset: 3, length: 1 },
            ],
            counts: [1, 2],
          },
          negative: { spans: [{ offset: 5, length: 2 }], counts: [2, 4] },
          customBounds: [],
          counterReset: 'unknown',
        },
      },
    ])
    expect(found).toMatchObject({
      rejected: 2,
      faults: ['delta: only cumulative temporality has a place in Prometheus'],
    })
  })
})

describe('a histogram', () => {
  const exponential = (scale: number, offset: number, bucketCounts: readonly string[]): TranslatedMetrics =>
    translated(
      requestOf([
        {
          name: 'h',
          exponentialHistogram: {
            aggregationTemporality: 2,
            dataPoints: [{ timeUnixNano: nano(AT), count: '1', sum: 1, scale, positive: { offset, bucketCounts } }],
          },
        },
      ]),
    )

  it.each<[number, number, readonly string[], number, string]>([
    [0, 5, ['1'], 0, '6:1 1'],
    [0, -3, ['0', '1', '0', '0', '3'], 0, '-1:4 1,0,0,3'],
    [8, 0, ['1', '0', '0', '0', '3'], 8, '1:1+3:1 1,3'],
    [9, 0, ['1', '2', '3', '4'], 8, '1:2 3,7'],
    [9, -3, ['1', '2', '3', '4'], 8, '-1:3 1,5,4'],
    [12, -17, ['1', '1', '1', '1'], 8, '-1:2 1,3'],
  ])('of scale %i from %i with %j is of schema %i: %s', (scale, offset, counts, schema, want) => {
    const [value] = exponential(scale, offset, counts).series.flatMap(({ histograms = [] }) =>
      histograms.map((h) => h.value),
    )
    const spans = value?.positive.spans.map(({ offset: o, length }) => `${o}:${length}`).join('+')
    expect([value?.schema, `${spans} ${value?.positive.counts.join(',')}`]).toEqual([schema, want])
  })

  it('of too small a scale is rejected', () => {
    expect(exponential(-5, 0, ['1'])).toMatchObject({ rejected: 1, series: [] })
  })

  it('of the classic kind ends with stale markers, and gives its exemplars to their buckets', () => {
    const of = (point: object): TranslatedMetrics =>
      translated(
        requestOf([
          {
            name: 'h',
            histogram: {
              aggregationTemporality: 2,
              dataPoints: [
                { timeUnixNano: nano(AT), count: '2', sum: 1, bucketCounts: ['1', '1'], explicitBounds: [1], ...point },
              ],
            },
          },
        ]),
      )
    expect(lines(of({ flags: 1 }))).toEqual([
      'h_sum 0=stale',
      'h_count 0=stale',
      'h_bucket{le="1"} 0=stale',
      'h_bucket{le="+Inf"} 0=stale',
    ])
    const exemplar = (asDouble: number, more: object = {}): object => ({ timeUnixNano: nano(AT), asDouble, ...more })
    const ids = { traceId: '0102', spanId: '03', filteredAttributes: [attribute('user', 'u')] }
    const long = { ...ids, filteredAttributes: [attribute('user', 'u'.repeat(200))] }
    const { series } = of({ exemplars: [exemplar(1, ids), exemplar(1.5, long)] })
    expect(
      series.map(({ labels, exemplars = [] }) => [
        labels.get('le'),
        ...exemplars.map((each) => `${String(each.labels)} ${each.value}`),
      ]),
    ).toEqual([
      [''],
      [''],
      ['1', '{span_id="03", trace_id="0102", user="u"} 1'],
      ['+Inf', '{span_id="03", trace_id="0102"} 1.5'],
    ])
  })

  it('of quantiles is a summary', () => {
    const point = {
      timeUnixNano: nano(AT),
      count: '4',
      sum: 5,
      quantileValues: [
        { quantile: 0.5, value: 1 },
        { quantile: 1, value: 2 },
      ],
    }
    expect(lines(translated(requestOf([{ name: 'q', unit: 'By', summary: { dataPoints: [point] } }])))).toEqual([
      'q_bytes_sum 0=5',
      'q_bytes_count 0=4',
      'q_bytes{quantile="0.5"} 0=1',
      'q_bytes{quantile="1"} 0=2',
    ])
  })
})

describe('bytes that are no request', () => {
  it.each([
    ['not JSON', '{'],
    ['request: expected an object, given a list', '[]'],
    ['metrics: expected an object, given number 1', '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[1]}]}]}'],
    ['timeUnixNano: expected a whole number, given string "soon"', pointOf('"timeUnixNano":"soon"')],
    ['asDouble: expected a number, given a list', pointOf('"asDouble":[]')],
    ['an attribute of more than 32 levels', pointOf(`"attributes":[{"key":"a","value":${deep(40)}}]`)],
  ])('%s', (message, text) => {
    expect(() => decodeOtlpMetrics(new TextEncoder().encode(text), 'json')).toThrow(OtlpError)
    expect(() => decodeOtlpMetrics(new TextEncoder().encode(text), 'json')).toThrow(message)
  })

  it('in protobuf an attribute of too many levels is one', () => {
    const request: { resourceMetrics: unknown[] } = JSON.parse(
      pointOf(`"attributes":[{"key":"a","value":${deep(40)}}]`),
    )
    expect(() => decodeOtlpMetrics(otlpProtobuf(request), 'protobuf')).toThrow(ProtobufError)
  })

  it.each(['protobuf', 'json'] as const)('in %s end in an answer or the error, whatever is done to them', (format) => {
    const request = requestOf([
      {
        name: 'a',
        unit: 's',
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [
            {
              timeUnixNano: nano(AT),
              count: '3',
              sum: 2,
              bucketCounts: ['1', '2'],
              explicitBounds: [1],
              attributes: [attribute('k', 'v')],
            },
          ],
        },
      },
      {
        name: 'b',
        exponentialHistogram: {
          aggregationTemporality: 2,
          dataPoints: [
            { timeUnixNano: nano(AT), count: '3', scale: 3, positive: { offset: 1, bucketCounts: ['1', '2'] } },
          ],
        },
      },
    ])
    const whole = format === 'json' ? json(request) : otlpProtobuf(request)
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(changes, (edits) => {
        const bytes = whole.slice()
        for (const [at, value] of edits) bytes[at % bytes.length] = value
        expect(outcome(bytes, format)).toMatch(/^(read|refused)$/)
      }),
      { numRuns: 1000 },
    )
  })
})

function pointOf(field: string): string {
  return `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{${field}}]}}]}]}]}`
}

function deep(levels: number): string {
  return `${'{"arrayValue":{"values":['.repeat(levels)}{"intValue":"1"}${']}}'.repeat(levels)}`
}

function outcome(bytes: Uint8Array, format: 'protobuf' | 'json'): 'read' | 'refused' {
  try {
    decodeOtlpMetrics(bytes, format)
    return 'read'
  } catch (error) {
    if (error instanceof ProtobufError || error instanceof OtlpError) return 'refused'
    throw error
  }
}
