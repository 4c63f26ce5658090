import { createBoxman } from 'boxman'
import { afterEach, describe, expect, it } from 'vitest'
import { answerOf, type Found } from '../support/api-answer.ts'
import { Craps } from '../support/craps.ts'
import { needPeer } from '../support/peer.ts'
import { isRecent, Prometheus } from '../support/prometheus.ts'

const WATCHED_MS = 60_000

/** G6, S15, M10: as they are asked of a service. */
const QUERIES = [
  'histogram_quantile(0.95, sum(rate(bitcraps_gateway_request_latency_ms_bucket[5m])) by (route, le))',
  'histogram_quantile(0.99, sum(rate(bitcraps_gateway_ws_broadcast_latency_ms_bucket[5m])) by (topic, le))',
  'histogram_quantile(0.95, sum(rate(bitcraps_gateway_ingress_to_proof_ms_bucket[5m])) by (le))',
  'sum(bitcraps_gateway_ws_subscribers) by (topic)',
  'rate(bitcraps_bets_total[5m])',
  'deriv(bitcraps_memory_usage_bytes[1h])',
  'sum(rate(http_requests_total[5m]))',
  'sum(rate(http_request_duration_seconds_sum[5m])) / sum(rate(http_request_duration_seconds_count[5m]))',
  'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))',
  'sum by (path) (rate(http_requests_total{status=~"2.."}[5m]))',
]

/**
 * Over a time that both have watched. Both sample once a second, at other moments: what lies in the window of the one and not of the
 * other is a second of thirty, and traffic is not even.
 */
const WITHIN_15_PERCENT = [
  'sum(rate(bitcraps_bets_total[30s]))',
  'sum(rate(http_requests_total[30s]))',
  'sum(increase(bitcraps_gateway_request_latency_ms_count[30s]))',
  'avg_over_time(bitcraps_memory_usage_bytes[30s])',
  'sum(avg_over_time(bitcraps_gateway_ws_subscribers[30s]))',
  'sum(http_requests_total)',
  'bitcraps_uptime_seconds',
]

/** Bounds of native buckets are powers of roots of two: in their last digit they are a matter of who calculates. */
function rounded({ labels, text }: Found): string {
  return `${labels} ${text.replace(/\d+\.\d+(?:e-?\d+)?/g, (number) => Number(number).toPrecision(13))}`
}

const labelsOf = (found: readonly Found[]): readonly string[] => found.map(({ labels }) => labels)

