import type { Counter, Gauge, Histogram, Registry } from '../../metrics/index.ts'
import { isDuration } from '../duration.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'

const LATENCY_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

/** What goes over the wire, and how long it takes. */
export class NetworkMetrics {
  readonly stats: { refusedDurations: number } = { refusedDurations: 0 }
  readonly #messagesSent: Counter
  readonly #messagesReceived: Counter
  readonly #bytesSent: Counter
  readonly #bytesReceived: Counter
  readonly #connections: Gauge
  readonly #latency: Histogram

  constructor(registry: Registry, options: PackOptions = {}) {
    const prefix = `${resolvePrefix(options)}_network`
    this.#messagesSent = registry.counter({ name: `${prefix}_messages_sent_total`, help: 'Messages sent.' })
    this.#messagesReceived = registry.counter({ name: `${prefix}_messages_received_total`, help: 'Messages received.' })
    this.#bytesSent = registry.counter({ name: `${prefix}_bytes_sent_total`, help: 'Payload bytes sent.' })
    this.#bytesReceived = registry.counter({ name: `${prefix}_bytes_received_total`, help: 'Payload bytes received.' })
    this.#connections = registry.gauge({ name: `${prefix}_active_connections`, help: 'Open connections.' })
    this.#latency = registry.histogram({
      name: `${prefix}_latency_seconds`,
      help: 'Round trips to peers.',
      buckets: LATENCY_BUCKETS,
    })
  }

  sent(bytes: number): void {
    this.#bytesSent.inc(bytes)
    this.#messagesSent.inc()
  }

  received(bytes: number): void {
    this.#bytesReceived.inc(bytes)
    this.#messagesReceived.inc()
  }

  /** How many connections are open now. */
  connections(open: number): void {
    this.#connections.set(open)
  }

  latency(durationMs: number): void {
    if (isDuration(durationMs)) this.#latency.observe(durationMs / 1000)
    else this.stats.refusedDurations++
  }
}
