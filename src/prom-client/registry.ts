import type { RegistryReader, RegistryStats } from '../metrics/index.ts'
import { type Aggregate, aggregators, type MetricJson } from './aggregators.ts'
import { groupBy } from './group.ts'
import { GuestReader } from './guest-reader.ts'
import { type Own, ownOf } from './own.ts'
import { type MetricData, type PageStyle, writeCells, writeFamily } from './page.ts'
import { trusted } from './trusted.ts'
import type {
  LabelValues,
  Metric,
  MetricObject,
  MetricObjectWithValues,
  MetricValue,
  OpenMetricsContentType,
  PrometheusContentType,
  RegistryContentType,
} from './types.ts'

const PROMETHEUS: PrometheusContentType = 'text/plain; version=0.0.4; charset=utf-8'
const OPENMETRICS: OpenMetricsContentType = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

/** The least that a registry asks of a metric. Not all come from here. */
export interface Registrable {
  readonly name: string
  get(): unknown
  readonly aggregator?: string
  getForPromString?(): unknown
  collect?(): unknown
  reset?(): void
}

/** Holds metrics, and writes their page. */
export class Registry<BoundRegistryContentType extends RegistryContentType = PrometheusContentType> {
  static readonly PROMETHEUS_CONTENT_TYPE: PrometheusContentType = PROMETHEUS
  static readonly OPENMETRICS_CONTENT_TYPE: OpenMetricsContentType = OPENMETRICS
  declare static globalRegistry: Registry
  readonly #metrics = new Map<string, Registrable>()
  readonly #reader = new GuestReader({
    metrics: () => this.#metrics.values(),
    defaultLabels: () => this.#defaultLabels,
    ask: async (metric) => this.#ask(trusted<Registrable>(metric)),
  })
  #defaultLabels: LabelValues<string> = {}
  #contentType: RegistryContentType
  #collectFailures = 0

  constructor(regContentType: RegistryContentType = PROMETHEUS) {
    if (!isContentType(regContentType)) throw new TypeError(`Content type ${String(regContentType)} is unsupported`)
    this.#contentType = regContentType
  }

  /** The metrics of several registries in one. @throws Error for two content types, or two metrics of one name. */
  static merge(registers: Registry[]): Registry {
    const [first] = registers
    if (first === undefined) throw new TypeError('Registry.merge([]): at least one registry is needed')
    if (registers.some(({ contentType }) => contentType !== first.contentType)) {
      throw new Error('Registers can only be merged if they have the same content type')
    }
    const merged = new Registry(first.contentType)
    for (const registry of registers) for (const metric of registry.#metrics.values()) merged.registerMetric(metric)
    return merged
  }

  /** One registry of what several told by `getMetricsAsJSON()`, put together by each metric's aggregator. */
  static aggregate<T extends RegistryContentType = PrometheusContentType>(
    metricsArr: readonly object[],
    registryType: RegistryContentType = PROMETHEUS,
  ): Registry<T> {
    const aggregated = new Registry<T>()
    aggregated.#setContentType(registryType)
    const byName = groupBy(trusted<MetricJson[]>(metricsArr.flat()), ({ name }) => name)
    for (const metrics of byName.values()) {
      const name = metrics[0]?.aggregator ?? 'sum'
      const aggregate = Object.hasOwn(aggregators, name) ? trusted<unknown>(Reflect.get(aggregators, name)) : undefined
      if (typeof aggregate !== 'function') throw new Error(`'${name}' is not a defined aggregator.`)
      const metric = trusted<Aggregate>(aggregate)(metrics)
      if (metric !== undefined) aggregated.registerMetric({ ...metric, get: () => metric })
    }
    return aggregated
  }

  get contentType(): BoundRegistryContentType {
    return trusted<BoundRegistryContentType>(this.#contentType)
  }

  setContentType(contentType: BoundRegistryContentType): void {
    this.#setContentType(contentType)
  }

  /** The page. A metric that fails to collect keeps its last values, and one that is not ours is left out. */
  async metrics(): Promise<string> {
    const metrics = [...this.#metrics.values()]
    const told = await Promise.all(metrics.map(async (metric) => this.#ask(metric)))
    const style = this.#style()
    const texts = metrics.flatMap((metric, i) => {
      const parts = ownOf(metric)
      if (parts !== undefined) return write(metric, parts, style)
      const data = told[i]
      return data === undefined ? [] : writeFamily(data, style)
    })
    // Added up and not joined: whoever sends the page is the first to need it in one piece.
    const gap = style.openMetrics ? '\n' : '\n\n'
    const page = texts.length === 0 ? '' : texts.reduce((before, text) => before + gap + text)
    return page + (style.openMetrics ? '\n# EOF\n' : '\n')
  }

  async getMetricsAsString(metric: Registrable | Metric): Promise<string> {
    const parts = ownOf(metric)
    if (parts === undefined) return writeFamily(await tell(metric), this.#style())
    await collect(metric)
    return write(metric, parts, this.#style())
  }

  async getSingleMetricAsString(name: string): Promise<string> {
    const metric = this.#metrics.get(name)
    if (metric === undefined) throw new TypeError(`No metric of the name ${name} is registered`)
    return this.getMetricsAsString(metric)
  }

  /** @param aggregator only metrics that have this one. */
  async getMetricsAsJSON(aggregator?: string): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
    const metrics = this.#select(aggregator)
    const told = await Promise.all(metrics.map(async (metric) => this.#ask(metric, true)))
    const defaults = this.#defaultLabels
    return metrics.flatMap((metric, i) => {
      const json = trusted<MetricObjectWithValues<MetricValue<string>> | undefined>(ownOf(metric)?.tell() ?? told[i])
      if (json === undefined || Object.keys(defaults).length === 0) return json ?? []
      const values = json.values?.map((value) => ({
        ...value,
        labels: { ...value.labels, ...defaults, ...value.labels },
      }))
      return { ...json, values }
    })
  }

  /** @param aggregator only metrics that have this one. */
  getMetricsAsArray(aggregator?: string): MetricObject[] {
    return trusted<MetricObject[]>(this.#select(aggregator))
  }

  getSingleMetric<T extends string>(name: string): Metric<T> | undefined {
    return trusted<Metric<T> | undefined>(this.#metrics.get(name))
  }

  /** Any object that has a name and `get()` will do. @throws Error when another one has the name. */
  registerMetric(metric: Registrable): void {
    const known = this.#metrics.get(metric.name)
    if (known !== undefined && known !== metric) {
      throw new Error(`A metric with the name ${metric.name} has already been registered.`)
    }
    this.#metrics.set(metric.name, metric)
  }

  removeSingleMetric(name: string): void {
    this.#metrics.delete(name)
  }

  /** Labels of every series that has none of these names itself. */
  setDefaultLabels(labels: object): void {
    this.#defaultLabels = { ...labels }
  }

  resetMetrics(): void {
    for (const metric of this.#metrics.values()) metric.reset?.()
  }

  /** Takes out every metric, and the default labels. */
  clear(): void {
    this.#metrics.clear()
    this.#defaultLabels = {}
  }

  /** For `boxman.metrics.include(registry.reader)`: these metrics stand on that page, too. */
  get reader(): RegistryReader {
    return this.#reader
  }

  /** What was lost on the way to the page. */
  get stats(): RegistryStats {
    const stats: RegistryStats = {
      overflowed: 0,
      collectFailures: this.#collectFailures,
      exemplarsDropped: 0,
      expired: 0,
    }
    for (const metric of this.#metrics.values()) {
      const own = ownOf(metric)?.cells.stats
      stats.overflowed += own?.overflowed ?? 0
      stats.exemplarsDropped += own?.exemplarsDropped ?? 0
    }
    return stats
  }

  #setContentType(contentType: RegistryContentType): void {
    if (!isContentType(contentType)) throw new Error(`Content type ${String(contentType)} is unsupported`)
    this.#contentType = contentType
  }

  #style(): PageStyle {
    return { openMetrics: this.#contentType === OPENMETRICS, defaultLabels: this.#defaultLabels }
  }

  #select(aggregator: string | undefined): Registrable[] {
    const metrics = [...this.#metrics.values()]
    return aggregator === undefined ? metrics : metrics.filter((metric) => (metric.aggregator ?? 'sum') === aggregator)
  }

  /** Collects what is ours, and has all others tell their values; `inFull` by `get()`. */
  async #ask(metric: Registrable, inFull = false): Promise<MetricData | undefined> {
    try {
      if (ownOf(metric) === undefined) return await (inFull ? trusted<MetricData>(await metric.get()) : tell(metric))
      await collect(metric)
    } catch {
      this.#collectFailures++
    }
    return undefined
  }
}

async function tell(metric: Registrable): Promise<MetricData> {
  const told = typeof metric.getForPromString === 'function' ? metric.getForPromString() : metric.get()
  return trusted<MetricData>(await told)
}

function write(metric: Registrable, { cells, refresh }: Own, style: PageStyle): string {
  refresh()
  return writeCells(trusted<MetricData>(metric), cells, style)
}

async function collect(metric: Registrable): Promise<void> {
  const collecting = metric.collect?.()
  if (collecting instanceof Promise) await collecting
}

function isContentType(text: unknown): text is RegistryContentType {
  return text === PROMETHEUS || text === OPENMETRICS
}

export const globalRegistry: Registry = new Registry()
Registry.globalRegistry = globalRegistry
