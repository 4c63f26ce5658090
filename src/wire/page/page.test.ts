import { describe, expect, it } from 'vitest'
import { PageError, type PageOptions, readPage, SCRAPE_ACCEPT, scrapeAccept } from '../index.ts'
import { MESSAGE_CASES } from './message-cases.test.support.ts'
import { OPENMETRICS_CASES } from './openmetrics-cases.test.support.ts'
import { bytesOf, OPENMETRICS, outcomeOf, PROTOBUF, refused, samplesOf, TEXT } from './page-case.test.support.ts'
import { TEXT_CASES } from './text-cases.test.support.ts'

const entriesOf = (page: string, contentType: string): unknown[] =>
  [...readPage(bytesOf(page), contentType)].filter(({ kind }) => kind === 'metadata')

describe('a page in the text format', () => {
  it.each(TEXT_CASES.map(([page, outcome]) => [page, outcome] as const))('%j', (page, outcome) => {
    expect(outcomeOf(bytesOf(page), TEXT)).toEqual(outcome)
  })

  it('says what its metrics are', () => {
    const page = '# HELP a b\\nc\\\\d\\"e\\x\n# TYPE "a\\"b" untyped\n#TYPE c gauge\n# UNIT c s\n# HELP d\n'
    expect(entriesOf(page, TEXT)).toEqual([
      { kind: 'metadata', name: 'a', help: 'b\nc\\d\\"e\\x' },
      { kind: 'metadata', name: 'a"b', type: 'unknown' },
      { kind: 'metadata', name: 'd', help: '' },
    ])
  })
})

describe('a page in OpenMetrics', () => {
  it.each(OPENMETRICS_CASES.map(([page, outcome]) => [page, outcome] as const))('%j', (page, outcome) => {
    expect(outcomeOf(bytesOf(page), OPENMETRICS)).toEqual(outcome)
  })

  it('says what its metrics are', () => {
    expect(entriesOf('# HELP a_s b\\nc\\"d\n# TYPE a_s stateset\n# UNIT a_s s\n# UNIT b \n# EOF', OPENMETRICS)).toEqual(
      [
        { kind: 'metadata', name: 'a_s', help: 'b\nc"d' },
        { kind: 'metadata', name: 'a_s', type: 'stateset' },
        { kind: 'metadata', name: 'a_s', unit: 's' },
        { kind: 'metadata', name: 'b', unit: '' },
      ],
    )
  })

  it.each([
    ['a_total 1 # {x="y"} 2 1.5', [['{x="y"}', 2, 1500]]],
    ['a_total 1 5 # {} 2', [['{}', 2, undefined]]],
    ['a_total 1 # {"x.y"="\\"\\n",z=""} NaN', [['{"x.y"="\\"\\n"}', NaN, undefined]]],
    ['a_total 1 # {x="y",x="z"} 2', []],
    ['a_total 1 # {""="y"} 2', []],
    ['a_total 1', []],
  ])('%s: exemplars', (line, exemplars) => {
    const [sample] = samplesOf(bytesOf(`${line}\n# EOF`), OPENMETRICS)
    expect(sample?.exemplars.map(({ labels, value, at }) => [String(labels), value, at])).toEqual(exemplars)
  })

  const counter = '# TYPE a counter\n'
  const histogram = '# TYPE h histogram\n'
  it.each([
    ['behind', `${counter}a_total 1\na_created 2.5\n`, [2500, 0]],
    ['before', `${counter}a_created 2.5\na_total 1\n`, [0, 2500]],
    [
      'by labels',
      `${counter}a_total{x="1"} 1\na_total{x="2"} 1\na_created{x="2"} 2\na_created{x="1"} 1\n`,
      [1000, 2000, 0, 0],
    ],
    ['of another metric', `${counter}a_total 1\nb_created 2\n`, [0, 0]],
    ['beyond metadata', `${counter}a_total 1\n# HELP a x\na_created 2\n`, [0, 0]],
    ['of a gauge', '# TYPE a gauge\na 1\na_created 2\n', [0, 0]],
    ['of no type', 'a 1\na_created 2\n', [0, 0]],
    [
      'of a histogram',
      `${histogram}h_bucket{le="1",x="y"} 1\nh_bucket{x="y",le="+Inf"} 1\nh_count{x="y"} 1\nh_sum{x="y"} 1\nh_created{x="y"} 3\n`,
      [3000, 3000, 3000, 3000, 0],
    ],
    [
      'of a summary',
      '# TYPE s summary\ns{quantile="0.5"} 1\ns_count 1\ns_sum{le="1"} 1\ns_created 3\n',
      [3000, 3000, 0, 0],
    ],
    ['quoted', '# TYPE "a.b" counter\n{"a.b_total",x="y"} 1\n{"a.b_created",x="y"} 2\n', [2000, 0]],
    ['with a comma too many', `${counter}a_total{x="1",} 1\na_created{x="1"} 2\n`, [2000, 0]],
    ['with braces too many', `${counter}a_total{} 1\na_created 2\n`, [2000, 0]],
    ['with escapes', `${counter}a_total{x="\\"1"} 1\na_created{x="\\"1"} 2\n`, [2000, 0]],
    [
      'of bounds among escapes',
      `${histogram}h_bucket{x="\\n",le="1"} 1\nh_bucket{le="2",x="\\n"} 1\nh_created{x="\\n"} 2\n`,
      [2000, 2000, 0],
    ],
    ['of a lone bound', `${histogram}h_bucket{le="1"} 1\nh_created 2\n`, [2000, 0]],
    ['in a label only', `${counter}a_total{x="a_created"} 1\n`, [0]],
    ['not a time', `${counter}a_total 1\na_created NaN\n`, [0, 0]],
    ['twice in a line', `${counter}a_total 1\na_created{x="_created"} 1\na_created 2\n`, [2000, 0, 0]],
  ])('tells when a series began: %s', (_, lines, starts) => {
    const page = bytesOf(`${lines}# TYPE z counter\nz_total 1\nz_created 9\n# EOF\n`)
    expect(samplesOf(page, OPENMETRICS).map(({ startTime }) => startTime)).toEqual([...starts, 9000, 0])
    const named = (options: PageOptions): string[] =>
      samplesOf(page, OPENMETRICS, options).map(({ labels }) => labels().get('__name__'))
    // What is no start of a count is what its name says.
    const counts = /^# TYPE \S+ (counter|histogram|summary)/.test(lines)
    const own = named({}).filter((name) => !name.endsWith('_created') || (!counts && name === 'a_created'))
    expect(named({ createdLines: false })).toEqual(own)
  })
})

