import {
  type HttpExchange,
  type HttpOptions,
  type IncidentHandler,
  MALFORMED_REASONS,
  type OutgoingCall,
  UPGRADE_PROTOCOLS,
} from '../instrument/index.ts'
import type { ExemplarInput, Registry } from '../metrics/index.ts'
import {
  GatewayRequests,
  HttpIncidentMetrics,
  OtelHttpMetrics,
  OutgoingMetrics,
  PromBundleMetrics,
  RequestMetrics,
} from '../packs/index.ts'
import { type CorrelationContext, Span } from '../tracing/index.ts'
import type { HttpPreset } from './config/config.ts'

export type HttpMeter = Pick<HttpOptions, 'opened' | 'record'>

export interface HttpMeterOptions {
  readonly preset: HttpPreset
  /** Of the names of `bitcraps`. */
  readonly prefix: string
  /** Upper bounds of the durations' histogram; default: the preset's own. */
  readonly bucketsMs?: readonly number[] | undefined
  /** Whether durations point to the trace behind them, now. */
  readonly exemplars: () => boolean
}

/** What records requests under the names of a preset. To be told of an exchange after its span has ended. */
export function httpMeter(
  registry: Registry,
  { preset, prefix, exemplars, bucketsMs }: HttpMeterOptions,
): HttpMeter | undefined {
  switch (preset) {
    case 'off':
      return undefined
    case 'media':
      return { record: pointing<HttpExchange>(new RequestMetrics(registry, { bucketsMs }).record, exemplars) }
    case 'bitcraps':
      return { record: pointing<HttpExchange>(new GatewayRequests(registry, { prefix, bucketsMs }).record, exemplars) }
    case 'otel': {
      const { opened, record } = new OtelHttpMetrics(registry, { bucketsMs })
      return { opened, record: pointing<HttpExchange>(record, exemplars) }
    }
    case 'prom-bundle':
      return { record: pointing<HttpExchange>(new PromBundleMetrics(registry, { bucketsMs }).record, exemplars) }
  }
}

/** What records malformed requests and upgrades, in the style of a preset; from then on they are in the exposition. */
export function httpIncidents(registry: Registry, { preset, prefix }: HttpMeterOptions): IncidentHandler | undefined {
  if (preset === 'off') return undefined
  const named = { otel: 'http_server', bitcraps: `${prefix}_gateway`, media: 'http', 'prom-bundle': 'http' }[preset]
  return new HttpIncidentMetrics(registry, {
    prefix: named,
    reasons: MALFORMED_REASONS,
    protocols: UPGRADE_PROTOCOLS,
  }).record
}

/** What records calls; only one preset has names for them. As of {@link httpMeter}. */
export function callMeter(
  registry: Registry,
  { preset, exemplars }: HttpMeterOptions,
): ((call: OutgoingCall) => void) | undefined {
  return preset === 'media' ? pointing<OutgoingCall>(new OutgoingMetrics(registry).record, exemplars) : undefined
}

function pointing<T extends { readonly context: CorrelationContext | undefined }>(
  record: (told: T, exemplar?: ExemplarInput) => void,
  exemplars: () => boolean,
): (told: T) => void {
  return (told) => record(told, exemplars() ? exemplarOf(told.context) : undefined)
}

/** Of a trace that is kept; of one that is still open, when callees have been told that it will be. Of the others nobody finds anything. */
function exemplarOf(context: CorrelationContext | undefined): ExemplarInput | undefined {
  if (!(context instanceof Span)) return undefined
  const { verdict, head } = context.trace
  if ((verdict ?? head)?.keep !== true) return undefined
  return { labels: { trace_id: context.traceId, span_id: context.spanId } }
}
