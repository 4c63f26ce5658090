import { createBoxman } from 'boxman'
import { Engine, type QueryResult } from 'boxman/promql'
import { type HistogramValue, LabelSet, setStale } from 'boxman/series'
import {
  ask,
  encodeWriteRequest,
  PrometheusServer,
  type Reply,
  RemoteQueryable,
  type SeriesToWrite,
  snap,
} from 'boxman/wire'
import { describe, expect, it } from 'vitest'
import { needPeer } from '../support/peer.ts'
import { Prometheus } from '../support/prometheus.ts'
import { VictoriaMetrics } from '../support/victoria-metrics.ts'

const STEP = 15_000
const SAMPLES = 120
const NOW = Math.floor(Date.now() / STEP) * STEP
const TIMES = Float64Array.from({ length: SAMPLES }, (_, i) => NOW - (SAMPLES - 1 - i) * STEP)

const QUERIES = [
  'sum by (table) (rate(rolls_total[5m]))',
  'histogram_quantile(0.95, sum by (le) (rate(latency_ms_bucket[5m])))',
  'avg_over_time(open[10m])',
  'open > 10',
  'topk(2, open)',
  'count({__name__=~".+"})',
]
/** Of what VictoriaMetrics does not have, or does otherwise. */
const PROMETHEUS_QUERIES = [
  'count_over_time(gone[20m])',
  'gone',
  'rate(gone[5m])',
  'histogram_quantile(0.9, rate(native[5m]))',
]

function floats(labels: Record<string, string>, value: (i: number) => number): SeriesToWrite {
  return { labels: LabelSet.of(labels), times: TIMES, values: Float64Array.from(TIMES, (_, i) => value(i)) }
}

function nativeAt(i: number): HistogramValue {
  return {
    schema: 3,
    count: 6 * i,
    sum: 20 * i,
    zeroThreshold: 1e-128,
    zeroCount: 0,
    positive: { spans: [{ offset: 2, length: 3 }], counts: [i, 2 * i, 3 * i] },
    negative: { spans: [], counts: [] },
    customBounds: [],
    counterReset: 'unknown',
  }
}

const PLAIN = [
  ...['T1', 'T2', 'T3'].flatMap((table, t) =>
    ['pass', 'dont-pass'].map((bet) => floats({ __name__: 'rolls_total', table, bet }, (i) => ((t + 1) * i * 7) % 400)),
  ),
  ...['10', '50', '+Inf'].map((le, b) =>
    floats({ __name__: 'latency_ms_bucket', le, route: '/bets' }, (i) => i * (b + 2)),
  ),
  ...['a', 'b', 'c'].map((lane, l) => floats({ __name__: 'open', lane }, (i) => Math.sin(i / 9 + l) * 20.5)),
]

function special(): SeriesToWrite[] {
  const gone = floats({ __name__: 'gone' }, (i) => i)
  setStale(gone.values, SAMPLES - 3)
  const ended = { ...gone, times: gone.times.subarray(0, SAMPLES - 2), values: gone.values.subarray(0, SAMPLES - 2) }
  const native = {
    labels: LabelSet.of({ __name__: 'native', table: 'T1' }),
    times: new Float64Array(),
    values: new Float64Array(),
    histograms: Array.from(TIMES, (at, i) => ({ at, value: nativeAt(i), start: 0 })),
  }
  return [ended, native]
}

async function write(url: string, series: readonly SeriesToWrite[]): Promise<void> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: await snap(encodeWriteRequest(series, '1.0')),
  })
  expect([response.status, await response.text()]).toEqual([204, ''])
}

/** By labels, then time: rounded to 12 digits, beyond which another order of adding shows. */
function ours(result: QueryResult): Record<string, readonly (readonly [number, number])[]> {
  if (!result.ok) throw new Error(result.error.message)
  const { value } = result
  if (value.type === 'vector') {
    return Object.fromEntries(value.samples.map((each) => [String(each.labels), [[NOW, rounded(Number(each.value))]]]))
  }
  if (value.type !== 'matrix') throw new Error(`a ${value.type}`)
  return Object.fromEntries(
    value.series.map(({ labels, times, values }) => [
      String(labels),
      Array.from(times, (at, i) => [at, rounded(values[i] ?? NaN)] as const),
    ]),
  )
}

