import { expect, it } from 'vitest'
import { Registry } from '../../metrics/index.ts'
import { DatabaseMetrics, PoolMetrics } from '../index.ts'

it('times statements and connections by kind, and counts errors and rows (M2)', async () => {
  const registry = new Registry()
  const metrics = new DatabaseMetrics(registry)
  const call = { system: 'postgresql', operation: 'SELECT', durationMs: 500 }
  metrics.call({ ...call, rows: 3 })
  metrics.call({ ...call, error: new Error('no') })
  metrics.call({ ...call, durationMs: NaN })
  metrics.connect({ system: 'postgresql', durationMs: 1500 })
  new PoolMetrics(registry).set({ active: 2, idle: 1, waiting: 4 })
  const said = (await registry.collect()).flatMap((family) =>
    family.series.map((series) => [family.name, 'value' in series ? series.value : 'sum' in series ? series.sum : NaN]),
  )
  expect(Object.fromEntries(said)).toEqual({
    db_query_duration_seconds: 1,
    db_query_errors_total: 1,
    db_query_rows_total: 3,
    db_connect_duration_seconds: 1.5,
    db_connect_errors_total: 0,
    db_connections_active: 2,
    db_connections_idle: 1,
    db_connections_waiting: 4,
  })
  expect(metrics.stats.badDurations).toBe(1)
})
