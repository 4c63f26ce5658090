import type { Histogram, Registry } from '../../metrics/index.ts'
import { isDuration } from '../duration.ts'
import { resolvePrefix } from '../pack.ts'
import { GATEWAY_BUCKETS_MS } from './gateway-buckets.ts'
import { type GatewayRequest, GatewayRequests } from './gateway-requests.ts'
import { SocketMetrics, type SocketOptions } from './sockets.ts'

/** Requests, the way from a bet to its proof, and the fan-out of events. */
export class GatewayMetrics {
  readonly sockets: SocketMetrics
  /** Of requests and of bets on their way to the proof. */
  readonly stats: { refusedDurations: number }
  readonly #requests: GatewayRequests
  readonly #ingressToProof: Histogram

  constructor(registry: Registry, options: SocketOptions = {}) {
    const prefix = `${resolvePrefix(options)}_gateway`
    this.#requests = new GatewayRequests(registry, options)
    this.stats = this.#requests.stats
    this.#ingressToProof = registry.histogram({
      name: `${prefix}_ingress_to_proof_ms`,
      help: "From a bet's arrival at the gateway to the moment its proof can be fetched.",
      buckets: GATEWAY_BUCKETS_MS,
    })
    this.sockets = new SocketMetrics(registry, options)
  }

  /** A request with a negative or NaN duration is counted; its duration is not recorded. */
  request(request: GatewayRequest): void {
    this.#requests.record(request)
  }

  /** The two moments may come from two machines: a negative duration is not recorded. */
  ingressToProof(durationMs: number): void {
    if (isDuration(durationMs)) this.#ingressToProof.observe(durationMs)
    else this.stats.refusedDurations++
  }
}
