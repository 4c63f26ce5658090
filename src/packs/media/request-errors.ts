import type { LabelledCounter, Registry } from '../../metrics/index.ts'

/** `http_request_errors_total{path,kind,error}`: requests that failed, by status or by what was thrown. */
export class RequestErrorMetrics {
  readonly #errors: LabelledCounter<'path' | 'kind' | 'error'>

  constructor(registry: Registry) {
    this.#errors = registry.counter({
      name: 'http_request_errors_total',
      help: 'Requests that failed, measured by hand: the kind of failure, and the status or the name of what was thrown.',
      labelNames: ['path', 'kind', 'error'],
    })
  }

  /** Bound to this: hand it over as it is. */
  readonly record = (
    { route: path }: { readonly route: string },
    { kind, error }: { readonly kind: string; readonly error: string },
  ): void => {
    this.#errors.inc({ path, kind, error })
  }
}
