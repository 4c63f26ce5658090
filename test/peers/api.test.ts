import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HistogramValue, LabelSet, Matcher } from '../../src/series/index.ts'
import type { Tsdb } from '../../src/tsdb/index.ts'
import {
  encodeWriteRequest,
  PrometheusServer,
  RemoteQueryable,
  type SeriesToWrite,
  snap,
} from '../../src/wire/index.ts'
import { readAll } from '../support/read-all.ts'
import { openMetricsPage, type PlainSeries, storeOf } from '../support/open-metrics.ts'
import { needPeer } from '../support/peer.ts'
import { Prometheus } from '../support/prometheus.ts'
import { serveApi, type ServedApi } from '../support/prometheus-api.ts'

const T0 = 1_760_000_040_000
const S0 = T0 / 1000
const SAMPLES = 60
const STEP = 15_000

function column(value: (i: number) => number): PlainSeries['samples'] {
  return Array.from({ length: SAMPLES }, (_, i) => [T0 + i * STEP + 40, value(i)] as const)
}

const SPECIAL = [
  0,
  -0,
  1e21,
  1e-7,
  -1e-7,
  1.5e300,
  1e20,
  123_456_789,
  0.1,
  NaN,
  Infinity,
  -Infinity,
  1e-6,
  5e-324,
  2 ** 53,
]

const DATA: readonly PlainSeries[] = [
  ...['T1', 'T2', 'T3'].flatMap((table, t) =>
    ['pass', 'fail'].map((outcome, o) => ({
      labels: { __name__: 'rolls_total', table, outcome, job: 'craps' },
      samples: column((i) => i * (t + 1) * (o + 1) + (o === 1 ? i / 7 : 0)),
    })),
  ),
  { labels: { __name__: 'special' }, samples: column((i) => SPECIAL[i % SPECIAL.length] ?? 0) },
  { labels: { __name__: 'odd.name', 'l.x': '<a href="b">&\u2028\u007f', plain: 'x' }, samples: column((i) => i) },
  { labels: { __name__: 'gone', job: 'craps' }, samples: column((i) => i).slice(0, 10) },
  ...['0.1', '0.5', '1', '+Inf'].map((le, b) => ({
    labels: { __name__: 'took_seconds_bucket', le, job: 'craps' },
    samples: column((i) => i * (b + 1)),
  })),
]
const AT = S0 + 600
const RANGE = `start=${S0}&end=${AT}&step=60`

