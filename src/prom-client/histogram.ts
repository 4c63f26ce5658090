import { BucketSearch, DEFAULT_BUCKETS } from '../metrics/index.ts'
import { startClock } from './clock.ts'
import type { Cursor } from './cursor.ts'
import { exemplarOf, mark } from './exemplar.ts'
import { Instrument } from './instrument.ts'
import { trusted } from './trusted.ts'
import type { HistogramConfiguration, LabelValues, MetricValueWithName, ObserveDataWithExemplar } from './types.ts'
import { isObject, refuseValue } from './validation.ts'

export declare namespace Histogram {
  interface Internal<T extends string> {
    observe(value: number): void
    /** @returns what observes the seconds since then, and returns them. */
    startTimer(): (labels?: LabelValues<T>) => number
  }
  interface Config {
    buckets?: number[]
  }
}

interface Observation {
  readonly labels?: object
  readonly value?: unknown
  readonly exemplarLabels?: object
}

/** Counts observations by size. */
export class Histogram<T extends string = string> extends Instrument<T> {
  /** Ascending, without Infinity, each once. */
  readonly buckets: readonly number[]
  readonly upperBounds: readonly number[]
  readonly #search: BucketSearch

  constructor(configuration: HistogramConfiguration<T>) {
    const bounds = boundsOf(isObject(configuration) ? configuration.buckets : undefined)
    super('histogram', configuration, 'le', { bounds })
    this.buckets = this.upperBounds = bounds
    this.#search = new BucketSearch(bounds)
    this.register()
  }

  observe(value: number): void
  observe(labels: LabelValues<T>, value: number): void
  observe(observeData: ObserveDataWithExemplar<T>): void
  observe(first: unknown, second?: unknown): void {
    const { cells } = this
    if (isObject(first)) {
      if (this.enableExemplars) {
        this.#observeWithExemplar(first)
        return
      }
      const slot = cells.store.seek(first)
      if (slot < 0) cells.check(first)
      if (typeof second !== 'number' || !Number.isFinite(second)) refuseValue(second)
      this.#record(slot < 0 ? cells.enter(first) : slot, second)
      return
    }
    const value = first === 0 ? first : first || second
    if (typeof value !== 'number' || !Number.isFinite(value)) refuseValue(value)
    this.#record(cells.enter({}), value)
  }

  /** @returns what observes the seconds since then, and returns them. */
  startTimer(
    labels?: LabelValues<T>,
    exemplarLabels?: LabelValues<T>,
  ): (labels?: LabelValues<T>, exemplarLabels?: LabelValues<T>) => number {
    const elapsed = startClock()
    return (endLabels, endExemplarLabels) => {
      const value = elapsed()
      const all = { ...labels, ...endLabels } as LabelValues<T>
      if (this.enableExemplars) {
        this.#observeWithExemplar({ labels: all, value, exemplarLabels: { ...exemplarLabels, ...endExemplarLabels } })
      } else {
        this.observe(all, value)
      }
      return value
    }
  }

  /** Makes the series, or starts it anew from zero. */
  zero(labels: LabelValues<T>): void {
    this.cells.store.zero(this.cells.find(labels ?? {}))
  }

  /** Made when it is first observed. */
  labels(...values: string[]): Histogram.Internal<T>
  labels(labels: LabelValues<T>): Histogram.Internal<T>
  labels(...args: readonly unknown[]): Histogram.Internal<T> {
    return this.child(args, (cursor) => this.#child(cursor))
  }

  #child(cursor: Cursor): Histogram.Internal<T> {
    cursor.check()
    const search = this.#search
    return {
      observe: (value: number | ObserveDataWithExemplar<T>): void => {
        if (isObject(value) && this.enableExemplars) {
          this.#observeWithExemplar({ ...value, labels: cursor.labels() })
          return
        }
        if (typeof value !== 'number' || !Number.isFinite(value)) refuseValue(value)
        if (!cursor.isThere()) cursor.locate()
        record(cursor.page, cursor.at, search, value)
      },
      startTimer: () => this.startTimer(cursor.labels()),
    }
  }

  /** As `get()`, with the series' own labels apart from a bucket's. */
  async getForPromString(): Promise<object> {
    const { values, ...rest } = await this.get()
    return {
      ...rest,
      values: values.map(({ labels, ...value }) => {
        const { le, ...sharedLabels } = labels as Record<string, unknown>
        return { ...value, labels: le === undefined ? {} : { le }, sharedLabels }
      }),
    }
  }

  protected override values(): MetricValueWithName<T>[] {
    const { cells, name, buckets } = this
    const { store } = cells
    return cells.slots().flatMap((slot) => {
      const page = store.page(slot)
      const at = store.offset(slot)
      const own = cells.labels(slot)
      let count = 0
      const rows: object[] = [...buckets, '+Inf'].map((le, i) => {
        count += page[at + i] ?? 0
        const exemplar = exemplarOf(store, slot, i) ?? null
        return { value: count, metricName: `${name}_bucket`, exemplar, labels: { le, ...own } }
      })
      rows.push(
        { value: page[at + buckets.length + 1], metricName: `${name}_sum`, exemplar: undefined, labels: { ...own } },
        { value: count, metricName: `${name}_count`, exemplar: undefined, labels: { ...own } },
      )
      return trusted<MetricValueWithName<T>[]>(rows)
    })
  }

  /** @returns the value's bucket. */
  #record(slot: number, value: number): number {
    const { store } = this.cells
    return record(store.page(slot), store.offset(slot), this.#search, value)
  }

  #observeWithExemplar({ labels = {}, value, exemplarLabels = {} }: Observation): void {
    const { cells } = this
    cells.check(labels)
    if (typeof value !== 'number' || !Number.isFinite(value)) refuseValue(value)
    const slot = cells.enter(labels)
    const bucket = this.#record(slot, value)
    if (Object.keys(exemplarLabels).length > 0) mark(cells.store, slot, bucket, exemplarLabels, value)
  }
}

function record(page: Float64Array, at: number, search: BucketSearch, value: number): number {
  const bucket = search.find(value)
  const sum = at + search.counts
  page[at + bucket] = (page[at + bucket] ?? 0) + 1
  page[sum] = (page[sum] ?? 0) + value
  return bucket
}

function boundsOf(buckets: readonly number[] = DEFAULT_BUCKETS): readonly number[] {
  const bounds = buckets.map(Number).filter((bound) => Math.abs(bound) !== Infinity)
  if (bounds.some(Number.isNaN)) throw new RangeError(`buckets [${buckets.join(', ')}] must be numbers`)
  return Object.freeze([...new Set(bounds)].sort((a, b) => a - b))
}
