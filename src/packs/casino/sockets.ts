import type {
  Gauge,
  Histogram,
  LabelledCounter,
  LabelledGauge,
  LabelledHistogram,
  Registry,
} from '../../metrics/index.ts'
import { Cells } from '../cells.ts'
import { isDuration } from '../duration.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'
import { GATEWAY_BUCKETS_MS } from './gateway-buckets.ts'

/** Takes what goes over the sockets; {@link NetworkMetrics} is one. */
export interface Traffic {
  sent(bytes: number): void
  received(bytes: number): void
  connections(open: number): void
}

export interface SocketOptions extends PackOptions {
  /** Without one, messages, bytes and connections are not counted. */
  readonly traffic?: Traffic | undefined
}

interface Topic {
  readonly latency: Histogram
  readonly subscribers: Gauge
}

/** Fan-out to subscribers: what an instrumented WebSocket server reports to. */
export class SocketMetrics {
  readonly stats: { refusedDurations: number } = { refusedDurations: 0 }
  readonly #latency: LabelledHistogram<'topic'>
  readonly #subscribers: LabelledGauge<'topic'>
  readonly #future: LabelledCounter<'topic'>
  readonly #topics: Cells<Topic>
  readonly #traffic: Traffic | undefined

  constructor(registry: Registry, options: SocketOptions = {}) {
    const prefix = `${resolvePrefix(options)}_gateway_ws`
    this.#traffic = options.traffic
    this.#latency = registry.histogram({
      name: `${prefix}_broadcast_latency_ms`,
      help: "From an event's time to its hand-over to a subscriber's socket.",
      labelNames: ['topic'],
      buckets: GATEWAY_BUCKETS_MS,
    })
    this.#subscribers = registry.gauge({
      name: `${prefix}_subscribers`,
      help: 'Sockets subscribed to a topic.',
      labelNames: ['topic'],
    })
    this.#future = registry.counter({
      name: `${prefix}_future_events_total`,
      help: 'Events whose time lay ahead of this machine: clocks that differ. Their latency is not recorded.',
      labelNames: ['topic'],
    })
    this.#topics = new Cells((topic) => ({
      latency: this.#latency.labels({ topic }),
      subscribers: this.#subscribers.labels({ topic }),
    }))
  }

  subscribers(topic: string, count: number): void {
    this.#topics.get(topic).subscribers.set(count)
  }

  /** Takes every series of the topic out of the exposition. */
  forget(topic: string): void {
    this.#topics.forget(topic)
    for (const metric of [this.#latency, this.#subscribers, this.#future]) metric.remove({ topic })
  }

  delivered(topic: string, latencyMs: number): void {
    if (isDuration(latencyMs)) this.#topics.get(topic).latency.observe(latencyMs)
    else if (latencyMs < 0) this.fromFuture(topic)
    else this.stats.refusedDurations++
  }

  fromFuture(topic: string): void {
    this.#future.inc({ topic })
  }

  connections(open: number): void {
    this.#traffic?.connections(open)
  }

  message(direction: 'sent' | 'received', bytes: number): void {
    this.#traffic?.[direction](bytes)
  }
}
