import { request as httpRequest } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AlertingRuleStatus, RuleGroupStatus } from '../../alerting/index.ts'
import { Engine } from '../../promql/index.ts'
import { type HistogramValue, LabelSet, Matcher } from '../../series/index.ts'
import { openTsdb, type Tsdb } from '../../tsdb/index.ts'
import { encodeReadRequest, PrometheusServer, RemoteQueryable, snap } from '../../wire/index.ts'
import { serveApi, type ServedApi } from '../../../test/support/prometheus-api.ts'
import { createPrometheusApi } from './api.ts'
import type { ApiSources } from './sources.ts'

const T0 = 1_760_000_000_000
const NOW = T0 + 120_000
const SECONDS = NOW / 1000

const HISTOGRAM: HistogramValue = {
  schema: 0,
  count: 12,
  sum: 30.5,
  zeroThreshold: 0.001,
  zeroCount: 2,
  positive: { spans: [{ offset: 0, length: 3 }], counts: [3, 0, 4] },
  negative: { spans: [{ offset: 1, length: 1 }], counts: [3] },
  customBounds: [],
  counterReset: 'unknown',
}
const CUSTOM: HistogramValue = {
  ...HISTOGRAM,
  schema: -53,
  zeroCount: 0,
  zeroThreshold: 0,
  positive: { spans: [{ offset: 0, length: 3 }], counts: [3, 4, 5] },
  negative: { spans: [], counts: [] },
  customBounds: [0.5, 1],
}

async function filled(): Promise<Tsdb> {
  const db = await openTsdb()
  for (let i = 0; i <= 8; i++) {
    const at = T0 + i * 15_000
    db.append(LabelSet.of({ __name__: 'rolls_total', table: 'T2' }), at, i * 10)
    db.append(LabelSet.of({ __name__: 'rolls_total', table: 'T1' }), at, i / 4)
    db.append(LabelSet.of({ __name__: 'open', table: 'T1', 'a.b': '<x>' }), at, 1)
  }
  const histogram = (labels: Readonly<Record<string, string>>, value: HistogramValue): void => {
    db.batch()
      .addHistogram(db.series(LabelSet.of(labels)) ?? Number.NaN, NOW, value)
      .commit()
  }
  histogram({ __name__: 'took', kind: 'native' }, HISTOGRAM)
  histogram({ __name__: 'took', kind: 'custom' }, CUSTOM)
  const ref = db.series(LabelSet.of({ __name__: 'rolls_total', table: 'T1' })) ?? Number.NaN
  const exemplar = { labels: LabelSet.of({ trace_id: 'a<b' }), value: 0.5, at: T0 + 250 }
  db.batch().addExemplar(ref, exemplar).commit()
  db.setMetadata('rolls_total', { type: 'counter', help: 'Rolls <all>.', unit: '' })
  return db
}

const BUCKETS = '"buckets":[[1,"-2","-1","3"],[3,"-0.001","0.001","2"],[0,"0.5","1","3"],[0,"2","4","4"]]'
const NATIVE = `{"count":"12","sum":"30.5",${BUCKETS}}`
const NATIVE_LABELS = '{"__name__":"took","kind":"native"}'

