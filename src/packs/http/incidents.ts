import type { Counter, Registry } from '../../metrics/index.ts'

/** What came to an HTTP server and was no request. */
export type HttpIncident =
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'upgrade'; readonly protocol: string }

export interface HttpIncidentOptions {
  /** Before both names, such as `http`. */
  readonly prefix: string
  /** Those that are at zero from the start: the first of a kind is an increase that `rate` can see. */
  readonly reasons: readonly string[]
  readonly protocols: readonly string[]
}

/** `<prefix>_malformed_requests_total{reason}` and `<prefix>_upgrades_total{protocol}`. */
export class HttpIncidentMetrics {
  readonly #malformed: (reason: string) => Counter
  readonly #upgrades: (protocol: string) => Counter

  constructor(registry: Registry, { prefix, reasons, protocols }: HttpIncidentOptions) {
    const malformed = registry.counter({
      name: `${prefix}_malformed_requests_total`,
      help: 'Connections to HTTP servers on which came what is no request, or none in time.',
      labelNames: ['reason'],
    })
    const upgrades = registry.counter({
      name: `${prefix}_upgrades_total`,
      help: 'Requests that asked an HTTP server for another protocol.',
      labelNames: ['protocol'],
    })
    this.#malformed = (reason) => malformed.labels({ reason })
    this.#upgrades = (protocol) => upgrades.labels({ protocol })
    reasons.forEach(this.#malformed)
    protocols.forEach(this.#upgrades)
  }

  /** Bound to this: hand it over as it is to what measures servers. */
  readonly record = (incident: HttpIncident): void => {
    if (incident.kind === 'malformed') this.#malformed(incident.reason).inc()
    else this.#upgrades(incident.protocol).inc()
  }
}
