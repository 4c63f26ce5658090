import type { SpanStore } from '../../tracing/index.ts'
import type { WindowSnapshot } from '../../metrics/index.ts'
import type { RouteReading } from './request-figures.ts'
import { metricsAnswer } from './metrics-answer.ts'
import { slowTraces } from './slow-traces.ts'
import type { PerformanceGroup, Snapshot } from './snapshot.ts'

const SLOWEST = 10
const SLOWEST_OF_ROUTE = 3

/** `camelCase` becomes `snake_case`, what is undefined becomes null, and so on beneath it. */
export function snakeCase(value: unknown): unknown {
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(snakeCase)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snakeKey(key), snakeCase(inner)]))
}

function snakeKey(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** All that `/health/extended` tells besides how the service is. */
export function extendedAnswer(snapshot: Snapshot & { readonly performance: PerformanceGroup }): object {
  const { at, uptimeSeconds, performance, ...groups } = snapshot
  const { requests, eventLoop } = performance
  return {
    time: new Date(at).toISOString(),
    uptime_seconds: uptimeSeconds,
    performance: {
      ...metricsAnswer(performance),
      window_seconds: requests.windowMs / 1000,
      event_loop: eventLoopAnswer(eventLoop),
    },
    ...Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, snakeCase(group)])),
  }
}

/** What `/diagnostics/performance` answers. */
export function performanceAnswer(
  { performance, resources }: Required<Pick<Snapshot, 'performance' | 'resources'>>,
  routes: readonly RouteReading[],
  garbage: object,
  store: SpanStore | undefined,
): object {
  const { requests, eventLoop } = performance
  const slow = store === undefined ? [] : slowTraces(store)
  return {
    window_seconds: requests.windowMs / 1000,
    requests: windowAnswer(requests),
    routes: routes.map(({ method, route, ...window }) => ({
      method,
      route,
      ...windowAnswer(window),
      slowest_traces: slow
        .filter(({ name }) => name === `${method} ${route}`)
        .slice(0, SLOWEST_OF_ROUTE)
        .map(({ trace_id, duration_ms }) => ({ trace_id, duration_ms })),
    })),
    slowest_traces: slow.slice(0, SLOWEST),
    event_loop: eventLoopAnswer(eventLoop),
    garbage_collection: garbage,
    heap: snakeCase(resources.heap),
  }
}

function windowAnswer(window: WindowSnapshot): object {
  return {
    count: window.count,
    error_rate: window.errorRate ?? null,
    avg_latency_ms: window.average ?? null,
    p50_latency_ms: window.p50 ?? null,
    p90_latency_ms: window.p90 ?? null,
    p95_latency_ms: window.p95 ?? null,
    p99_latency_ms: window.p99 ?? null,
  }
}

function eventLoopAnswer(eventLoop: PerformanceGroup['eventLoop']): object {
  return {
    avg_lag_ms: eventLoop.averageLagMs ?? null,
    p50_lag_ms: eventLoop.p50LagMs ?? null,
    p95_lag_ms: eventLoop.p95LagMs ?? null,
    p99_lag_ms: eventLoop.p99LagMs ?? null,
    max_lag_ms: eventLoop.maxLagMs ?? null,
    utilization: eventLoop.utilization ?? null,
    monitoring_active: eventLoop.active,
  }
}
