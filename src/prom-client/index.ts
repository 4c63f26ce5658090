import { aggregators } from './aggregators.ts'
import { exponentialBuckets, linearBuckets } from './buckets.ts'
import { AggregatorRegistry, ClusterRegistry } from './cluster-registry.ts'
import { client } from './client.ts'
import { Counter } from './counter.ts'
import { collectDefaultMetrics } from './default-metrics/collect-default-metrics.ts'
import { Gauge } from './gauge.ts'
import { Histogram } from './histogram.ts'
import { Pushgateway } from './pushgateway.ts'
import { globalRegistry, Registry } from './registry.ts'
import { Summary } from './summary.ts'
import type { OpenMetricsContentType, PrometheusContentType, RegistryContentType } from './types.ts'
import { validateMetricName } from './validation.ts'
import { WorkerRegistry } from './worker-registry.ts'

export type * from './types.ts'
export type { DefaultMetricsCollectorConfiguration } from './default-metrics/setting.ts'
export type { PushgatewayOptions } from './pushgateway.ts'
export {
  AggregatorRegistry,
  aggregators,
  ClusterRegistry,
  collectDefaultMetrics,
  Counter,
  exponentialBuckets,
  Gauge,
  Histogram,
  linearBuckets,
  Pushgateway,
  Registry,
  Summary,
  validateMetricName,
  WorkerRegistry,
}

export const register: Registry = globalRegistry
export const prometheusContentType: PrometheusContentType = Registry.PROMETHEUS_CONTENT_TYPE
export const openMetricsContentType: OpenMetricsContentType = Registry.OPENMETRICS_CONTENT_TYPE
/** What the global registry's was at first; the default export's changes with it. */
export const contentType: RegistryContentType = prometheusContentType

export default client
/** What `require` returns. */
export { client as 'module.exports' }