const REQUESTS: readonly (readonly [path: string, form?: string])[] = [
  // query
  [`query?query=rolls_total&time=${AT}`],
  [`query?query=rolls_total&time=${AT}.25&limit=2`],
  [`query?query=rolls_total&time=${AT}&limit=100`],
  [`query?query=rolls_total[1m]&time=${AT}`],
  [`query?query=rolls_total[2m:15s]&time=${AT}&limit=1`],
  [`query?query=1.5&time=${AT}.5`],
  [`query?query=1e30&time=${AT}`],
  [`query?query=1e-30&time=${AT}.44`],
  [`query?query=-0&time=${AT}`],
  [`query?query=Inf&time=${AT}`],
  [`query?query=vector(1e30)&time=${AT}`],
  [`query?query=vector(1e-30)&time=-1.5`],
  [`query?query=%22a%3Cb%3E%26%5Cn%E2%80%A8%22&time=${AT}`],
  [`query?query=special&time=${AT}`],
  [`query?query=special[15m]&time=${S0 + 900}`],
  [`query?query={__name__="odd.name"}&time=${AT}`],
  [`query?query=${encodeURIComponent('{"odd.name"}')}&time=${AT}`],
  [`query?query=sum(rate(rolls_total[5m]))by(table)&time=${AT}`],
  [`query?query=sum%20without(table)(rolls_total)&time=${AT}`],
  [`query?query=topk(2,rolls_total)&time=${AT}`],
  [`query?query=bottomk(3,rolls_total)&time=${AT}`],
  [`query?query=sort(rolls_total)&time=${AT}`],
  [`query?query=sort_desc(rolls_total)&time=${AT}`],
  [`query?query=rolls_total%2Brolls_total&time=${AT}`],
  [`query?query=rolls_total*on(table)group_left()sum(rolls_total)by(table)&time=${AT}`],
  [`query?query=rolls_total*2&time=${AT}`],
  [`query?query=rolls_total%3E15&time=${AT}`],
  [`query?query=rolls_total%20and%20rolls_total%3E30&time=${AT}`],
  [`query?query=rolls_total%20or%20special&time=${AT}`],
  [`query?query=special%20or%20rolls_total&time=${AT}`],
  [`query?query=rolls_total%20unless%20rolls_total%3E30&time=${AT}`],
  [`query?query=sort_by_label(count_values(%22v%22,rolls_total),%22v%22)&time=${AT}`],
  [`query?query=quantile(2,rolls_total)&time=${AT}`],
  [`query?query=quantile(1000000,rolls_total)&time=${AT}`],
  [`query?query=histogram_quantile(0.9,took_seconds_bucket)&time=${AT}`],
  [`query?query=histogram_quantile(0.9,rolls_total)&time=${AT}`],
  [`query?query=rate(special[5m])&time=${AT}`],
  [`query?query=absent(nothing{a=%22b%22})&time=${AT}`],
  [`query?query=label_replace(rolls_total,%22x%22,%22$1%22,%22table%22,%22T(.)%22)&time=${AT}`],
  [`query?query={__name__=~%22.%2B%22}&time=${AT}`],
  [`query?query=gone&time=${AT}`],
  [`query?query=gone&time=${AT}&lookback_delta=20m`],
  [`query?query=rolls_total&time=2025-10-09T08:59:00Z`],
  [`query?query=rolls_total&time=2025-10-09T09:04:00.123%2B00:00`],
  [`query?query=nothing&time=${AT}`],
  [`query?query=nothing[5m]&time=${AT}`],
  [`query`, `query=rolls_total&time=${AT}`],
  [`query?time=${AT}`, `query=1%2B1`],
  // its errors
  ['query'],
  ['query?query='],
  ['query?query=sum('],
  ['query?query=up&time=foo'],
  ['query?query=up&time=2025-13-09T09:04:00Z'],
  ['query?query=up&time=2025-02-30T09:04:00Z'],
  ['query?query=up&timeout=1x'],
  ['query?query=up&timeout=abc'],
  ['query?query=up&timeout=1e300'],
  ['query?query=up&limit=-1'],
  ['query?query=up&limit=x'],
  ['query?query=up&limit=1.5'],
  ['query?query=up&lookback_delta=foo'],
  ['query?query=foo{a=~%22*%22}'],
  ['query?query={}'],
  ['query?query=%22%3Cb%3E'],
  [`query?query=rolls_total%2Bon(job)rolls_total&time=${AT}`],
  [`query?query=label_replace(rolls_total,%22table%22,%22x%22,%22table%22,%22.*%22)&time=${AT}`],
  [`query?query=rolls_total[5m]%2B1&time=${AT}`],
  // range
  [`query_range?query=rolls_total&${RANGE}`],
  [`query_range?query=rolls_total&${RANGE}&limit=1`],
  [`query_range?query=special&start=${S0}&end=${S0 + 900}&step=15`],
  [`query_range?query=special&start=${S0}.04&end=${S0 + 900}.04&step=15`],
  [`query_range?query=rolls_total&start=${S0}&end=${AT}&step=1m`],
  [`query_range?query=rolls_total&start=${S0}&end=${AT}&step=13.5`],
  [`query_range?query=rolls_total&start=${S0}&end=${AT}&step=0.5m`],
  [`query_range?query=time()&${RANGE}`],
  [`query_range?query=42&${RANGE}`],
  [`query_range?query=nothing&${RANGE}`],
  [`query_range?query=gone&${RANGE}`],
  [`query_range?query=sum(rate(rolls_total[5m]))by(table,outcome)&${RANGE}`],
  [`query_range?query=topk(1,rolls_total)&${RANGE}`],
  [`query_range?query=quantile(2,rolls_total)&${RANGE}`],
  [`query_range?query=rate(special[5m])&${RANGE}`],
  [`query_range?query=rolls_total&start=${S0}&end=${S0}&step=1`],
  [`query_range?query=1&start=0&end=11000&step=1&limit=1`],
  [`query_range?query=1&start=0&end=11001&step=1`],
  [`query_range`, `query=rolls_total&${RANGE}`],
  [`query_range?query=rolls_total&start=${S0}&end=${AT}`],
  [`query_range?query=rolls_total&end=${AT}&step=1`],
  [`query_range?query=rolls_total&start=${S0}&step=1`],
  [`query_range?query=rolls_total&start=x&end=y&step=z`],
  [`query_range?query=rolls_total&start=${AT}&end=${S0}&step=1`],
  [`query_range?query=rolls_total&start=${S0}&end=${AT}&step=0`],
  [`query_range?query=rolls_total&start=${S0}&end=${AT}&step=-1`],
  [`query_range?query=rolls_total&start=${S0}&end=${AT}&step=z`],
  [`query_range?query=rolls_total[1m]&${RANGE}`],
  [`query_range?query=%22a%22&${RANGE}`],
  [`query_range?query=sum(&${RANGE}`],
  [`query_range?query=&${RANGE}`],
  [`query_range?query=rolls_total&${RANGE}&timeout=z`],
  [`query_range?query=rolls_total&${RANGE}&lookback_delta=z`],
  [`query_range?query=rolls_total&${RANGE}&limit=z`],
  // texts
  ['format_query?query=sum(rate(foo[5m]))by(a)'],
  [
    `format_query?query=${encodeURIComponent('sum by (a, b) (rate(foooooooooooooooooooooooooooooooooooooooo{a="b",c=~"d"}[5m])) / ignoring(x) group_left() bar > bool 3')}`,
  ],
  ['format_query', 'query=foo%20/%20%20bar'],
  ['format_query?query=sum('],
  ['format_query'],
  ['parse_query?query=sum(rate(foo{a!=%22b%22}[5m]%20offset%201m))by(a)/2'],
  [`parse_query?query=${encodeURIComponent('-a{b=~"<c>"} * on(x) group_left(y) b @ start() > bool (c[5m:1m])')}`],
  [
    `parse_query?query=${encodeURIComponent('histogram_quantile(0.9, sum by (le) (rate(x[5m]))) or vector(1) unless topk(3, y @ 12.5)')}`,
  ],
  ['parse_query?query=%22<%22'],
  ['parse_query?query=foo%20bar'],
  // labels
  ['labels'],
  ['labels', 'match[]=special'],
  ['labels?match[]=rolls_total'],
  ['labels?match[]=rolls_total&match[]=took_seconds_bucket&limit=3'],
  ['labels?limit=2'],
  ['labels?limit=100'],
  ['labels?limit=z'],
  ['labels?match[]=nothing'],
  ['labels?match[]={}'],
  ['labels?match[]=sum('],
  ['labels?match[]='],
  ['labels?start=z'],
  ['labels?end=z'],
  [`labels?start=${S0 - 100_000}&end=${S0 - 90_000}`],
  ['label/table/values'],
  ['label/__name__/values'],
  ['label/table/values?match[]=rolls_total{table!=%22T1%22}'],
  ['label/table/values?match[]=rolls_total{table!=%22T1%22}&match[]=rolls_total{table=%22T1%22}'],
  ['label/table/values?limit=1'],
  ['label/U__l_2e_x/values'],
  ['label/U__l_zz_x/values'],
  ['label/U__a__b/values'],
  ['label/l.x/values'],
  ['label/a%20b/values'],
  ['label/nothing/values'],
  ['label/table/values?match[]={}'],
  ['label/table/values?match[]=x%20y'],
  ['label/table/values?limit=-3'],
  ['label/table/values?start=z'],
  // series
  ['series?match[]=rolls_total'],
  ['series?match[]=rolls_total&match[]=special&match[]={job=%22craps%22}'],
  ['series?match[]=rolls_total&limit=2'],
  ['series?match[]=rolls_total&limit=6'],
  ['series', 'match[]=gone'],
  ['series', 'match%5B%5D=rolls_total&limit=1'],
  ['series?match[]={__name__=%22odd.name%22}'],
  ['series?match[]=nothing'],
  ['series'],
  ['series?match[]={__name__=~%22.*%22}'],
  ['series?match[]={}'],
  ['series?match[]=rate(x[5m])'],
  ['series?match[]=x[5m]'],
  ['series?match[]=x%20offset%205m'],
  ['series?match[]=x%20%2B%201'],
  ['series?match[]=1'],
  ['series?match[]=x{a='],
  ['series?match[]=x{a=%22b%22'],
  ['series?match[]='],
  ['series?match[]=rolls_total&limit=z'],
  ['series?match[]=rolls_total&start=z'],
  // exemplars
  [`query_exemplars?query=rolls_total&start=${S0}&end=${AT}`],
  [`query_exemplars?query=1&start=${S0}&end=${AT}`],
  [`query_exemplars?query=rolls_total&start=${AT}&end=${S0}`],
  [`query_exemplars?query=sum(&start=${S0}&end=${AT}`],
  ['query_exemplars?query=rolls_total'],
  ['query_exemplars'],
  ['query_exemplars?query=x&start=z'],
  // the rest
  ['metadata'],
  ['metadata?limit=z'],
  ['metadata?limit_per_metric=z'],
  ['targets'],
  ['targets?state=active'],
  ['targets?state=dropped'],
  ['targets/metadata'],
  ['targets/metadata?limit=z'],
  ['targets/metadata?match_target={'],
  ['scrape_pools'],
  ['alertmanagers'],
  ['rules'],
  ['rules?type=z'],
  ['rules?exclude_alerts=z'],
  ['rules?group_limit=z'],
  ['rules?group_limit=0'],
  ['rules?group_limit=1&group_next_token=z'],
  ['rules?group_next_token=z'],
  ['rules?match[]={'],
  ['rules/test/test'],
  ['alerts'],
  ['status/walreplay'],
  ['status/tsdb?limit=z'],
  ['status/tsdb?limit=0'],
  ['notifications'],
  ['nope'],
  ['query/more'],
  ['metadata', 'x=y'],
]

