import type { ExemplarInput, LabelledCounter, LabelledHistogram, Registry } from '../../metrics/index.ts'
import { isDuration } from '../duration.ts'

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface OutgoingRequest {
  readonly method: string
  /** Host and port: the label `target`. */
  readonly host: string
  /** 0: no answer came. */
  readonly status: number
  readonly durationMs: number
  readonly serviceDurationMs?: number
}

/**
 * `http_client_requests_total{method,target,status}` - status `error`: no answer - `http_client_request_duration_seconds{method,target}`,
 * and `http_client_service_duration_seconds{target}`: what the callee says it took.
 */
export class OutgoingMetrics {
  /** `badDurations`: below zero or NaN; such a call is counted, and not timed. */
  readonly stats: { badDurations: number } = { badDurations: 0 }
  readonly #requests: LabelledCounter<'method' | 'target' | 'status'>
  readonly #durations: LabelledHistogram<'method' | 'target'>
  readonly #serviceDurations: LabelledHistogram<'target'>

  constructor(registry: Registry) {
    this.#requests = registry.counter({
      name: 'http_client_requests_total',
      help: 'HTTP requests sent.',
      labelNames: ['method', 'target', 'status'],
    })
    this.#durations = registry.histogram({
      name: 'http_client_request_duration_seconds',
      help: 'Time from an HTTP request sent to the head of its answer, or its failure.',
      labelNames: ['method', 'target'],
      buckets: SECONDS,
    })
    this.#serviceDurations = registry.histogram({
      name: 'http_client_service_duration_seconds',
      help: 'Time that the callee says it took (x-service-duration).',
      labelNames: ['target'],
      buckets: SECONDS,
    })
  }

  /** Bound to this: hand it over as it is to what measures calls. The exemplar is the duration's. */
  readonly record = (call: OutgoingRequest, exemplar?: ExemplarInput): void => {
    const { method, host: target, status, durationMs, serviceDurationMs } = call
    this.#requests.inc({ method, target, status: status === 0 ? 'error' : status })
    if (isDuration(durationMs)) this.#durations.observe({ method, target }, durationMs / 1000, exemplar)
    else this.stats.badDurations++
    if (serviceDurationMs !== undefined) this.#serviceDurations.observe({ target }, serviceDurationMs / 1000)
  }
}
