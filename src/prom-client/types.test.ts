import { describe, expect, expectTypeOf, it } from 'vitest'
import client, {
  type Aggregator,
  type CollectFunction,
  type Collector,
  collectDefaultMetrics,
  Counter,
  type CounterConfiguration,
  type DefaultMetricsCollectorConfiguration,
  Gauge,
  type GaugeConfiguration,
  type Histogram,
  type HistogramConfiguration,
  type IncreaseDataWithExemplar,
  type LabelValues,
  type Metric,
  type MetricConfiguration,
  type MetricObject,
  type MetricObjectWithValues,
  type MetricType,
  type MetricValue,
  type MetricValueWithName,
  type ObserveDataWithExemplar,
  type OpenMetricsContentType,
  type PrometheusContentType,
  Pushgateway,
  register,
  Registry,
  type RegistryContentType,
  Summary,
  type SummaryConfiguration,
} from './index.ts'

/** As programs in TypeScript write it: that this compiles is the test. */
class Recorder {
  readonly registry: Registry = new Registry()
  readonly openMetrics = new Registry<OpenMetricsContentType>(Registry.OPENMETRICS_CONTENT_TYPE)
  readonly requests: Counter<'method' | 'status'>
  readonly open: Gauge
  readonly latency: client.Histogram<'method'>
  readonly sizes: Summary
  #end: ReturnType<Histogram<'method'>['startTimer']> | undefined

  constructor() {
    const registers = [this.registry]
    const configuration: CounterConfiguration<'method' | 'status'> = {
      name: 'requests_total',
      help: 'Requests.',
      labelNames: ['method', 'status'] as const,
      registers,
      collect() {
        this.inc({ method: 'GET' }, 0)
      },
    }
    this.requests = new Counter(configuration)
    this.open = new Gauge({
      name: 'open',
      help: 'Open.',
      registers,
      async collect() {},
    } satisfies GaugeConfiguration<string>)
    const buckets: HistogramConfiguration<'method'> = { name: 'h', help: 'H.', labelNames: ['method'], buckets: [1] }
    this.latency = new client.Histogram({ ...buckets, registers, aggregator: 'sum' })
    const quantiles: SummaryConfiguration<string> = { name: 's', help: 'S.', percentiles: [0.5], maxAgeSeconds: 60 }
    this.sizes = new Summary({ ...quantiles, ageBuckets: 5, pruneAgedBuckets: true, compressCount: 10, registers })
  }

  start(): void {
    this.#end = this.latency.startTimer({ method: 'GET' })
  }

  end(labels?: LabelValues<'method'>): number | undefined {
    return this.#end?.(labels)
  }

  child(): [Counter.Internal, Gauge.Internal<string>, Histogram.Internal<'method'>, Summary.Internal<string>] {
    return [
      this.requests.labels('GET', '200'),
      this.open.labels({}),
      this.latency.labels({ method: 'GET' }),
      this.sizes.labels(),
    ]
  }

  async values(): Promise<MetricValue<'method' | 'status'>[]> {
    return (await this.requests.get()).values
  }
}

describe('types', () => {
  it('are those that programs name', async () => {
    const recorder = new Recorder()
    recorder.start()
    recorder.child()[0].inc(3)
    const json: MetricObjectWithValues<MetricValue<string>>[] = await recorder.registry.getMetricsAsJSON()
    const list: MetricObject[] = recorder.registry.getMetricsAsArray()
    expect([recorder.end(), json.length, list.length, (await recorder.values()).length]).toEqual([
      expect.any(Number),
      4,
      4,
      2,
    ])
  })

  it('say what they said', () => {
    const configuration: DefaultMetricsCollectorConfiguration<PrometheusContentType> = { prefix: 'x_' }
    const start = (): void => collectDefaultMetrics(configuration)
    expect(start).toBeTypeOf('function')
    expectTypeOf(collectDefaultMetrics.metricsList).toEqualTypeOf<string[]>()
    expectTypeOf(register.contentType).toEqualTypeOf<PrometheusContentType>()
    expectTypeOf(register.getSingleMetric('x')).toEqualTypeOf<Metric | undefined>()
    expectTypeOf<Registry<OpenMetricsContentType>['contentType']>().toEqualTypeOf<OpenMetricsContentType>()
    expectTypeOf<MetricType>().toEqualTypeOf<'counter' | 'gauge' | 'histogram' | 'summary'>()
    expectTypeOf<Aggregator>().toEqualTypeOf<'omit' | 'sum' | 'first' | 'min' | 'max' | 'average'>()
    expectTypeOf<LabelValues<'a'>>().toEqualTypeOf<{ a?: string | number }>()
    expectTypeOf<Collector>().toEqualTypeOf<() => void>()
    expectTypeOf<ThisParameterType<CollectFunction<Gauge>>>().toEqualTypeOf<Gauge>()
    expectTypeOf<Counter<'a'>>().toExtend<Metric<'a'>>()
    expectTypeOf<MetricConfiguration<'a'>['labelNames']>().toEqualTypeOf<'a'[] | readonly 'a'[] | undefined>()
    expectTypeOf<IncreaseDataWithExemplar<'a'>>().toExtend<{ value?: number }>()
    expectTypeOf<ObserveDataWithExemplar<'a'>>().toExtend<{ value: number }>()
    expectTypeOf<MetricValueWithName<'a'>['metricName']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<client.Histogram.Config>().toEqualTypeOf<Histogram.Config>()
    expectTypeOf<client.Gauge.Internal<'a'>>().toEqualTypeOf<Gauge.Internal<'a'>>()
    expectTypeOf<client.LabelValues<'a'>>().toEqualTypeOf<LabelValues<'a'>>()
    const gateway = new Pushgateway<RegistryContentType>('http://127.0.0.1', { timeout: 5000 }, new Registry())
    expectTypeOf<Pushgateway.Parameters>().toExtend<NonNullable<Parameters<typeof gateway.push>[0]>>()
    expect(gateway.gatewayUrl).toBe('http://127.0.0.1')
  })

  it('refuse a label that a metric has not', () => {
    const counter = new Counter({ name: 'c', help: 'C.', labelNames: ['a'], registers: [] })
    // @ts-expect-error -- there is no label b
    expect(() => counter.inc({ b: '1' })).toThrow('Added label "b"')
  })
})
