import { DEFAULT_PERCENTILES } from '../metrics/index.ts'
import { startClock } from './clock.ts'
import type { Cursor } from './cursor.ts'
import { Instrument } from './instrument.ts'
import { trusted } from './trusted.ts'
import type { LabelValues, MetricValueWithName, SummaryConfiguration } from './types.ts'
import { isObject, refuseValue } from './validation.ts'
import { WindowQuantiles } from './window-quantiles.ts'

export declare namespace Summary {
  interface Internal<T extends string> {
    observe(value: number): void
    /** @returns what observes the seconds since then, and returns them. */
    startTimer(): (labels?: LabelValues<T>) => number
  }
  interface Config {
    percentiles?: number[]
  }
}

/** Count and sum of all observations, quantiles of the latest. */
export class Summary<T extends string = string> extends Instrument<T> {
  readonly percentiles: readonly number[]
  readonly maxAgeSeconds: number | undefined
  readonly ageBuckets: number | undefined
  readonly pruneAgedBuckets: boolean
  /** By slot, with the epoch of the series whose they are. */
  #windows: { readonly epoch: number; readonly quantiles: WindowQuantiles }[] = []

  constructor(configuration: SummaryConfiguration<T>) {
    const { percentiles, maxAgeSeconds, ageBuckets, pruneAgedBuckets } = configuration ?? {}
    const quantiles = [...(percentiles ?? DEFAULT_PERCENTILES)]
    super('summary', configuration, 'quantile', { quantiles })
    this.percentiles = quantiles
    this.maxAgeSeconds = maxAgeSeconds
    this.ageBuckets = ageBuckets
    this.pruneAgedBuckets = pruneAgedBuckets ?? false
    this.register()
  }

  observe(value: number): void
  observe(labels: LabelValues<T>, value: number): void
  observe(first: unknown, second?: unknown): void {
    const { cells } = this
    const labels = first === 0 ? 0 : first || {}
    const value = second === undefined ? labels : second
    const slot = isObject(labels) ? cells.store.seek(labels) : -1
    if (slot < 0) cells.check(labels)
    if (typeof value !== 'number' || !Number.isFinite(value)) refuseValue(value)
    this.#record(slot < 0 ? cells.enter(isObject(labels) ? labels : {}) : slot, value)
  }

  /** @returns what observes the seconds since then, and returns them. */
  startTimer(labels?: LabelValues<T>): (labels?: LabelValues<T>) => number {
    const elapsed = startClock()
    return (endLabels) => {
      const value = elapsed()
      this.observe({ ...labels, ...endLabels } as LabelValues<T>, value)
      return value
    }
  }

  /** Every series stays and starts anew. */
  override reset(): void {
    this.#windows = []
    for (const slot of this.cells.slots()) this.cells.store.zero(slot)
  }

  /** Takes out the series with just these labels. */
  override remove(...values: string[]): void
  override remove(labels: LabelValues<T>): void
  override remove(...args: never[]): void {
    super.remove(...args)
    if (this.cells.alone !== undefined) this.#windows = []
  }

  /** Made when it is first observed. */
  labels(...values: string[]): Summary.Internal<T>
  labels(labels: LabelValues<T>): Summary.Internal<T>
  labels(...args: readonly unknown[]): Summary.Internal<T> {
    return this.child(args, (cursor) => this.#child(cursor))
  }

  #child(cursor: Cursor): Summary.Internal<T> {
    cursor.check()
    return {
      observe: (value: unknown): void => {
        if (typeof value !== 'number' || !Number.isFinite(value)) refuseValue(value)
        if (!cursor.isThere()) cursor.locate()
        this.#record(cursor.slot, value)
      },
      startTimer: () => this.startTimer(cursor.labels()),
    }
  }

  protected override refresh(): void {
    const { cells, percentiles } = this
    const { store } = cells
    for (const slot of cells.slots()) {
      const quantiles = this.#window(slot)
      if (this.pruneAgedBuckets && cells.alone === undefined && quantiles.isEmpty()) {
        cells.vacate(slot)
        continue
      }
      store.page(slot).set(quantiles.read(percentiles), store.offset(slot) + 2)
    }
  }

  protected override values(): MetricValueWithName<T>[] {
    const { cells, name, percentiles } = this
    const { store } = cells
    return cells.slots().flatMap((slot) => {
      const page = store.page(slot)
      const at = store.offset(slot)
      const own = cells.labels(slot)
      const rows: object[] = percentiles.map((quantile, i) => ({
        labels: { quantile, ...own },
        value: page[at + 2 + i],
      }))
      rows.push(
        { metricName: `${name}_sum`, labels: { ...own }, value: page[at + 1] },
        { metricName: `${name}_count`, labels: { ...own }, value: page[at] },
      )
      return trusted<MetricValueWithName<T>[]>(rows)
    })
  }

  #record(slot: number, value: number): void {
    const { store } = this.cells
    const page = store.page(slot)
    const at = store.offset(slot)
    page[at] = (page[at] ?? 0) + 1
    page[at + 1] = (page[at + 1] ?? 0) + value
    this.#window(slot).observe(value)
  }

  #window(slot: number): WindowQuantiles {
    const epoch = this.cells.store.epoch(slot)
    const known = this.#windows[slot]
    if (known?.epoch === epoch) return known.quantiles
    const quantiles = new WindowQuantiles(this.maxAgeSeconds, this.ageBuckets)
    this.#windows[slot] = { epoch, quantiles }
    return quantiles
  }
}
