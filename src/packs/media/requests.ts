import type {
  Counter,
  ExemplarInput,
  Histogram,
  LabelledCounter,
  LabelledHistogram,
  Registry,
} from '../../metrics/index.ts'
import { isDuration } from '../duration.ts'

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Series are kept at hand up to here; those beyond are looked up each time, and limited by the registry. */
const MAX_KEPT = 2000

export interface MediaRequest {
  readonly method: string
  /** A pattern, such as `/films/:id`: the label `path`. A path itself makes a series for each of its values. */
  readonly route: string
  readonly status: number
  readonly durationMs: number
}

/** `http_requests_total{method,path,status}` and `http_request_duration_seconds{method,path}`. */
export class RequestMetrics {
  /** `badDurations`: below zero or NaN; such a request is counted, and not timed. */
  readonly stats: { badDurations: number } = { badDurations: 0 }
  readonly #requests: LabelledCounter<'method' | 'path' | 'status'>
  readonly #durations: LabelledHistogram<'method' | 'path'>
  readonly #kept = new Map<string, { readonly count: Counter; readonly duration: Histogram }>()

  constructor(registry: Registry) {
    this.#requests = registry.counter({
      name: 'http_requests_total',
      help: 'HTTP requests.',
      labelNames: ['method', 'path', 'status'],
    })
    this.#durations = registry.histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the head of an HTTP request to the end of its answer.',
      labelNames: ['method', 'path'],
      buckets: SECONDS,
    })
  }

  /** Bound to this: hand it over as it is to what measures requests. The exemplar is the duration's. */
  readonly record = ({ method, route: path, status, durationMs }: MediaRequest, exemplar?: ExemplarInput): void => {
    // A method has no space, a status is a number: the key is injective.
    const key = `${method} ${status} ${path}`
    let series = this.#kept.get(key)
    if (series === undefined) {
      const count = this.#requests.labels({ method, path, status })
      series = { count, duration: this.#durations.labels({ method, path }) }
      if (this.#kept.size < MAX_KEPT) this.#kept.set(key, series)
    }
    series.count.inc()
    if (isDuration(durationMs)) series.duration.observe(durationMs / 1000, exemplar)
    else this.stats.badDurations++
  }
}
