import type { Counter, Histogram, Registry } from '../metrics/index.ts'
import type { HttpRecorder } from './http/exchange.ts'

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Series are kept at hand up to here; those beyond are looked up each time, and limited by the registry. */
const MAX_KEPT = 2000

/** Records exchanges as `http_requests_total{method,path,status}` and `http_request_duration_seconds{method,path}`. */
export function mediaHttpMetrics(registry: Registry): HttpRecorder {
  const requests = registry.counter({
    name: 'http_requests_total',
    help: 'HTTP requests.',
    labelNames: ['method', 'path', 'status'],
  })
  const durations = registry.histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the head of an HTTP request to the end of its answer.',
    labelNames: ['method', 'path'],
    buckets: SECONDS,
  })
  const kept = new Map<string, { readonly count: Counter; readonly duration: Histogram }>()

  return ({ method, route: path, status, durationMs }) => {
    // A method has no space, a status is a number: the key is injective.
    const key = `${method} ${status} ${path}`
    let series = kept.get(key)
    if (series === undefined) {
      series = { count: requests.labels({ method, path, status }), duration: durations.labels({ method, path }) }
      if (kept.size < MAX_KEPT) kept.set(key, series)
    }
    series.count.inc()
    series.duration.observe(durationMs / 1000)
  }
}
