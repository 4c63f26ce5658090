import { type HttpOptions, type IncidentHandler, MALFORMED_REASONS, UPGRADE_PROTOCOLS } from '../instrument/index.ts'
import type { Registry } from '../metrics/index.ts'
import {
  GatewayRequests,
  HttpIncidentMetrics,
  OtelHttpMetrics,
  PromBundleMetrics,
  RequestMetrics,
} from '../packs/index.ts'
import type { HttpPreset } from './config/config.ts'

export type HttpMeter = Pick<HttpOptions, 'opened' | 'record'>

/** What records requests under the names of a preset. `prefix` is that of `bitcraps`. */
export function httpMeter(registry: Registry, preset: HttpPreset, prefix: string): HttpMeter | undefined {
  switch (preset) {
    case 'off':
      return undefined
    case 'media':
      return { record: new RequestMetrics(registry).record }
    case 'bitcraps':
      return { record: new GatewayRequests(registry, { prefix }).record }
    case 'otel': {
      const { opened, record } = new OtelHttpMetrics(registry)
      return { opened, record }
    }
    case 'prom-bundle':
      return { record: new PromBundleMetrics(registry).record }
  }
}

/** What records malformed requests and upgrades, in the style of a preset; from then on they are in the exposition. */
export function httpIncidents(registry: Registry, preset: HttpPreset, prefix: string): IncidentHandler | undefined {
  if (preset === 'off') return undefined
  const named = { otel: 'http_server', bitcraps: `${prefix}_gateway`, media: 'http', 'prom-bundle': 'http' }[preset]
  return new HttpIncidentMetrics(registry, {
    prefix: named,
    reasons: MALFORMED_REASONS,
    protocols: UPGRADE_PROTOCOLS,
  }).record
}
