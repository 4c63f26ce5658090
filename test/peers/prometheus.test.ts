import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Craps } from '../support/craps.ts'
import { needPeer } from '../support/peer.ts'
import { isRecent, type Jobs, Prometheus } from '../support/prometheus.ts'

const WATCHED_MS = 60_000

/** One a format, by what Prometheus calls it. */
const FORMATS = { text: 'PrometheusText0.0.4', openmetrics: 'OpenMetricsText1.0.0', protobuf: 'PrometheusProto' }

/** G6, and what M10 and S15 ask of a loaded gateway. */
const QUERIES = [
  'histogram_quantile(0.95, sum(rate(bitcraps_gateway_request_latency_ms_bucket[5m])) by (route, le))',
  'histogram_quantile(0.99, sum(rate(bitcraps_gateway_ws_broadcast_latency_ms_bucket[5m])) by (topic, le))',
  'sum(bitcraps_gateway_ws_subscribers) by (topic)',
  'histogram_quantile(0.95, sum(rate(bitcraps_gateway_ingress_to_proof_ms_bucket[5m])) by (le))',
  'sum(rate(http_requests_total[5m]))',
  'rate(bitcraps_bets_total[5m])',
]

/** Names that the contract fixes against the linter's taste. */
const FORCED_WARNINGS: readonly string[] = [
  'bitcraps_gateway_ingress_to_proof_ms metric names should not contain abbreviated units',
  'bitcraps_gateway_request_latency_ms metric names should not contain abbreviated units',
  'bitcraps_gateway_ws_broadcast_latency_ms metric names should not contain abbreviated units',
  'bitcraps_thread_count non-histogram and non-summary metrics should not have "_count" suffix',
]

describe('peer: Prometheus', () => {
  let craps: Craps
  beforeAll(async () => {
    craps = await Craps.start(['--duration', '150s', '--players', '60'])
  })
  afterAll(async () => {
    await craps.stop()
  })

  it('scrapes the running gateway for a minute in every format, and its questions are answered (G6, M10, S3)', async ({
    skip,
  }) => {
    const binary = needPeer('prometheus', (reason) => skip(reason))
    const target = new URL(craps.addresses.admin).host
    const jobs: Jobs = isRecent(binary)
      ? Object.fromEntries(Object.entries(FORMATS).map(([name, format]) => [name, { target, protocols: [format] }]))
      : { text: { target } }
    const prometheus = await Prometheus.start(binary, jobs)
    try {
      await new Promise((resolve) => setTimeout(resolve, WATCHED_MS))
      const up = { health: 'up', lastError: '' }
      expect(await prometheus.targets()).toEqual(Object.fromEntries(Object.keys(jobs).map((job) => [job, up])))
      for (const { metric, value } of await prometheus.query('count_over_time(up[1m])')) {
        expect(Number(value[1]), metric['job']).toBeGreaterThan(30)
      }
      for (const query of QUERIES) {
        const values = (await prometheus.query(query)).map(({ value }) => Number(value[1]))
        expect(
          values.filter((value) => value > 0),
          query,
        ).not.toEqual([])
      }
      const stored = async (job: string): Promise<string[]> => {
        const own = `{job="${job}",__name__!~"up|scrape_.*"}`
        const series = await prometheus.query(`count by (__name__, le, quantile) (${own})`)
        return series.map(({ metric }) => JSON.stringify(metric)).toSorted()
      }
      const text = await stored('text')
      expect(text.length).toBeGreaterThan(100)
      for (const job of Object.keys(jobs)) expect(await stored(job), job).toEqual(text)
    } finally {
      await prometheus.stop()
    }
  }, 150_000)

  it('promtool accepts the page; every warning is one that the names of the contract force', async ({ skip }) => {
    const promtool = needPeer('promtool', (reason) => skip(reason))
    const input = await craps.page()
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' })
    const warnings = `${stdout}${stderr}`.split('\n').filter((line) => line !== '')
    expect(warnings.toSorted()).toEqual(FORCED_WARNINGS.toSorted())
    expect(status).toBe(3) // its code for a page with nothing worse than warnings
  })
})
