import { createBoxman } from 'boxman'
import { media } from 'boxman/packs'
import { Engine } from 'boxman/promql'
import { LabelSet } from 'boxman/series'
import { openTsdb } from 'boxman/tsdb'
import { describe, expect, it } from 'vitest'
import { answerOf } from './support/api-answer.ts'
import { Craps } from './support/craps.ts'

const MINUTE = 60_000

it('a question is answered from what was scraped into the embedded store', async () => {
  const store = await openTsdb()
  const tables = ['T1', 'T2']
  const refs = Uint32Array.from(tables, (table) => {
    return store.series(LabelSet.of({ __name__: 'rolls_total', table })) ?? NaN
  })
  const target = store.scrapeGroup()
  for (let minute = 0; minute <= 10; minute++) {
    target.append(minute * MINUTE, refs, Float64Array.of(60 * minute, 120 * minute))
  }
  const engine = new Engine({ queryable: store })
  const answer = await engine.instant('sort_desc(rate(rolls_total[5m]))', 10 * MINUTE)
  expect(answer).toMatchObject({ ok: true, warnings: [], value: { type: 'vector' } })
  const samples = answer.ok && answer.value.type === 'vector' ? answer.value.samples : []
  expect(samples.map(({ labels, value }) => [labels.get('table'), value])).toEqual([
    ['T2', 2],
    ['T1', 1],
  ])
  target.end(11 * MINUTE)
  const gone = await engine.instant('rolls_total', 11 * MINUTE)
  expect(gone).toMatchObject({ ok: true, value: { type: 'vector', samples: [] } })
  await store.close()
})

describe('the running gateway is asked over HTTP', () => {
  const LATENCY = 'bitcraps_gateway_request_latency_ms_bucket'
  const FAN_OUT = 'bitcraps_gateway_ws_broadcast_latency_ms_bucket'
  const SECONDS = 'http_request_duration_seconds'
  const QUERIES = {
    'G6: p95 by route': `histogram_quantile(0.95, sum(rate(${LATENCY}[5m])) by (route, le))`,
    'G6: p99 of the fan-out by topic': `histogram_quantile(0.99, sum(rate(${FAN_OUT}[5m])) by (topic, le))`,
    'G6: subscribers by topic': 'sum(bitcraps_gateway_ws_subscribers) by (topic)',
    'G7: ingress to proof':
      'histogram_quantile(0.95, sum(rate(bitcraps_gateway_ingress_to_proof_ms_bucket[5m])) by (le))',
    'S15: bets': 'rate(bitcraps_bets_total[5m])',
    'S15: memory': 'abs(deriv(bitcraps_memory_usage_bytes[1h]))',
    'M10: request rate': 'sum(rate(http_requests_total[5m]))',
    'M10: average duration': `sum(rate(${SECONDS}_sum[5m])) / sum(rate(${SECONDS}_count[5m]))`,
    'M10: p95': `histogram_quantile(0.95, sum(rate(${SECONDS}_bucket[5m])) by (le))`,
    'O17: itself': 'up == 1',
  }

  it('and answers what the contract asks of it', async () => {
    const craps = await Craps.start(['--duration', '60s', '--players', '40'], { BOXMAN_STORE_INTERVAL: '500ms' })
    try {
      for (const [name, query] of Object.entries(QUERIES)) {
        const answered = async (): Promise<number> => {
          const found = await answerOf(craps.addresses.admin, query, Date.now() / 1000)
          return found.filter(({ value }) => value > 0).length
        }
        await expect.poll(answered, { timeout: 20_000, message: name }).toBeGreaterThan(0)
      }
    } finally {
      await craps.stop()
    }
  }, 90_000)
})

it('M10: 5xx rate, cache hit rate and pool utilisation of a media service', async () => {
  const code = { log: false, admin: { port: 0 }, store: { intervalMs: 100 } } as const
  const boxman = await createBoxman({ service: 'films', http: { metrics: 'off' }, ...code }, { env: {} })
  try {
    const { requests, caches, pool } = boxman.use(media())
    const ask = async (query: string): Promise<unknown> => {
      const answer = await boxman.query(query)
      return answer.ok && answer.value.type === 'vector' ? answer.value.samples[0]?.value : answer
    }
    for (const status of [200, 200, 200, 503])
      requests.record({ method: 'GET', route: '/films/:id', status, durationMs: 5 })
    caches.hit('posters', 3)
    caches.miss('posters')
    pool.set({ active: 3, idle: 1 })
    const share = (part: string, whole: string): string => `sum(rate(${part}[5m])) / sum(rate(${whole}[5m]))`
    await expect.poll(() => ask(share('http_requests_total{status=~"5.."}', 'http_requests_total'))).toBe(0.25)
    await expect.poll(() => ask(share('cache_hits_total', '{__name__=~"cache_(?:hits|misses)_total"}'))).toBe(0.75)
    expect(await ask('db_connections_active / (db_connections_active + db_connections_idle)')).toBe(0.75)
  } finally {
    await boxman.stop()
  }
})
