import type { ExemplarInput, Gauge, Histogram, Registry } from '../../metrics/index.ts'
import { Cells } from '../cells.ts'
import { type BucketOptions, isDuration, secondsOf } from '../duration.ts'

/** Of the semantic conventions, stable since 1.23. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
/** The conventions name none; these are what every SDK falls back on. */
const BYTES = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000]

export interface OpenedRequest {
  /** One of the known methods, else `_OTHER`. */
  readonly method: string
  /** `http` or `https`. */
  readonly scheme: string
}

export interface OtelRequest extends OpenedRequest {
  /** A pattern, such as `/films/:id`. */
  readonly route: string
  readonly status: number
  readonly durationMs: number
  /** The answer was not sent whole: `error_type="aborted"`. */
  readonly aborted: boolean
  /** `1.1`, `2`. */
  readonly protocolVersion: string
  /** Absent where nobody said it beforehand. */
  readonly requestBytes?: number | undefined
  readonly responseBytes?: number | undefined
}

interface Series {
  readonly duration: Histogram
  readonly requestBytes: Histogram
  readonly responseBytes: Histogram
}

/**
 * The server metrics of OpenTelemetry's semantic conventions in the names that Prometheus gives them:
 * `http_server_request_duration_seconds`, `http_server_active_requests`, `http_server_request_body_size_bytes` and
 * `http_server_response_body_size_bytes`.
 */
export class OtelHttpMetrics {
  /** `badDurations`: below zero or NaN; such a request is not timed. */
  readonly stats: { badDurations: number } = { badDurations: 0 }
  readonly #series: Cells<Series>
  readonly #active: Cells<Gauge>

  constructor(registry: Registry, options: BucketOptions = {}) {
    const labelNames = [
      'http_request_method',
      'url_scheme',
      'error_type',
      'http_response_status_code',
      'http_route',
      'network_protocol_version',
    ] as const
    const histogram = (name: string, help: string, buckets: readonly number[]) =>
      registry.histogram({ name: `http_server_${name}`, help, labelNames, buckets })
    const duration = histogram(
      'request_duration_seconds',
      'Duration of HTTP server requests.',
      secondsOf(options, SECONDS),
    )
    const requestBytes = histogram('request_body_size_bytes', 'Size of HTTP server request bodies.', BYTES)
    const responseBytes = histogram('response_body_size_bytes', 'Size of HTTP server response bodies.', BYTES)
    const active = registry.gauge({
      name: 'http_server_active_requests',
      help: 'Number of active HTTP server requests.',
      labelNames: ['http_request_method', 'url_scheme'],
    })
    this.#series = new Cells((key) => {
      const [method = '', scheme = '', error = '', status = '', version = '', ...route] = key.split(' ')
      const labels = {
        http_request_method: method,
        url_scheme: scheme,
        error_type: error,
        http_response_status_code: status,
        http_route: route.join(' '),
        network_protocol_version: version,
      }
      return {
        duration: duration.labels(labels),
        requestBytes: requestBytes.labels(labels),
        responseBytes: responseBytes.labels(labels),
      }
    })
    this.#active = new Cells((key) => {
      const [method = '', scheme = ''] = key.split(' ')
      return active.labels({ http_request_method: method, url_scheme: scheme })
    })
  }

  /** Once a request, before its `record`. Bound to this, as that is. */
  readonly opened = ({ method, scheme }: OpenedRequest): void => this.#active.get(`${method} ${scheme}`).inc()

  /** The exemplar is the duration's. */
  readonly record = (request: OtelRequest, exemplar?: ExemplarInput): void => {
    const { method, scheme, status, protocolVersion, route, durationMs } = request
    this.#active.get(`${method} ${scheme}`).dec()
    // Only a route may have a space: the key can be taken apart again.
    const series = this.#series.get(`${method} ${scheme} ${errorOf(request)} ${status} ${protocolVersion} ${route}`)
    if (isDuration(durationMs)) series.duration.observe(durationMs / 1000, exemplar)
    else this.stats.badDurations++
    if (request.requestBytes !== undefined) series.requestBytes.observe(request.requestBytes)
    if (request.responseBytes !== undefined) series.responseBytes.observe(request.responseBytes)
  }
}

function errorOf({ aborted, status }: OtelRequest): string {
  if (aborted) return 'aborted'
  return status >= 500 ? String(status) : ''
}
