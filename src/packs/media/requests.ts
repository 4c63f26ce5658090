import type {
  Counter,
  ExemplarInput,
  Histogram,
  LabelledCounter,
  LabelledHistogram,
  Registry,
} from '../../metrics/index.ts'
import { type BucketOptions, isDuration, secondsOf } from '../duration.ts'

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

interface Series {
  readonly count: Counter
  readonly duration: Histogram
}

/** `http_requests_total{method,path,status}` and `http_request_duration_seconds{method,path}`. */
export class RequestMetrics {
  /** `badDurations`: below zero or NaN; such a request is counted, and not timed. */
  readonly stats: { badDurations: number } = { badDurations: 0 }
  readonly #requests: LabelledCounter<'method' | 'path' | 'status'>
  readonly #durations: LabelledHistogram<'method' | 'path'>
  /** By route, status and method: three short looks cost less than to spell and hash a key of all three. */
  readonly #kept = new Map<string, Map<number, Map<string, Series>>>()
  #keptSeries = 0

  constructor(registry: Registry, options: BucketOptions = {}) {
    this.#requests = registry.counter({
      name: 'http_requests_total',
      help: 'HTTP requests.',
      labelNames: ['method', 'path', 'status'],
    })
    this.#durations = registry.histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the head of an HTTP request to the end of its answer.',
      labelNames: ['method', 'path'],
      buckets: secondsOf(options, SECONDS),
    })
  }

  /** Bound to this: hand it over as it is to what measures requests. The exemplar is the duration's. */
  readonly record = ({ method, route, status, durationMs }: MediaRequest, exemplar?: ExemplarInput): void => {
    const series = this.#kept.get(route)?.get(status)?.get(method) ?? this.#series(method, route, status)
    series.count.inc()
    if (isDuration(durationMs)) series.duration.observe(durationMs / 1000, exemplar)
    else this.stats.badDurations++
  }

  #series(method: string, path: string, status: number): Series {
    const count = this.#requests.labels({ method, path, status })
    const series = { count, duration: this.#durations.labels({ method, path }) }
    if (this.#keptSeries < MAX_KEPT) {
      this.#keptSeries++
      const byStatus = this.#kept.get(path) ?? new Map<number, Map<string, Series>>()
      const byMethod = byStatus.get(status) ?? new Map<string, Series>()
      this.#kept.set(path, byStatus.set(status, byMethod.set(method, series)))
    }
    return series
  }
}
