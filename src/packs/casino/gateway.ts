import type { Counter, Histogram, Registry } from '../../metrics/index.ts'
import { Cells } from '../cells.ts'
import { isDuration } from '../duration.ts'
import { resolvePrefix } from '../pack.ts'
import { GATEWAY_BUCKETS_MS } from './gateway-buckets.ts'
import { SocketMetrics, type SocketOptions } from './sockets.ts'

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

/** Requests, the way from a bet to its proof, and the fan-out of events. */
export class GatewayMetrics {
  readonly sockets: SocketMetrics
  readonly stats: { refusedDurations: number } = { refusedDurations: 0 }
  readonly #routes: Cells<Route>
  readonly #ingressToProof: Histogram

  constructor(registry: Registry, options: SocketOptions = {}) {
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
      buckets: GATEWAY_BUCKETS_MS,
    })
    this.#ingressToProof = registry.histogram({
      name: `${prefix}_ingress_to_proof_ms`,
      help: "From a bet's arrival at the gateway to the moment its proof can be fetched.",
      buckets: GATEWAY_BUCKETS_MS,
    })
    this.#routes = new Cells((route) => ({
      latency: latency.labels({ route }),
      requests: new Cells((method) => requests.labels({ route, method })),
    }))
    this.sockets = new SocketMetrics(registry, options)
  }

  /** A request with a negative or NaN duration is counted; its duration is not recorded. */
  request({ route, method, durationMs }: GatewayRequest): void {
    const cells = this.#routes.get(route)
    cells.requests.get(method).inc()
    if (isDuration(durationMs)) cells.latency.observe(durationMs)
    else this.stats.refusedDurations++
  }

  /** The two moments may come from two machines: a negative duration is not recorded. */
  ingressToProof(durationMs: number): void {
    if (isDuration(durationMs)) this.#ingressToProof.observe(durationMs)
    else this.stats.refusedDurations++
  }
}
