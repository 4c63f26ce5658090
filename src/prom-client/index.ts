import { aggregators } from './aggregators.ts'
import { exponentialBuckets, linearBuckets } from './buckets.ts'
import { AggregatorRegistry, ClusterRegistry } from './cluster-registry.ts'
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

interface Client {
  register: typeof register
  Registry: typeof Registry
  contentType: RegistryContentType
  prometheusContentType: PrometheusContentType
  openMetricsContentType: OpenMetricsContentType
  validateMetricName: typeof validateMetricName
  Counter: typeof Counter
  Gauge: typeof Gauge
  Histogram: typeof Histogram
  Summary: typeof Summary
  Pushgateway: typeof Pushgateway
  linearBuckets: typeof linearBuckets
  exponentialBuckets: typeof exponentialBuckets
  collectDefaultMetrics: typeof collectDefaultMetrics
  aggregators: typeof aggregators
  AggregatorRegistry: typeof AggregatorRegistry
  ClusterRegistry: typeof ClusterRegistry
  WorkerRegistry: typeof WorkerRegistry
}

const client: Client = Object.defineProperty(
  {
    register,
    Registry,
    contentType,
    prometheusContentType,
    openMetricsContentType,
    validateMetricName,
    Counter,
    Gauge,
    Histogram,
    Summary,
    Pushgateway,
    linearBuckets,
    exponentialBuckets,
    collectDefaultMetrics,
    aggregators,
    AggregatorRegistry,
    ClusterRegistry,
    WorkerRegistry,
  },
  'contentType',
  {
    configurable: false,
    enumerable: true,
    get: (): RegistryContentType => register.contentType,
    set: (type: PrometheusContentType): void => {
      register.setContentType(type)
    },
  },
)

export default client
/** What `require` returns. */
export { client as 'module.exports' }
