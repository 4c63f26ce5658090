import { context, type ContextManager, trace } from '@opentelemetry/api'
import peer from 'prom-client'
import { describe, expect, it, vi } from 'vitest'
import client, { Registry } from '../index.ts'

/** Once for the whole file: each call watches the process anew. */
const [ours, theirs] = [new Registry(), new peer.Registry()]
const labels = { pod: 'a' }
client.collectDefaultMetrics({ register: ours, prefix: 'my_', labels })
peer.collectDefaultMetrics({ register: theirs, prefix: 'my_', labels })

type Told = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

const told = async (): Promise<[Told, Told]> => {
  await Promise.all([ours.metrics(), theirs.metrics()])
  await new Promise((resolve) => setTimeout(resolve, 30))
  return [await ours.getMetricsAsJSON(), (await theirs.getMetricsAsJSON()) as unknown as Told]
}

describe('default metrics', () => {
  it('have the names, types, help, aggregators and labels of prom-client, in its order', async () => {
    const [own, others] = await told()
    const shape = (metrics: Told): unknown =>
      metrics.map(({ name, help, type, aggregator, values }) => {
        // Which resources and collections there are differs from one moment to the next.
        const counted = /active_|gc_duration/.test(name)
        const series = counted ? [] : values.map(({ labels }) => Object.entries(labels))
        return { name, help, type, aggregator, series }
      })
    expect(shape(own)).toEqual(shape(others))
    expect(own.length).toBeGreaterThan(30)
    expect(client.collectDefaultMetrics.metricsList).toEqual(peer.collectDefaultMetrics.metricsList)
  })

  it('tell of the same process', async () => {
    const [own, others] = await told()
    const values = (metrics: Told): Map<string, number> =>
      new Map(metrics.map(({ name, values }) => [name, values[0]?.value ?? NaN]))
    for (const [name, value] of values(others)) {
      if (!/resident|virtual|heap|max_fds|start_time|open_fds|version/.test(name)) continue
      expect(values(own).get(name), name).toBeGreaterThanOrEqual(value / 2)
      expect(values(own).get(name), name).toBeLessThanOrEqual(value * 2)
    }
    expect(values(own).get('my_process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(values(own).get('my_nodejs_eventloop_lag_max_seconds')).toBeGreaterThanOrEqual(0)
  })

  it('count every garbage collection, and have the kinds and labels of prom-client', async () => {
    const garbage = Array.from({ length: 30 }, () => Array.from({ length: 100_000 }, (_, i) => ({ i })))
    await vi.waitFor(async () => {
      const [own] = await told()
      const gc = own.find(({ name }) => name === 'my_nodejs_gc_duration_seconds')
      expect(gc?.values.length).toBeGreaterThan(0)
      for (const { labels } of gc?.values ?? []) {
        expect(labels).toMatchObject({ kind: expect.stringMatching(/^(major|minor|incremental|weakcb)$/), pod: 'a' })
      }
    })
    expect(garbage.length).toBe(30)
  })

  it('come with the utilization of the event loop when that is asked for', async () => {
    const registry = new Registry()
    client.collectDefaultMetrics({ register: registry, eventLoopUtilizationTimeout: 5 })
    await vi.waitFor(async () => {
      const [count] = (await registry.metrics()).match(/(?<=nodejs_eventloop_utilization_histogram_count ).*/) ?? []
      expect(Number(count)).toBeGreaterThan(2)
      expect(await registry.getSingleMetricAsString('nodejs_eventloop_utilization_summary')).toContain('quantile="0.5"')
    })
  })

  it('carry the active trace as an exemplar', async () => {
    const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }
    const active = trace.setSpan(context.active(), trace.wrapSpanContext(spanContext))
    const manager: ContextManager = {
      active: () => active,
      with: (_context, fn, thisArg, ...args) => fn.apply(thisArg, args),
      bind: (_context, target) => target,
      enable: () => manager,
      disable: () => manager,
    }
    context.setGlobalContextManager(manager)
    const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
    client.collectDefaultMetrics({ register: registry, enableExemplars: true })
    const page = await registry.metrics()
    context.disable()
    expect(page).toMatch(/^process_cpu_seconds_total \S+ # \{traceId="0af7\w+",spanId="b7ad\w+"\} \S+ \d+/m)
  })
})
