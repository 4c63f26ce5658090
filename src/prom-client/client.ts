import { aggregators } from './aggregators.ts'
import { exponentialBuckets, linearBuckets } from './buckets.ts'
import { AggregatorRegistry, ClusterRegistry } from './cluster-registry.ts'
import { Counter } from './counter.ts'
import { collectDefaultMetrics } from './default-metrics/collect-default-metrics.ts'
import type { DefaultMetricsCollectorConfiguration } from './default-metrics/setting.ts'
import { Gauge } from './gauge.ts'
import { Histogram } from './histogram.ts'
import { Pushgateway } from './pushgateway.ts'
import { globalRegistry as register, Registry } from './registry.ts'
import { Summary } from './summary.ts'
import type * as types from './types.ts'
import { validateMetricName } from './validation.ts'
import { WorkerRegistry } from './worker-registry.ts'

type PrometheusContentType = types.PrometheusContentType
type OpenMetricsContentType = types.OpenMetricsContentType
type RegistryContentType = types.RegistryContentType

type CounterOf<T extends string> = Counter<T>
type CounterInternal = Counter.Internal
type GaugeInternal<T extends string> = Gauge.Internal<T>
type HistogramInternal<T extends string> = Histogram.Internal<T>
type HistogramConfig = Histogram.Config
type SummaryInternal<T extends string> = Summary.Internal<T>
type SummaryConfig = Summary.Config
type PushgatewayParameters = Pushgateway.Parameters
type GaugeOf<T extends string> = Gauge<T>
type HistogramOf<T extends string> = Histogram<T>
type SummaryOf<T extends string> = Summary<T>
type RegistryOf<T extends types.RegistryContentType> = Registry<T>
type AggregatorRegistryOf<T extends types.RegistryContentType> = AggregatorRegistry<T>
type ClusterRegistryOf<T extends types.RegistryContentType> = ClusterRegistry<T>
type WorkerRegistryOf<T extends types.RegistryContentType> = WorkerRegistry<T>
type PushgatewayOf<T extends types.RegistryContentType> = Pushgateway<T>
type DefaultsOf<T extends types.RegistryContentType> = DefaultMetricsCollectorConfiguration<T>

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

export const client: Client = Object.defineProperty(
  {
    register,
    Registry,
    contentType: register.contentType,
    prometheusContentType: Registry.PROMETHEUS_CONTENT_TYPE,
    openMetricsContentType: Registry.OPENMETRICS_CONTENT_TYPE,
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

/** For `import client from`, whose `client.Counter<'a'>` is a type as well. */
export declare namespace client {
  type Counter<T extends string = string> = CounterOf<T>
  type Gauge<T extends string = string> = GaugeOf<T>
  type Histogram<T extends string = string> = HistogramOf<T>
  type Summary<T extends string = string> = SummaryOf<T>
  type Registry<T extends types.RegistryContentType = types.PrometheusContentType> = RegistryOf<T>
  type AggregatorRegistry<T extends types.RegistryContentType> = AggregatorRegistryOf<T>
  type ClusterRegistry<T extends types.RegistryContentType> = ClusterRegistryOf<T>
  type WorkerRegistry<T extends types.RegistryContentType> = WorkerRegistryOf<T>
  type Pushgateway<T extends types.RegistryContentType> = PushgatewayOf<T>
  type DefaultMetricsCollectorConfiguration<T extends types.RegistryContentType> = DefaultsOf<T>
  type Metric<T extends string = string> = types.Metric<T>
  type LabelValues<T extends string> = types.LabelValues<T>
  type MetricValue<T extends string> = types.MetricValue<T>
  type MetricValueWithName<T extends string> = types.MetricValueWithName<T>
  type MetricConfiguration<T extends string> = types.MetricConfiguration<T>
  type CounterConfiguration<T extends string> = types.CounterConfiguration<T>
  type GaugeConfiguration<T extends string> = types.GaugeConfiguration<T>
  type HistogramConfiguration<T extends string> = types.HistogramConfiguration<T>
  type SummaryConfiguration<T extends string> = types.SummaryConfiguration<T>
  type IncreaseDataWithExemplar<T extends string> = types.IncreaseDataWithExemplar<T>
  type ObserveDataWithExemplar<T extends string> = types.ObserveDataWithExemplar<T>
  type MetricObjectWithValues<T extends types.MetricValue<string>> = types.MetricObjectWithValues<T>
  type CollectFunction<T> = types.CollectFunction<T>
  type MetricObject = types.MetricObject
  type MetricType = types.MetricType
  type Aggregator = types.Aggregator
  type Collector = types.Collector
  type Charset = types.Charset
  type PrometheusMIME = types.PrometheusMIME
  type PrometheusMetricsVersion = types.PrometheusMetricsVersion
  type OpenMetricsMIME = types.OpenMetricsMIME
  type OpenMetricsVersion = types.OpenMetricsVersion
  type OpenMetricsContentType = types.OpenMetricsContentType
  type PrometheusContentType = types.PrometheusContentType
  type RegistryContentType = types.RegistryContentType
  namespace Counter {
    type Internal = CounterInternal
  }
  namespace Gauge {
    type Internal<T extends string> = GaugeInternal<T>
  }
  namespace Histogram {
    type Internal<T extends string> = HistogramInternal<T>
    type Config = HistogramConfig
  }
  namespace Summary {
    type Internal<T extends string> = SummaryInternal<T>
    type Config = SummaryConfig
  }
  namespace Pushgateway {
    type Parameters = PushgatewayParameters
  }
}