describe('a page in protobuf', () => {
  it.each(MESSAGE_CASES)('$name', ({ page, outcome, classicToo = false }) => {
    expect(outcomeOf(Uint8Array.from(page), PROTOBUF, { classicHistograms: classicToo })).toEqual(outcome)
  })
})

describe('the content type of a page', () => {
  const page = bytesOf('a 1\n')
  it.each([
    ['text/plain', undefined],
    ['TEXT/PLAIN; charset=utf-8; version="0.0.4"', undefined],
    ['text/plain;', undefined],
    ['text/plain; a=b; a=b', undefined],
    ['text/plain; version', 'mime: invalid media parameter'],
    ['text/plain; a=b; a=c', 'mime: duplicate parameter name'],
    ['text/plain; a="b', 'mime: invalid media parameter'],
    ['text/plain; =b', 'mime: invalid media parameter'],
    ['/plain', 'mime: no media type'],
    ['text/', 'mime: expected token after slash'],
    ['text plain', 'mime: expected slash after first token'],
    ['text/plain, text/html', 'mime: unexpected content after media subtype'],
  ])('%s: %s', (contentType, fault) => {
    const why = `cannot parse Content-Type ${JSON.stringify(contentType)} and no fallback_scrape_protocol for target\n${fault}`
    expect(outcomeOf(page, contentType)).toEqual(fault === undefined ? ['a 1'] : refused(why))
    expect(outcomeOf(page, contentType, { fallbackFormat: 'PrometheusText0.0.4' })).toEqual(['a 1'])
  })

  it.each(['text', 'text/html', 'application/json'])('%s is none of a page', (contentType) => {
    const why = `received unsupported Content-Type "${contentType}" and no fallback_scrape_protocol specified for target`
    expect(outcomeOf(page, contentType)).toEqual(refused(why))
    expect(outcomeOf(page, contentType, { fallbackFormat: 'OpenMetricsText1.0.0' })).toEqual(
      refused('data does not end with # EOF'),
    )
  })

  it('may be missing where there is something to fall back to, and where there is no page', () => {
    expect(() => readPage(page, undefined)).toThrow(PageError)
    expect(() => readPage(page, '')).toThrow('sending blank Content-Type')
    expect([...readPage(page, undefined, { fallbackFormat: 'PrometheusText1.0.0' })]).toHaveLength(1)
    expect([...readPage(new Uint8Array(), undefined)]).toEqual([])
  })

  it('is asked for as Prometheus asks', () => {
    expect(SCRAPE_ACCEPT).toBe(
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    )
    expect(scrapeAccept(['PrometheusText0.0.4'])).toBe('text/plain;version=0.0.4;q=0.6,*/*;q=0.5')
  })
})

describe('a key', () => {
  it.each([
    ['another value or time is the same key', 'a{b="c"} 1\na{b="c"} 2 5\n', [0, 0]],
    ['a bound means a number in a histogram only', 'a{le="1"} 1\n# TYPE h histogram\na{le="1"} 1\n', [0, 1]],
    [
      'a quantile means one in a summary only',
      'a{quantile="1",le="1"} 1\n# TYPE s summary\na{quantile="1",le="1"} 1\n# TYPE h histogram\na{quantile="1",le="1"} 1\n',
      [0, 1, 2],
    ],
    ['blanks before the name are no part of it', ' a 1\na 1\n', [0, 0]],
  ])('%s', (_, page, series) => {
    const keys = samplesOf(bytesOf(page), TEXT).map(({ key }) => key)
    expect(keys.map((key) => keys.indexOf(key))).toEqual(series.map((each) => series.indexOf(each)))
  })

  it('tells protobuf from text', () => {
    const [message] = MESSAGE_CASES.filter(({ name }) => name === 'counter')
    const [one] = samplesOf(Uint8Array.from(message?.page ?? []), PROTOBUF)
    expect(one?.key.startsWith('\0')).toBe(true)
  })
})
