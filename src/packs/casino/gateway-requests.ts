import type { Counter, ExemplarInput, Histogram, Registry } from '../../metrics/index.ts'
import { Cells } from '../cells.ts'
import { type BucketOptions, isDuration } from '../duration.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'
import { GATEWAY_BUCKETS_MS } from './gateway-buckets.ts'

/** One answered request. */
export interface GatewayRequest {
  /** The router's pattern, not the path. */
  readonly route: string
  readonly method: string
  readonly durationMs: number
}

interface Route {
  readonly latency: Histogram
  readonly requests: Cells<Counter>
}

/** `bitcraps_gateway_requests_by_route_method_total{route,method}` and `bitcraps_gateway_request_latency_ms{route}`. */
export class GatewayRequests {
  /** `refusedDurations`: below zero or NaN; such a request is counted, and not timed. */
  readonly stats: { refusedDurations: number } = { refusedDurations: 0 }
  readonly #routes: Cells<Route>

  constructor(registry: Registry, options: PackOptions & BucketOptions = {}) {
    const prefix = `${resolvePrefix(options)}_gateway`
    const requests = registry.counter({
      name: `${prefix}_requests_by_route_method_total`,
      help: 'Requests answered.',
      labelNames: ['route', 'method'],
    })
    const latency = registry.histogram({
      name: `${prefix}_request_latency_ms`,
      help: "From a request's arrival to its answer.",
      labelNames: ['route'],
      buckets: options.bucketsMs ?? GATEWAY_BUCKETS_MS,
    })
    this.#routes = new Cells((route) => ({
      latency: latency.labels({ route }),
      requests: new Cells((method) => requests.labels({ route, method })),
    }))
  }

  /** Bound to this: hand it over as it is to what measures requests. The exemplar is the duration's. */
  readonly record = ({ route, method, durationMs }: GatewayRequest, exemplar?: ExemplarInput): void => {
    const cells = this.#routes.get(route)
    cells.requests.get(method).inc()
    if (isDuration(durationMs)) cells.latency.observe(durationMs, exemplar)
    else this.stats.refusedDurations++
  }
}
