import { Counter } from '../counter.ts'
import { Gauge } from '../gauge.ts'
import type { Registry } from '../registry.ts'
import type { Aggregator, RegistryContentType } from '../types.ts'

export interface DefaultMetricsCollectorConfiguration<T extends RegistryContentType> {
  /** Default: the global one. */
  register?: Registry<T>
  /** Before each name. */
  prefix?: string
  /** Of every series. */
  labels?: object
  gcDurationBuckets?: number[]
  /** In ms; default 10. */
  eventLoopMonitoringPrecision?: number
  /** The trace that is active when the CPU time is read, where OpenTelemetry is installed. */
  enableExemplars?: boolean
  /** Any of these brings the event loop's utilization; in ms, default 100. */
  eventLoopUtilizationTimeout?: number
  eventLoopUtilizationBuckets?: number[]
  eventLoopUtilizationPercentiles?: number[]
  /** Default 5. */
  eventLoopUtilizationAgeBuckets?: number
  /** Default 60. */
  eventLoopUtilizationMaxAgeSeconds?: number
}

export type Configuration = DefaultMetricsCollectorConfiguration<RegistryContentType>
export type Labels = Record<string, string | number>

/** A metric without its `prefix` and the labels that all have. */
interface Sketch {
  readonly name: string
  readonly help: string
  readonly labelNames?: readonly string[]
  readonly aggregator?: Aggregator
}

/** What all default metrics of one call share. */
export class Setting {
  readonly configuration: Configuration
  readonly labels: Labels

  constructor(configuration: Configuration) {
    this.configuration = configuration
    this.labels = { ...configuration.labels }
  }

  gauge(sketch: Sketch, collect?: (this: Gauge) => void): Gauge {
    return new Gauge({ ...this.complete(sketch), ...(collect && { collect }) })
  }

  counter(sketch: Sketch, collect?: (this: Counter) => void): Counter {
    const enableExemplars = this.configuration.enableExemplars ?? false
    return new Counter({ ...this.complete(sketch), enableExemplars, ...(collect && { collect }) })
  }

  complete(sketch: Sketch): Sketch & { labelNames: string[]; registers?: Registry[] } {
    const { prefix = '', register } = this.configuration
    return {
      ...sketch,
      name: `${prefix}${sketch.name}`,
      labelNames: [...(sketch.labelNames ?? []), ...Object.keys(this.labels)],
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of either content type
      ...(register && { registers: [register as Registry] }),
    }
  }
}