/** Later than the blocks: they are written remotely, as no page of text can hold them. */
const H0 = T0 + 7_200_000 * 2
const HISTOGRAMS: readonly SeriesToWrite[] = [-4, -1, 0, 1, 3, 5, 8].map((schema) => ({
  labels: LabelSet.of({ __name__: 'native', schema: String(schema) }),
  times: new Float64Array(0),
  values: new Float64Array(0),
  histograms: Array.from({ length: 20 }, (_, i) => ({ at: H0 + i * STEP, value: nativeOf(schema, i + 1), start: 0 })),
}))

function nativeOf(schema: number, n: number): HistogramValue {
  // Above the zero bucket.
  const from = schema < 0 ? 1 : -3
  const positive = Array.from({ length: 12 }, (_, b) => n * (b % 4))
  const negative = [n, 0, 2 * n]
  const zeroCount = 3 * n
  const count = [...positive, ...negative, zeroCount].reduce((sum, each) => sum + each, 0)
  return {
    schema,
    count,
    sum: n * 12.5,
    zeroThreshold: 0.001,
    zeroCount,
    positive: {
      spans: [
        { offset: from, length: 6 },
        { offset: 2, length: 6 },
      ],
      counts: positive,
    },
    negative: { spans: [{ offset: Math.max(from, 0), length: 3 }], counts: negative },
    customBounds: [],
    counterReset: 'unknown',
  }
}