describe('Prometheus API', () => {
  let served: ServedApi
  let db: Tsdb
  beforeAll(async () => {
    db = await filled()
    served = await serveApi(db, () => NOW, {
      exemplars: (matchers, from, to) => db.exemplars(matchers, from, to),
      ruleGroups: () => GROUPS,
      build: { version: '3.5.0', revision: 'r1' },
    })
  })
  afterAll(() => served.close())

  it.each([
    ['query?query=1', '{"resultType":"scalar","result":[1760000120,"1"]}'],
    [
      'query?query=rolls_total',
      '{"resultType":"vector","result":[{"metric":{"__name__":"rolls_total","table":"T2"},"value":[1760000120,"80"]},{"metric":{"__name__":"rolls_total","table":"T1"},"value":[1760000120,"2"]}]}',
    ],
    [
      'query_range?query=rolls_total&start=1760000000&end=1760000030&step=15',
      '{"resultType":"matrix","result":[{"metric":{"__name__":"rolls_total","table":"T1"},"values":[[1760000000,"0"],[1760000015,"0.25"],[1760000030,"0.5"]]},{"metric":{"__name__":"rolls_total","table":"T2"},"values":[[1760000000,"0"],[1760000015,"10"],[1760000030,"20"]]}]}',
    ],
    [
      'query?query=took{kind="native"}',
      `{"resultType":"vector","result":[{"metric":${NATIVE_LABELS},"histogram":[1760000120,${NATIVE}]}]}`,
    ],
    [
      'query_range?query=took{kind="native"}&start=1760000119&end=1760000122&step=1',
      `{"resultType":"matrix","result":[{"metric":${NATIVE_LABELS},"histograms":[[1760000120,${NATIVE}],[1760000121,${NATIVE}],[1760000122,${NATIVE}]]}]}`,
    ],
    [
      'query?query=took{kind="custom"}',
      '{"resultType":"vector","result":[{"metric":{"__name__":"took","kind":"custom"},"histogram":[1760000120,{"count":"12","sum":"30.5","buckets":[[3,"-Inf","0.5","3"],[0,"0.5","1","4"],[0,"1","+Inf","5"]]}]}]}',
    ],
    ['labels?match[]=open', '["__name__","a.b","table"]'],
    ['label/U__a_2e_b/values', '["\\u003cx\\u003e"]'],
    ['series?match[]=open', '[{"__name__":"open","a.b":"<x>","table":"T1"}]'],
    ['metadata', '{"rolls_total":[{"type":"counter","unit":"","help":"Rolls \\u003call\\u003e."}]}'],
    ['metadata?limit=0', '{}'],
    [
      'query_exemplars?query=rate(rolls_total[1m])',
      '[{"seriesLabels":{"__name__":"rolls_total","table":"T1"},"exemplars":[{"labels":{"trace_id":"a<b"},"value":"0.5","timestamp":1760000000.250}]}]',
    ],
    [
      'status/buildinfo',
      '{"version":"3.5.0","revision":"r1","branch":"","buildUser":"","buildDate":"","goVersion":""}',
    ],
    [
      'status/tsdb?limit=1',
      '{"headStats":{"numSeries":5,"numLabelPairs":8,"chunkCount":0,"minTime":0,"maxTime":0},"seriesCountByMetricName":[{"name":"rolls_total","value":2}],"labelValueCountByLabelName":[{"name":"__name__","value":3}],"memoryInBytesByLabelName":[{"name":"__name__","value":84}],"seriesCountByLabelValuePair":[{"name":"__name__=rolls_total","value":2}]}',
    ],
  ])('%s', async (path, data) => {
    const response = await fetch(`${served.url}/api/v1/${path}`)
    expect(await response.text()).toBe(`{"status":"success","data":${data}}`)
    expect(response.status).toBe(200)
  })

  it('/federate is a page of the newest samples', async () => {
    const response = await fetch(`${served.url}/federate?match[]=rolls_total&match[]=open&match[]=took`)
    expect(await response.text()).toBe(
      [
        '# TYPE open untyped',
        'open{a_b="<x>",table="T1",instance=""} 1 1760000120000',
        '# TYPE rolls_total untyped',
        'rolls_total{table="T1",instance=""} 2 1760000120000',
        'rolls_total{table="T2",instance=""} 80 1760000120000\n',
      ].join('\n'),
    )
    const utf8 = { headers: { accept: 'text/plain;version=1.0.0;escaping=allow-utf-8' } }
    const page = await (await fetch(`${served.url}/federate?match[]=open`, utf8)).text()
    expect(page).toContain('open{"a.b"="<x>",table="T1",instance=""} 1 1760000120000')
    const refused = await fetch(`${served.url}/federate?match[]=sum(`)
    expect([refused.status, await refused.text()]).toEqual([400, '1:4: parse error: unexpected "("\n'])
  })

  it.each([
    ['GET', '/api/v1/nope', 404, '404 page not found\n'],
    ['GET', '/api/v1/rules/test/test', 404, '404 page not found\n'],
    ['DELETE', '/api/v1/query', 405, 'Method Not Allowed\n'],
    ['POST', '/api/v1/rules', 405, 'Method Not Allowed\n'],
    ['OPTIONS', '/api/v1/query', 204, ''],
    ['OPTIONS', '/api/v1/whatever', 204, ''],
    ['HEAD', '/api/v1/labels', 200, ''],
    [
      'POST',
      '/api/v1/admin/tsdb/snapshot',
      500,
      '{"status":"error","errorType":"unavailable","error":"admin APIs disabled"}',
    ],
    [
      'GET',
      '/api/v1/label/%FF/values',
      400,
      '{"status":"error","errorType":"bad_data","error":"the path is no UTF-8"}',
    ],
    ['GET', '/-/healthy', 200, 'Boxman is Healthy.\n'],
    ['GET', '/-/ready', 200, 'Boxman is Ready.\n'],
    ['GET', '/elsewhere', 404, 'nothing here\n'],
  ])('%s %s answers %d', async (method, path, status, body) => {
    const response = await fetch(served.url + path, { method })
    expect([response.status, await response.text()]).toEqual([status, body])
  })

  it.each([
    ['rules', ['g1 rec,Hot', 'g2 Cold']],
    ['rules?type=record', ['g1 rec']],
    ['rules?type=alert&rule_name[]=Cold', ['g2 Cold']],
    ['rules?rule_group[]=g1', ['g1 rec,Hot']],
    ['rules?file[]=b.yml', ['g2 Cold']],
    ['rules?match[]={team="a"}', ['g1 Hot']],
    ['rules?group_limit=1', ['g1 rec,Hot', 'more']],
    [`rules?group_limit=1&group_next_token=TOKEN`, ['g2 Cold']],
  ])('%s gives %j', async (path, wanted) => {
    interface Rules {
      data: { groups: { name: string; rules: { name: string }[] }[]; groupNextToken?: string }
    }
    const ask = async (what: string): Promise<Rules> => (await fetch(`${served.url}/api/v1/${what}`)).json() as never
    const next = (await ask('rules?group_limit=1')).data.groupNextToken ?? ''
    const { data } = await ask(path.replace('TOKEN', next))
    const groups = data.groups.map(({ name, rules }) => `${name} ${rules.map((rule) => rule.name).join(',')}`)
    expect([...groups, ...(data.groupNextToken === undefined ? [] : ['more'])]).toEqual(wanted)
  })

  it('/alerts shows them with their values as Go writes them', async () => {
    const alerts = await (await fetch(`${served.url}/api/v1/alerts`)).text()
    expect(alerts).toBe(
      '{"status":"success","data":{"alerts":[{"labels":{"alertname":"Hot"},"annotations":{"summary":"<hot>"},"state":"firing","activeAt":"2025-10-09T08:53:20Z","keepFiringSince":"2025-10-09T08:55:19.5Z","value":"2.5e+01"}]}}',
    )
  })

  it('large answers come in gzip where that is taken, small ones never', async () => {
    const ask = (path: string, encoding: string): Promise<[string | undefined, Buffer]> =>
      new Promise((resolve, reject) => {
        httpRequest(`${served.url}/api/v1/${path}`, { headers: { 'accept-encoding': encoding } }, (response) => {
          const pieces: Buffer[] = []
          response.on('data', (piece: Buffer) => pieces.push(piece))
          response.on('end', () => resolve([response.headers['content-encoding'], Buffer.concat(pieces)]))
        })
          .on('error', reject)
          .end()
      })
    const large = `query_range?query=${encodeURIComponent('{__name__=~".+"}')}&start=${SECONDS - 9000}&end=${SECONDS + 1000}&step=1`
    const [none, plain] = await ask(large, 'identity')
    const [gzip, packed] = await ask(large, 'deflate, gzip')
    expect([none, gzip]).toEqual([undefined, 'gzip'])
    expect(gunzipSync(packed).equals(plain)).toBe(true)
    expect(plain.length).toBeGreaterThan(65_536)
    expect(JSON.parse(plain.toString())).toMatchObject({ status: 'success' })
    expect((await ask('query?query=1', 'gzip'))[0]).toBeUndefined()
    expect((await ask(large, 'gzip;q=0'))[0]).toBeUndefined()
  })

  it('/read gives the samples of each selection', async () => {
    const body = await snap(
      encodeReadRequest([{ matchers: [new Matcher('__name__', '=', 'open')], from: T0, to: T0 + 15_000 }]),
    )
    const response = await fetch(`${served.url}/api/v1/read`, { method: 'POST', body })
    expect([response.status, response.headers.get('content-type'), response.headers.get('content-encoding')]).toEqual([
      200,
      'application/x-protobuf',
      'snappy',
    ])
    const remote = new RemoteQueryable(new PrometheusServer({ url: served.url }))
    const [open] = await remote.select([new Matcher('__name__', '=', 'open')], T0, T0 + 15_000)
    expect([String(open?.labels), open?.columns().times]).toEqual([
      'open{"a.b"="<x>", table="T1"}',
      Float64Array.of(T0, T0 + 15_000),
    ])
    const native = await remote.select([new Matcher('__name__', '=', 'took')], T0, NOW)
    expect(native.map(({ labels, columns }) => [labels.get('kind'), columns().histograms?.values[0]?.count])).toEqual([
      ['native', 12],
    ])
    const refused = await fetch(`${served.url}/api/v1/read`, { method: 'POST', body: 'x' })
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringMatching(/^snappy: /)])
  })

  it.each([
    ['the health check', 'query', 'query=1%2B1&time=1760000120', { resultType: 'scalar', result: [SECONDS, '2'] }],
    ['a panel', 'query_range', 'query=open&start=1760000120&end=1760000120&step=15', { resultType: 'matrix' }],
    ['the names of metrics', 'label/__name__/values?match[]={table!=""}', '', ['open', 'rolls_total']],
    ['the names of labels', 'labels', 'match[]=open', ['__name__', 'a.b', 'table']],
    ['a variable, as old ones ask', 'series', 'match[]=rolls_total{table="T1"}', [{ table: 'T1' }]],
    ['what metrics mean', 'metadata?limit=1', '', { rolls_total: [{ type: 'counter' }] }],
    ['exemplars', 'query_exemplars', 'query=rolls_total&start=1760000000&end=1760000120', [{ exemplars: [{}] }]],
    ['the rules', 'rules', '', { groups: [{ name: 'g1' }, { name: 'g2' }] }],
    ['which flavour it is', 'status/buildinfo', '', { version: '3.5.0' }],
  ])('Grafana asks for %s', async (_, path, form, data) => {
    const init = form === '' ? {} : { method: 'POST', body: new URLSearchParams(form) }
    const response = await fetch(`${served.url}/api/v1/${path}`, init)
    expect(await response.json()).toMatchObject({ status: 'success', data })
    // Not that of Mimir, whose flavour has another API for rules.
    expect(response.headers.get('content-type')).toBe('application/json')
  })

  it('has no faults', () => {
    expect(served.faults).toEqual([])
  })
})

