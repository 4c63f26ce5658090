import { expect, it } from 'vitest'
import { expose, Registry } from '../../metrics/index.ts'
import { media, type MediaRequest } from '../index.ts'

const exchange = (part: Partial<MediaRequest>): MediaRequest => ({
  method: 'GET',
  route: '/films/:id',
  status: 200,
  durationMs: 15.625,
  ...part,
})

async function page(registry: Registry): Promise<string[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of expose(registry).body) chunks.push(chunk)
  return Buffer.concat(chunks).toString().split('\n')
}

it('records requests and their seconds (M1)', async () => {
  const registry = new Registry()
  const { record } = media().install(registry).requests
  for (const part of [{}, { durationMs: 5000 }, { status: 499 }, { method: 'POST', durationMs: 7000 }]) {
    record(exchange(part))
  }
  const lines = await page(registry)
  const series = 'method="GET",path="/films/:id"'
  expect(lines).toEqual(
    expect.arrayContaining([
      `http_requests_total{${series},status="200"} 2`,
      `http_requests_total{${series},status="499"} 1`,
      'http_requests_total{method="POST",path="/films/:id",status="200"} 1',
      `http_request_duration_seconds_count{${series}} 3`,
      `http_request_duration_seconds_sum{${series}} 5.03125`,
    ]),
  )
  const buckets = lines.filter((line) => line.startsWith(`http_request_duration_seconds_bucket{${series}`))
  expect(buckets.map((line) => /le="(.*)"\} (\d)/.exec(line)?.slice(1).join(' '))).toEqual([
    '0.001 0',
    '0.005 0',
    '0.01 0',
    '0.025 2',
    '0.05 2',
    '0.1 2',
    '0.25 2',
    '0.5 2',
    '1 2',
    '2.5 2',
    '5 3',
    '+Inf 3',
  ])
})

it('counts on beyond the series that it keeps at hand, within the limit of the registry (G17)', async () => {
  const registry = new Registry({ maxSeriesPerMetric: 2500 })
  const { record } = media().install(registry).requests
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 3000; i++) record(exchange({ route: `/films/${i}` }))
  }
  const lines = await page(registry)
  expect(lines).toContain('http_requests_total{method="GET",path="/films/0",status="200"} 2')
  expect(lines).toContain('http_requests_total{method="GET",path="/films/2100",status="200"} 2')
  const counts = lines.filter((line) => line.startsWith('http_requests_total{'))
  expect(counts.length).toBeLessThanOrEqual(2501)
  expect(counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBe(6000)
  expect(registry.stats.overflowed).toBeGreaterThan(0)
})

it('takes connections, pools and caches by hand; what nobody tells is absent (M2, M3, M5)', async () => {
  const registry = new Registry()
  const { connections, pool, caches, requests } = media().install(registry)
  const samples = async (): Promise<string[]> => (await page(registry)).filter((line) => /^[a-z]/.test(line))
  expect(await samples()).toEqual([])
  connections.closed()
  connections.opened()
  connections.opened()
  connections.closed()
  pool.set({ active: 3, idle: 7 })
  caches.hit('posters')
  caches.hit('posters', 2)
  caches.miss('posters')
  caches.miss('films')
  expect((await samples()).toSorted()).toEqual([
    'active_connections 1',
    'cache_evictions_total{cache_type="films"} 0',
    'cache_evictions_total{cache_type="posters"} 0',
    'cache_hit_rate{cache_type="films"} 0',
    'cache_hit_rate{cache_type="posters"} 0.75',
    'cache_hits_total{cache_type="films"} 0',
    'cache_hits_total{cache_type="posters"} 3',
    'cache_misses_total{cache_type="films"} 1',
    'cache_misses_total{cache_type="posters"} 1',
    'db_connections_active 3',
    'db_connections_idle 7',
  ])
  expect(() => pool.set({ active: -1, idle: 0 })).toThrow('db_connections_active -1 must be a whole number >= 0')
  expect(() => connections.set(NaN)).toThrow('active_connections NaN must be')
  requests.record(exchange({ durationMs: -1 }))
  expect(await samples()).toContain('http_requests_total{method="GET",path="/films/:id",status="200"} 1')
  expect(await samples()).toContain('http_request_duration_seconds_count{method="GET",path="/films/:id"} 0')
  expect(requests.stats).toEqual({ badDurations: 1 })
})