async function writeRemotely(url: string, series: readonly SeriesToWrite[]): Promise<void> {
  const body = await snap(encodeWriteRequest(series, '1.0'))
  const headers = {
    'content-encoding': 'snappy',
    'content-type': 'application/x-protobuf',
    'x-prometheus-remote-write-version': '0.1.0',
  }
  const response = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
}

function write(db: Tsdb, series: readonly SeriesToWrite[]): void {
  const batch = db.batch()
  for (const { labels, histograms = [] } of series) {
    const ref = db.series(labels) ?? Number.NaN
    for (const { at, value } of histograms) batch.addHistogram(ref, at, value)
  }
  batch.commit()
}

const HISTOGRAM_QUERIES = [
  'native',
  'rate(native[2m])',
  'increase(native[2m])',
  'sum(native)',
  'sum(rate(native{schema=~"0|3"}[2m]))',
  'avg by (schema) (native)',
  'native * 2.5',
  '-native',
  'native - on(schema) native offset 1m',
  'histogram_quantile(0.9, rate(native[2m]))',
  'histogram_fraction(-1, 0.5, native)',
  'histogram_count(native) + histogram_sum(native)',
  'histogram_avg(native)',
  'histogram_stddev(native)',
  'native[1m]',
  'count_values("v", native{schema="0"})',
  'native > 1',
  'sum_over_time(native{schema="1"}[2m])',
  'last_over_time(native[2m])',
]

