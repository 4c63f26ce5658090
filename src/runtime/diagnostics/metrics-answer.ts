import type { PerformanceGroup } from './snapshot.ts'

/** What `/diagnostics/metrics` answers. What is not known is null; what is counted begins at 0. */
export interface MetricsAnswer {
  /** Of the window, as all that follows but for caches, event loop and WebSockets. */
  readonly total_requests: number
  /** 0 to 1: answers of 500 and above; 0 without requests. */
  readonly error_rate: number
  readonly avg_latency_ms: number | null
  readonly p50_latency_ms: number | null
  readonly p90_latency_ms: number | null
  readonly p95_latency_ms: number | null
  readonly p99_latency_ms: number | null
  /** By upper bound in ms, cumulative; the last one is `+Inf`. */
  readonly latency_histogram: Readonly<Record<string, number>>
  /** Since the start. */
  readonly cache: {
    readonly hits: number
    readonly misses: number
    readonly evictions: number
    readonly hit_rate: number | null
  }
  /** Of the last minute. */
  readonly event_loop: {
    readonly avg_lag_ms: number | null
    readonly p95_lag_ms: number | null
    readonly monitoring_active: boolean
  }
  /** Since the start. */
  readonly websocket: {
    readonly open_connections_estimate: number
    readonly messages_sent: number
    readonly messages_received: number
  }
}

export function metricsAnswer({ requests, cache, eventLoop, webSocket }: PerformanceGroup): MetricsAnswer {
  return {
    total_requests: requests.count,
    error_rate: requests.errorRate ?? 0,
    avg_latency_ms: requests.average ?? null,
    p50_latency_ms: requests.p50 ?? null,
    p90_latency_ms: requests.p90 ?? null,
    p95_latency_ms: requests.p95 ?? null,
    p99_latency_ms: requests.p99 ?? null,
    latency_histogram: Object.fromEntries(
      requests.buckets.map(({ le, count }) => [le === Infinity ? '+Inf' : String(le), count]),
    ),
    cache: {
      hits: cache?.hits ?? 0,
      misses: cache?.misses ?? 0,
      evictions: cache?.evictions ?? 0,
      hit_rate: cache?.hitRate ?? null,
    },
    event_loop: {
      avg_lag_ms: eventLoop.averageLagMs ?? null,
      p95_lag_ms: eventLoop.p95LagMs ?? null,
      monitoring_active: eventLoop.active,
    },
    websocket: {
      open_connections_estimate: webSocket?.open ?? 0,
      messages_sent: webSocket?.messagesSent ?? 0,
      messages_received: webSocket?.messagesReceived ?? 0,
    },
  }
}

const COUNT = { type: 'integer', minimum: 0 }
const RATIO = { type: 'number', minimum: 0, maximum: 1 }
const KNOWN_RATIO = { ...RATIO, type: ['number', 'null'] }
const MS = { type: ['number', 'null'], minimum: 0 }

/** The JSON schema (draft 2020-12) of {@link MetricsAnswer}; also at `/diagnostics/metrics/schema`. */
export const METRICS_SCHEMA: Readonly<Record<string, unknown>> = Object.freeze({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'What /diagnostics/metrics answers',
  ...objectOf({
    total_requests: { ...COUNT, description: 'Requests in the window.' },
    error_rate: { ...RATIO, description: 'Share of them that was answered with 500 or above.' },
    avg_latency_ms: { ...MS, description: 'Null where the window holds no request, as the next four.' },
    p50_latency_ms: MS,
    p90_latency_ms: MS,
    p95_latency_ms: MS,
    p99_latency_ms: MS,
    latency_histogram: {
      type: 'object',
      description: 'Requests in the window that took up to so many ms: cumulative.',
      required: ['+Inf'],
      properties: { '+Inf': COUNT },
      propertyNames: { pattern: String.raw`^(\d+(\.\d+)?|\+Inf)$` },
      additionalProperties: COUNT,
    },
    cache: objectOf({ hits: COUNT, misses: COUNT, evictions: COUNT, hit_rate: KNOWN_RATIO }),
    event_loop: objectOf({ avg_lag_ms: MS, p95_lag_ms: MS, monitoring_active: { type: 'boolean' } }),
    websocket: objectOf({ open_connections_estimate: COUNT, messages_sent: COUNT, messages_received: COUNT }),
  }),
})

function objectOf(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { type: 'object', required: Object.keys(properties), additionalProperties: false, properties }
}
