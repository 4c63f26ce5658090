import type { HttpOptions } from '../instrument/index.ts'
import type { Registry } from '../metrics/index.ts'
import { GatewayRequests, OtelHttpMetrics, PromBundleMetrics, RequestMetrics } from '../packs/index.ts'
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