function theirs(reply: Reply): Record<string, readonly (readonly [number, number])[]> {
  if (reply.type === 'vector') {
    return Object.fromEntries(
      reply.samples.map(({ labels, value }) => [String(labels), [[NOW, rounded(Number(value))]]]),
    )
  }
  if (reply.type !== 'matrix') throw new Error(`a ${reply.type}`)
  return Object.fromEntries(
    reply.series.map(({ labels, points }) => [
      String(labels),
      points.map(({ at, value }) => [at, rounded(Number(value))]),
    ]),
  )
}

function rounded(value: number): number {
  return Number(value.toPrecision(12))
}

describe('peer: a server in place of the embedded store', () => {
  it('Prometheus: its samples give its answers, stale markers and native histograms and all', async ({ skip }) => {
    const binary = needPeer('prometheus', (reason) => skip(reason))
    const prometheus = await Prometheus.start(binary, {}, ['--web.enable-remote-write-receiver'])
    try {
      await write(prometheus.url, [...PLAIN, ...special()])
      const server = new PrometheusServer({ url: prometheus.url })
      const store = new RemoteQueryable(server)
      const engine = new Engine({ queryable: store })
      const [start, end] = [NOW - 10 * 60_000, NOW]
      const range = { start: String(start / 1000), end: String(end / 1000), step: '60s' }
      for (const query of [...QUERIES, ...PROMETHEUS_QUERIES]) {
        const wanted = theirs(await ask(server, query, range))
        expect(Object.values(wanted), query).not.toEqual([])
        expect(ours(await engine.range(query, start, end, 60_000)), query).toEqual(wanted)
        expect(ours(await engine.instant(query, end)), query).toEqual(
          theirs(await ask(server, query, { time: String(end / 1000) })),
        )
      }
      expect(await store.labelValues('table', [], start, end)).toEqual(['T1', 'T2', 'T3'])
      expect(await store.labelNames([], start, end)).toEqual(['__name__', 'bet', 'lane', 'le', 'route', 'table'])
    } finally {
      await prometheus.stop()
    }
  })

  it('a service asks it in place of its own store, and says so when it is gone', async ({ skip }) => {
    const binary = needPeer('prometheus', (reason) => skip(reason))
    const prometheus = await Prometheus.start(binary, {}, ['--web.enable-remote-write-receiver'])
    const config = { log: false, admin: { port: 0 }, query: { backend: prometheus.url } }
    const boxman = await createBoxman(config, { env: {}, cwd: import.meta.dirname })
    try {
      await write(prometheus.url, PLAIN)
      const { url = '' } = boxman.admin
      const query = 'sum by (table) (rate(rolls_total[5m]))'
      const time = { time: String(NOW / 1000) }
      const wanted = theirs(await ask(new PrometheusServer({ url: prometheus.url }), query, time))
      expect(Object.values(wanted)).toHaveLength(3)
      expect(theirs(await ask(new PrometheusServer({ url }), query, time))).toEqual(wanted)
      expect(ours(await boxman.query(query, { at: NOW }))).toEqual(wanted)
      await prometheus.stop()
      const error = await ask(new PrometheusServer({ url }), query).catch((cause: unknown) => cause)
      expect(error).toMatchObject({ kind: 'execution', message: expect.stringContaining(prometheus.url) as unknown })
      expect(await (await fetch(`${url}/api/v1/labels`)).json()).toMatchObject({
        status: 'error',
        errorType: 'execution',
      })
    } finally {
      await boxman.stop()
      await prometheus.stop()
    }
  })

  it('VictoriaMetrics: its samples give what a Prometheus would answer', async ({ skip }) => {
    const [first, second] = [
      needPeer('prometheus', (reason) => skip(reason)),
      needPeer('victoria-metrics', (reason) => skip(reason)),
    ]
    const prometheus = await Prometheus.start(first, {}, ['--web.enable-remote-write-receiver'])
    const victoria = await VictoriaMetrics.start(second)
    try {
      await write(prometheus.url, PLAIN)
      await write(victoria.url, PLAIN)
      await victoria.flush()
      const engine = new Engine({ queryable: new RemoteQueryable(new PrometheusServer({ url: victoria.url })) })
      for (const query of QUERIES) {
        const wanted = await ask(new PrometheusServer({ url: prometheus.url }), query, { time: String(NOW / 1000) })
        expect(Object.values(theirs(wanted)), query).not.toEqual([])
        expect(ours(await engine.instant(query, NOW)), query).toEqual(theirs(wanted))
      }
    } finally {
      await victoria.stop()
      await prometheus.stop()
    }
  })
})
