import type { ExemplarInput, Histogram, Registry } from '../../metrics/index.ts'
import { Cells } from '../cells.ts'
import { type BucketOptions, isDuration, secondsOf } from '../duration.ts'
import type { MediaRequest } from '../media/requests.ts'

/** Those that express-prom-bundle has where nothing else is said. */
const SECONDS = [0.003, 0.03, 0.1, 0.3, 1.5, 10]

/** `http_request_duration_seconds{status_code,method,path}`, as express-prom-bundle names and cuts it. */
export class PromBundleMetrics {
  /** `badDurations`: below zero or NaN; such a request is not recorded. */
  readonly stats: { badDurations: number } = { badDurations: 0 }
  readonly #cells: Cells<Histogram>

  constructor(registry: Registry, options: BucketOptions = {}) {
    const durations = registry.histogram({
      name: 'http_request_duration_seconds',
      help: 'duration histogram of http responses labeled with: status_code, method, path',
      labelNames: ['status_code', 'method', 'path'],
      buckets: secondsOf(options, SECONDS),
    })
    this.#cells = new Cells((key) => {
      const [method = '', status_code = '', ...path] = key.split(' ')
      return durations.labels({ status_code, method, path: path.join(' ') })
    })
  }

  /** Bound to this: hand it over as it is to what measures requests. The exemplar is the duration's. */
  readonly record = ({ method, route, status, durationMs }: MediaRequest, exemplar?: ExemplarInput): void => {
    // Neither a method nor a status has a space: the key can be taken apart again.
    if (isDuration(durationMs)) this.#cells.get(`${method} ${status} ${route}`).observe(durationMs / 1000, exemplar)
    else this.stats.badDurations++
  }
}
