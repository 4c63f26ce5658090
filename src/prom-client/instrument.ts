import type { MetricReader } from '../metrics/index.ts'
import { Cells } from './cells.ts'
import { Cursor } from './cursor.ts'
import { exemplarOf } from './exemplar.ts'
import { own } from './own.ts'
import { globalRegistry, Registry } from './registry.ts'
import { type Source } from './sources.ts'
import { trusted } from './trusted.ts'
import type {
  Aggregator,
  CollectFunction,
  LabelValues,
  MetricConfiguration,
  MetricObjectWithValues,
  MetricType,
  MetricValueWithName,
} from './types.ts'
import { isLabelName, isObject, validateMetricName } from './validation.ts'

type Particulars = Partial<Pick<MetricReader, 'bounds' | 'quantiles'>>

/** What every kind of metric does alike. */
export abstract class Instrument<T extends string> {
  name: string
  help: string
  type: MetricType
  labelNames: readonly T[]
  registers: readonly Source[]
  aggregator: Aggregator
  enableExemplars: boolean
  /** May be set later, too. */
  declare collect: CollectFunction<never>
  protected readonly cells: Cells
  /** What `labels(...)` has returned for the series of a slot, as long as none has gone. */
  #children: object[] = []
  #departures = 0

  constructor(type: MetricType, config: MetricConfiguration<T>, reserved: string, particulars: Particulars = {}) {
    if (!isObject(config)) throw new TypeError('constructor expected a config object')
    const { name, help, labelNames, registers, aggregator = 'sum', enableExemplars = false } = config
    if (!help) throw new Error('Missing mandatory help parameter')
    if (!name) throw new Error('Missing mandatory name parameter')
    if (!validateMetricName(name)) throw new Error('Invalid metric name')
    this.labelNames = labelNames ?? []
    if (!this.labelNames.every(isLabelName)) throw new Error('Invalid label name')
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any label's name, not one of this metric's
    if ((this.labelNames as readonly string[]).includes(reserved)) {
      throw new Error(`${reserved} is a reserved label keyword`)
    }
    if (config.collect) {
      if (typeof config.collect !== 'function') throw new Error('Optional "collect" parameter must be a function')
      this.collect = config.collect
    }
    this.name = name
    this.help = help
    this.type = type
    this.registers = registers ?? [globalRegistry]
    this.aggregator = aggregator
    this.enableExemplars = enableExemplars
    this.cells = new Cells({ kind: type, name, help, ...particulars }, this.labelNames)
  }

  /** The last thing that a constructor does. */
  protected register(): void {
    own(this, {
      cells: this.cells,
      get: Reflect.get(Instrument.prototype, 'get'),
      refresh: () => this.refresh(),
      tell: () => this.#tell(),
    })
    for (const registry of this.registers) {
      if (this.enableExemplars && registry.contentType === Registry.PROMETHEUS_CONTENT_TYPE) {
        throw new TypeError('Exemplars are supported only on OpenMetrics registries')
      }
      registry.registerMetric(this)
    }
  }

  async get(): Promise<MetricObjectWithValues<MetricValueWithName<T>>> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of whichever kind: its callback gets itself
    const collecting = (this.collect as CollectFunction<this> | undefined)?.call(this)
    if (collecting instanceof Promise) await collecting
    return this.#tell()
  }

  /** Starts every series anew; those with labels go. */
  reset(): void {
    this.cells.reset()
  }

  /** Takes out the series with just these labels. */
  remove(...values: string[]): void
  remove(labels: LabelValues<T>): void
  remove(...args: readonly unknown[]): void {
    const cursor = this.cursor(args)
    cursor.check()
    cursor.remove()
  }

  protected cursor(args: readonly unknown[]): Cursor {
    return new Cursor(this.cells, args)
  }

  /** The child that `labels(...args)` is to return: the same one again for a series that is there. */
  protected child<C extends object>(args: readonly unknown[], make: (cursor: Cursor) => C): C {
    const { cells } = this
    if (this.#departures !== cells.departures) {
      this.#departures = cells.departures
      this.#children = []
    }
    const slot = cells.seekArguments(args)
    const known = this.#children[slot]
    if (known !== undefined) return trusted<C>(known)
    const made = make(this.cursor(args))
    if (slot >= 0) this.#children[slot] = made
    return made
  }

  /** Brings the cells up to date. */
  protected refresh(): void {}

  /** What `get()` tells of the series. */
  protected values(): MetricValueWithName<T>[] {
    const { cells } = this
    const { store } = cells
    return cells.slots().map((slot) => {
      const exemplar = exemplarOf(store, slot, 0)
      const value = store.page(slot)[store.offset(slot)] ?? NaN
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- labels that have been checked
      const labels = { ...cells.labels(slot) } as LabelValues<T>
      return exemplar === undefined ? { value, labels } : { value, labels, exemplar }
    })
  }

  #tell(): MetricObjectWithValues<MetricValueWithName<T>> {
    this.refresh()
    const { name, help, type, aggregator } = this
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `collect` is in the type, and never was in the value
    return { help, name, type, values: this.values(), aggregator } as MetricObjectWithValues<MetricValueWithName<T>>
  }
}
