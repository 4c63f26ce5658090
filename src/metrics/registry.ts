import { checkBounds } from './cell.ts'
import type { RegistryStats } from './children.ts'
import type { Family, SeriesLabels } from './family.ts'
import type { Counter, Gauge, Histogram, LabelledCounter, LabelledGauge, LabelledHistogram } from './instrument.ts'
import { createMetric, type Definition, type Metric } from './metric.ts'
import { checkLabelNames, checkMetricName } from './name.ts'

/** Seconds, for durations of requests: the ecosystem's usual bounds. */
export const DEFAULT_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface RegistryOptions {
  /** Stand on every series, after its own labels. */
  readonly constantLabels?: Readonly<Record<string, string>>
  /** Series that one metric may hold before new ones go to `__overflow__`. Default 10 000. */
  readonly maxSeriesPerMetric?: number
  /** How long a collection waits for one `collect` callback, in ms. Default 1 000. */
  readonly collectTimeoutMs?: number
}

export interface MetricOptions<Instrument> {
  readonly name: string
  readonly help: string
  /**
   * Called at each collection to bring the instrument up to date. One that throws, rejects or does not settle in time
   * is counted, fails alone, and is not called again before it has settled.
   */
  readonly collect?: (instrument: Instrument) => void | Promise<void>
}

export interface LabelledOptions<L extends string, Instrument> extends MetricOptions<Instrument> {
  readonly labelNames: readonly L[]
}

interface HistogramBuckets {
  /** Upper bounds, ascending. Default {@link DEFAULT_BUCKETS}. */
  readonly buckets?: readonly number[]
}

interface Registration {
  readonly name: string
  readonly help: string
  readonly labelNames?: readonly string[]
  readonly collect?: ((instrument: never) => void | Promise<void>) | undefined
}

interface Entry {
  readonly metric: Metric
  readonly collect: (() => void | Promise<void>) | undefined
  /** The callback still at work from an earlier collection. */
  pending: boolean
}

/** Holds the metrics of one process and says what they are worth. */
export class Registry {
  readonly stats: RegistryStats = { overflowed: 0, collectFailures: 0 }
  /** Stand on every series. */
  readonly constantLabels: SeriesLabels
  readonly #maxSeries: number
  readonly #collectTimeoutMs: number
  readonly #entries = new Map<string, Entry>()

  constructor(options: RegistryOptions = {}) {
    const { constantLabels = {}, maxSeriesPerMetric = 10_000, collectTimeoutMs = 1000 } = options
    if (!(Number.isInteger(maxSeriesPerMetric) && maxSeriesPerMetric > 0)) {
      throw new RangeError(`maxSeriesPerMetric ${maxSeriesPerMetric} must be a whole number > 0`)
    }
    checkLabelNames('constantLabels', Object.keys(constantLabels), ['le', 'quantile'])
    this.constantLabels = { ...constantLabels }
    this.#maxSeries = maxSeriesPerMetric
    this.#collectTimeoutMs = collectTimeoutMs
  }

  counter<L extends string>(options: LabelledOptions<L, LabelledCounter<L>>): LabelledCounter<L>
  counter(options: MetricOptions<Counter>): Counter
  counter(options: Registration): object {
    return this.#register('counter', options, [])
  }

  gauge<L extends string>(options: LabelledOptions<L, LabelledGauge<L>>): LabelledGauge<L>
  gauge(options: MetricOptions<Gauge>): Gauge
  gauge(options: Registration): object {
    return this.#register('gauge', options, [])
  }

  histogram<L extends string>(
    options: LabelledOptions<L, LabelledHistogram<L>> & HistogramBuckets,
  ): LabelledHistogram<L>
  histogram(options: MetricOptions<Histogram> & HistogramBuckets): Histogram
  histogram(options: Registration & HistogramBuckets): object {
    return this.#register('histogram', options, checkBounds(options.name, options.buckets ?? DEFAULT_BUCKETS))
  }

  /** Takes a metric out; its instrument then records into nothing. False when there is none of this name. */
  remove(name: string): boolean {
    return this.#entries.delete(name)
  }

  /** Runs the `collect` callbacks, side by side, and copies out what every metric holds, in order of registration. */
  async collect(): Promise<readonly Family[]> {
    await Promise.all(Array.from(this.#entries.values(), (entry) => this.#refresh(entry)))
    return Array.from(this.#entries.values(), ({ metric }) => metric.read(this.constantLabels))
  }

  /** A name's second registration gets the first one's instrument when it means the same; else both are named. */
  #register(kind: Definition['kind'], options: Registration, bounds: readonly number[]): object {
    const { name, help, labelNames = [], collect } = options
    checkMetricName(name)
    checkLabelNames(name, labelNames, [...Object.keys(this.constantLabels), ...(kind === 'histogram' ? ['le'] : [])])
    const definition: Definition = { kind, name, help, labelNames: [...labelNames], bounds }
    const existing = this.#entries.get(name)
    if (existing !== undefined) {
      const wanted = JSON.stringify(definition)
      const held = JSON.stringify(existing.metric.definition)
      if (wanted === held && collect === undefined) return existing.metric.instrument
      const why = wanted === held ? 'its collect callback belongs to the first registration' : `it is ${held}`
      throw new RangeError(`metric ${name} is already registered and ${why}; this one is ${wanted}`)
    }
    this.#refuseClash(definition)
    const metric = createMetric(definition, { maxSeries: this.#maxSeries, stats: this.stats })
    // The overloads above tie the callback to this kind and labelling of instrument.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const refresh = collect && ((): void | Promise<void> => collect(metric.instrument as never))
    this.#entries.set(name, { metric, collect: refresh, pending: false })
    return metric.instrument
  }

  /** `x_sum` beside a histogram `x` would put two families into one line's name. */
  #refuseClash({ kind, name }: Definition): void {
    const suffixes = ['_bucket', '_sum', '_count']
    const taken =
      kind === 'histogram'
        ? suffixes.map((suffix) => name + suffix).find((line) => this.#entries.has(line))
        : suffixes
            .filter((suffix) => name.endsWith(suffix))
            .map((suffix) => name.slice(0, -suffix.length))
            .find((base) => this.#entries.get(base)?.metric.definition.kind === 'histogram')
    if (taken !== undefined) throw new RangeError(`metric ${name}: its lines would mix with those of ${taken}`)
  }

  async #refresh(entry: Entry): Promise<void> {
    if (entry.collect === undefined) return
    if (entry.pending) {
      this.stats.collectFailures++
      return
    }
    entry.pending = true
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#collectTimeoutMs)
    })
    const done = (async (): Promise<'done'> => {
      await entry.collect?.()
      return 'done'
    })().finally(() => {
      entry.pending = false
    })
    try {
      if ((await Promise.race([done, late])) === 'late') {
        this.stats.collectFailures++
        done.catch(() => undefined) // counted once, as late
      }
    } catch {
      this.stats.collectFailures++
    } finally {
      clearTimeout(timer)
    }
  }
}
