import { expect, it } from 'vitest'
import { Registry } from '../../metrics/index.ts'
import { OutgoingMetrics } from '../index.ts'

it('counts calls by method, target and status, and times those with a duration (G13)', async () => {
  const registry = new Registry()
  const metrics = new OutgoingMetrics(registry)
  const call = { method: 'GET', host: 'films:80', status: 200, durationMs: 50 }
  metrics.record({ ...call, serviceDurationMs: 20 })
  metrics.record({ ...call, status: 0 })
  metrics.record({ ...call, durationMs: NaN })
  const families = await registry.collect()
  const found = families.map(({ name, series }) => [name, series.length])
  expect(found).toEqual([
    ['http_client_requests_total', 2],
    ['http_client_request_duration_seconds', 1],
    ['http_client_service_duration_seconds', 1],
  ])
  expect(metrics.stats.badDurations).toBe(1)
})