describe('peer: a Prometheus that scrapes the service, and the service itself', () => {
  const undo: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  })

  it('hold the same of metrics of every kind, value by value', async ({ skip }) => {
    const binary = needPeer('prometheus', (reason) => skip(reason))
    if (!isRecent(binary)) skip('this Prometheus is older than 2.49')
    const boxman = await createBoxman(
      {
        service: 'kinds',
        log: false,
        admin: { port: 0 },
        store: { intervalMs: 500 },
        constantLabels: { region: 'eu', exported_job: 'there' },
      },
      { env: {} },
    )
    undo.push(() => boxman.stop())
    const { metrics } = boxman
    const labelNames = ['job', 'odd', 'instance'] as const
    const odd = metrics.counter({ name: 'x_odd_total', help: 'Odd.', labelNames })
    for (const text of ['', 'a\\b\n"c"', 'ünï', ' ']) odd.inc({ job: 'j', odd: text, instance: text }, 1 / 3)
    metrics.counter({ name: 'x_plain', help: 'A counter without _total.' }).inc(1e21)
    const gauge = metrics.gauge({ name: 'x_gauge', help: 'Values.', labelNames: ['i'] })
    for (const [i, value] of [0, -0.5, NaN, Infinity, -Infinity, 1e-7, 123456789.125].entries()) gauge.set({ i }, value)
    const buckets = [0.0001, 0.25, 1, 10, 1e6, 12_345_678]
    const classic = metrics.histogram({ name: 'x_classic', help: 'Classic.', labelNames: ['l'], buckets })
    const both = metrics.histogram({ name: 'x_both', help: 'Both.', buckets: [1, 500], native: { schema: 3 } })
    const native = metrics.histogram({ name: 'x_native', help: 'Native.', labelNames: ['l'], native: {} })
    for (let i = -20; i < 1000; i++) {
      both.observe(i)
      native.observe({ l: String(i % 2) }, i / 7)
      classic.observe({ l: String(i % 3) }, i * i)
    }
    const summary = metrics.summary({ name: 'x_summary', help: 'S.', quantiles: [0.5, 0.999, 1], maxAgeMs: Infinity })
    for (let i = 0; i < 100; i++) summary.observe(i)
    metrics.info({ name: 'x_build_info', help: 'I.', labelNames: ['v'] }).add({ v: '1' })
    metrics.stateSet({ name: 'x_door', help: 'D.', states: ['open', 'shut'] }).switchTo('shut')

    const url = boxman.admin.url ?? ''
    const target = new URL(url).host
    const prometheus = await Prometheus.start(binary, {
      text: { target, protocols: ['OpenMetricsText1.0.0'] },
      proto: { target, protocols: ['PrometheusProto'], alsoClassic: true },
    })
    undo.push(() => prometheus.stop())
    const scrapes = async (): Promise<number> =>
      Math.min(
        0,
        ...(await answerOf(prometheus.url, '-count_over_time(up[1m])', Date.now() / 1000)).map((f) => f.value),
      )
    await expect.poll(scrapes, { timeout: 30_000 }).toBeLessThan(-2)
    const time = Date.now() / 1000
    const own = await answerOf(url, '{__name__=~"x_.+"}', time)
    const [floats, natives] = [own.filter((each) => !each.isHistogram), own.filter((each) => each.isHistogram)]
    expect([floats.length, natives.length]).toEqual([79, 4])
    expect(floats).toEqual(await answerOf(prometheus.url, '{__name__=~"x_.+", job="text"}', time))
    const proto = await answerOf(prometheus.url, '{__name__=~"x_.+", job="proto"}', time)
    expect(natives.map(rounded)).toEqual(proto.filter((each) => each.isHistogram).map(rounded))
    for (const of of [
      'count by (__name__) ({__name__=~"up|scrape_.+"})',
      'histogram_quantile(0.9, {__name__=~"x_both|x_native"})',
      'histogram_quantile(0.9, x_classic_bucket)',
    ]) {
      const [ours, theirs] = [await answerOf(url, of, time), await answerOf(prometheus.url, of, time)]
      expect(new Set(labelsOf(theirs)), of).toEqual(new Set(labelsOf(ours)))
      expect(ours.length, of).toBeGreaterThan(0)
    }
  }, 90_000)

  it('answer the same about the running gateway (G6, S15, M10)', async ({ skip }) => {
    const binary = needPeer('prometheus', (reason) => skip(reason))
    const craps = await Craps.start(['--duration', '150s', '--players', '60'], { BOXMAN_STORE_INTERVAL: '1s' })
    undo.push(() => craps.stop())
    const { admin } = craps.addresses
    const prometheus = await Prometheus.start(binary, { 'craps-gateway': { target: new URL(admin).host } })
    undo.push(() => prometheus.stop())
    await new Promise((resolve) => setTimeout(resolve, WATCHED_MS))
    const both = async (query: string, time: number): Promise<[Found[], Found[]]> => {
      const [ours, theirs] = await Promise.all([admin, prometheus.url].map((url) => answerOf(url, query, time)))
      return [[...(ours ?? [])], [...(theirs ?? [])]]
    }
    const moment = (): number => Date.now() / 1000 - 2

    // Of what the rules of the gateway record a scraper knows nothing. A series that comes or goes is seen by one before the other.
    await expect
      .poll(
        async () => {
          const [ours, theirs] = await both('{__name__=~".+", __name__!~"ALERTS.*|job:.*"}', moment())
          expect(labelsOf(ours)).toEqual(labelsOf(theirs))
          return ours.length
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(200)

    for (const query of QUERIES) {
      const [ours, theirs] = await both(query, moment())
      expect(labelsOf(ours), query).toEqual(labelsOf(theirs))
      expect(
        ours.filter(({ value }) => Number.isFinite(value)),
        query,
      ).not.toEqual([])
    }
    for (const query of WITHIN_15_PERCENT) {
      const [ours, theirs] = await both(query, moment())
      expect(ours, query).toHaveLength(1)
      expect((ours[0]?.value ?? NaN) / (theirs[0]?.value ?? NaN), query).toBeGreaterThan(0.85)
      expect((ours[0]?.value ?? NaN) / (theirs[0]?.value ?? NaN), query).toBeLessThan(1.15)
    }
    const [ours, theirs] = await both(
      '{__name__=~"boxman_build_info|.*_house_edge_expected|process_start.*"}',
      moment(),
    )
    expect(ours.length).toBeGreaterThan(0)
    expect(ours).toEqual(theirs)
  }, 150_000)
})