const ALERT: AlertingRuleStatus = {
  kind: 'alerting',
  name: 'Hot',
  query: 'up == 0',
  labels: LabelSet.of({ team: 'a' }),
  health: 'ok',
  lastError: undefined,
  evaluationMs: 1.5,
  samples: 0,
  lastEvaluation: T0,
  state: 'firing',
  forMs: 60_000,
  keepFiringForMs: 0,
  annotations: LabelSet.EMPTY,
  alerts: [
    {
      state: 'firing',
      labels: LabelSet.of({ alertname: 'Hot' }),
      annotations: LabelSet.of({ summary: '<hot>' }),
      activeAt: T0,
      keepFiringSince: NOW - 500,
      value: 25,
    },
  ],
}
const COMMON = { intervalMs: 60_000, limit: 0, evaluationMs: 2, lastEvaluation: undefined }
const GROUPS: readonly RuleGroupStatus[] = [
  {
    ...COMMON,
    name: 'g1',
    file: 'a.yml',
    rules: [{ ...ALERT, kind: 'recording', name: 'rec', labels: LabelSet.EMPTY }, ALERT],
  },
  {
    ...COMMON,
    name: 'g2',
    file: 'b.yml',
    rules: [{ ...ALERT, name: 'Cold', labels: LabelSet.EMPTY, state: 'inactive', alerts: [] }],
  },
]