describe('peer: Prometheus’s API', () => {
  let peer: Prometheus | undefined
  let ours: ServedApi
  let why = ''
  beforeAll(async () => {
    const missing = (reason: string): never => {
      throw new Error((why = reason))
    }
    const store = await storeOf(DATA)
    write(store, HISTOGRAMS)
    ours = await serveApi(store, () => Date.now())
    try {
      const [prometheus, promtool] = [needPeer('prometheus', missing), needPeer('promtool', missing)]
      peer = await Prometheus.holding(openMetricsPage(DATA), {
        prometheus,
        promtool,
        flags: ['--web.enable-remote-write-receiver'],
      })
      await writeRemotely(peer.url, HISTOGRAMS)
    } catch (error) {
      if (why === '') throw error
    }
  })
  afterAll(async () => {
    ours.close()
    await peer?.stop()
  })

  it.for(REQUESTS)('%s %s', async ([path, form], { skip }) => {
    if (peer === undefined) return skip(why)
    const init = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }
    const ask = async (url: string): Promise<unknown> => {
      const response = await fetch(`${url}/api/v1/${path}`, init)
      return {
        status: response.status,
        type: response.headers.get('content-type'),
        allow: response.headers.get('allow'),
        body: (await response.text()).split(/(?<=[,\]])/),
      }
    }
    expect(await ask(ours.url)).toEqual(await ask(peer.url))
  })

  it.for(
    HISTOGRAM_QUERIES.flatMap((query) => [
      `query?query=${encodeURIComponent(query)}&time=${H0 / 1000 + 240}`,
      ...(query.endsWith(']')
        ? []
        : [`query_range?query=${encodeURIComponent(query)}&start=${H0 / 1000}&end=${H0 / 1000 + 240}&step=30`]),
    ]),
  )('%s', async (path, { skip }) => {
    if (peer === undefined) return skip(why)
    // Logarithms differ in their last digit.
    const digits = path.includes('quantile') ? 14 : 17
    const ask = async (url: string): Promise<readonly string[]> => {
      const body = await (await fetch(`${url}/api/v1/${path}`)).text()
      const rounded = body.replaceAll(/"(-?\d+\.\d+)"/g, (_, text: string) => Number(text).toPrecision(digits))
      return rounded.split(/(?<=[,\]])/)
    }
    expect(await ask(ours.url)).toEqual(await ask(peer.url))
  })

  it('is a remote that another reads', async () => {
    const backend = new RemoteQueryable(new PrometheusServer({ url: ours.url }))
    expect(await readAll(backend, [new Matcher('__name__', '=', 'gone')], T0, T0 + 60_000)).toEqual({
      'gone{job="craps"}': expect.stringContaining('=3'),
    })
  })

  it.for([
    [['instant', 'URL', 'sum by (table) (rolls_total)', `--time=${AT}`], '{table="T1"} => '],
    [['range', 'URL', 'rolls_total', `--start=${S0}`, `--end=${AT}`, '--step=60s'], 'rolls_total{job="craps"'],
    [['series', 'URL', '--match=rolls_total'], '{__name__="rolls_total", job="craps", outcome="fail", table="T1"}'],
    [['labels', 'URL', 'table'], 'T1\nT2\nT3\n'],
  ] as const)('promtool query %j', async ([args, wanted], { skip }) => {
    if (peer === undefined) return skip(why)
    const promtool = needPeer('promtool', (reason) => skip(reason))
    const run = async (url: string): Promise<string> => {
      const given = args.map((arg) => (arg === 'URL' ? url : arg))
      return (await promisify(execFile)(promtool, ['query', ...given])).stdout
    }
    const own = await run(ours.url)
    expect(own).toContain(wanted)
    expect(own).toBe(await run(peer.url))
  })
})