describe('limits', () => {
  const closing: (() => void)[] = []
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })

  async function serving(own: Partial<ApiSources>): Promise<ServedApi> {
    const queryable = await filled()
    const engine = new Engine({ queryable, limits: { samples: 1e15 }, pause: () => new Promise(setImmediate) })
    const served = await serveApi(queryable, () => NOW, { engine, ...own })
    closing.push(() => served.close())
    return served
  }

  /** Would take minutes. */
  const LONG = `query_range?query=${encodeURIComponent('quantile_over_time(0.5, vector(1)[2h:1s])')}&start=0&end=11000&step=1`

  async function ask(served: ServedApi, path: string, signal?: AbortSignal): Promise<readonly [number, string]> {
    const response = await fetch(`${served.url}/api/v1/${path}`, signal === undefined ? {} : { signal })
    const body = (await response.json()) as { error?: string; errorType?: string }
    return [response.status, `${body.errorType ?? ''} ${body.error ?? ''}`.trim()]
  }

  it('a query ends at its time-out, or at that of all', async () => {
    const late = [503, 'timeout query timed out in expression evaluation']
    expect(await ask(await serving({}), `${LONG}&timeout=0.05`)).toEqual(late)
    expect(await ask(await serving({ limits: { timeoutMs: 50 } }), `${LONG}&timeout=1m`)).toEqual(late)
  })

  it('so many queries run at once, others wait, more are refused; a client that goes takes its query along', async () => {
    const served = await serving({ limits: { queryConcurrency: 1, waitingQueries: 1 } })
    const full = [503, 'unavailable 1 queries are waiting already']
    const late = [503, 'timeout query timed out in query queue']
    // What only looks may have taken the place.
    const hold = async (signal: AbortSignal): Promise<unknown> => {
      for (;;) {
        const answer = await ask(served, LONG, signal)
        if (answer[1] !== full[1]) return answer
      }
    }
    const look = (): Promise<unknown> => ask(served, 'query?query=2&timeout=0.02')
    const [first, second] = [new AbortController(), new AbortController()]
    const running = hold(first.signal)
    await expect.poll(look).toEqual(late)
    const waiting = hold(second.signal)
    await expect.poll(look).toEqual(full)
    second.abort()
    await expect(waiting).rejects.toThrow('aborted')
    await expect.poll(look).toEqual(late)
    const next = ask(served, 'query?query=3')
    first.abort()
    await expect(running).rejects.toThrow('aborted')
    expect(await next).toEqual([200, ''])
    await expect.poll(look).toEqual([200, ''])
    expect(served.faults).toEqual([])
  })

  it('a request is refused from a length on', async () => {
    const served = await serving({ limits: { bodyBytes: 1000 } })
    const post = (bytes: number): Promise<Response> =>
      fetch(`${served.url}/api/v1/query`, {
        method: 'POST',
        body: new URLSearchParams({ query: '1', x: 'y'.repeat(bytes) }),
      })
    expect((await post(900)).status).toBe(200)
    const refused = await post(100_000)
    expect([refused.status, await refused.json()]).toEqual([
      413,
      { status: 'error', errorType: 'bad_data', error: 'the request is too long: 1000 bytes at most' },
    ])
    const long = await fetch(`${served.url}/api/v1/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"1"}',
    })
    expect(long.status).toBe(400)
  })

  it.each([
    [undefined, 'http://x.y', null],
    ['http://x\\.y', 'http://x.y', 'http://x.y'],
    ['http://x\\.y', 'http://x.y.evil', null],
    ['.*', 'http://any', 'http://any'],
  ])('pages of %j: %s may read %s', async (corsOrigin, origin, allowed) => {
    const served = await serving(corsOrigin === undefined ? {} : { corsOrigin })
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await fetch(`${served.url}/api/v1/labels`, { method, headers: { origin } })
      expect(headers.get('access-control-allow-origin')).toBe(allowed)
      expect(headers.get('access-control-allow-methods')).toBe(corsOrigin === undefined ? null : 'GET, POST, OPTIONS')
    }
  })

  it('a fault is a 500 that tells nothing, and is reported', async () => {
    const served = await serving({
      ruleGroups: () => {
        throw new Error('secret')
      },
    })
    expect(await ask(served, 'rules')).toEqual([500, 'internal the endpoint failed; the log says why'])
    expect(served.faults).toEqual([new Error('secret')])
  })

  it('refuses limits that are none', async () => {
    const queryable = await filled()
    const sources = { engine: new Engine({ queryable }), queryable, now: () => NOW, onFault: () => {} }
    expect(() => createPrometheusApi({ ...sources, limits: { queryConcurrency: 0 } })).toThrow(
      'api: limit queryConcurrency of 0 must be a number above 0',
    )
  })
})
