import { createSeriesStore, type MetricReader, type RegistryStats, type SeriesStore } from '../metrics/index.ts'
import { labelText } from './label-text.ts'
import { checkLabels } from './validation.ts'

/** Series of one metric. Whatever is beyond is counted in one series whose labels are all `__overflow__`. */
const MAX_SERIES = 100_000

export type Labels = Readonly<Record<string, unknown>>

const NONE: Labels = Object.freeze({})

type Shape = Pick<MetricReader, 'kind' | 'name' | 'help'> & Partial<Pick<MetricReader, 'bounds' | 'quantiles'>>

/** The series of one metric, with their labels as they were first given: in that order, numbers as numbers. */
export class Cells {
  readonly store: SeriesStore
  readonly stats: RegistryStats = { overflowed: 0, collectFailures: 0, exemplarsDropped: 0, expired: 0 }
  /** As the program wrote them. */
  readonly labelNames: readonly string[]
  /** The numbers of a metric without labels, which has one series and never another. */
  readonly alone: Float64Array | undefined
  /** Changes whenever a series goes: who keeps a slot looks for it again then. */
  departures = 0
  readonly #names: readonly string[]
  /** By slot, like the two below. */
  #labels: (Labels | undefined)[] = []
  #texts: (string | undefined)[] = []
  #epochs: number[] = []
  #slots: readonly number[] = []
  #slotsVersion = -1

  constructor(shape: Shape, labelNames: readonly string[]) {
    this.labelNames = labelNames
    this.#names = [...new Set(labelNames)]
    this.store = createSeriesStore({
      ...shape,
      labelNames: this.#names,
      maxSeries: MAX_SERIES,
      stats: this.stats,
      now: () => Date.now(),
    })
    this.alone = labelNames.length === 0 ? this.store.page(0) : undefined
  }

  /** @throws Error for a label that the metric has not. */
  check(labels: unknown): void {
    checkLabels(this.labelNames, labels)
  }

  /** The slot of the series with these labels, which is made when there is none. @throws Error as {@link check}. */
  find(labels: object): number {
    const slot = this.store.seek(labels)
    if (slot >= 0) return slot
    this.check(labels)
    return this.enter(labels)
  }

  /** As {@link find}, for labels that have been checked. */
  enter(labels: object): number {
    if (this.alone !== undefined) return 0
    const values = this.#valuesOf(labels)
    const slot = this.store.enter(values)
    if (this.#epochs[slot] !== this.store.epoch(slot)) this.#remember(slot, labels, values)
    return slot
  }

  /** As {@link enter}, with a value for each of the label names. */
  enterListed(values: readonly unknown[]): number {
    return this.enter(Object.fromEntries(this.labelNames.map((name, i) => [name, values[i]])))
  }

  /** The slot of the series that `labels(...args)` means; -1 when that has to be looked for in another way. */
  seekArguments(args: readonly unknown[]): number {
    const [first] = args
    if (typeof first === 'object') return first === null ? -1 : this.store.seek(first)
    return args.length === this.labelNames.length ? this.seekListed(args) : -1
  }

  /** The slot of the series with these values; -1 when that has to be looked for in another way. */
  seekListed(values: readonly unknown[]): number {
    if (this.alone !== undefined) return 0
    return this.#names.length === this.labelNames.length ? this.store.seekListed(values) : -1
  }

  /** The series without labels that a metric without labels starts anew, and one with labels loses. */
  remove(labels: object): void {
    if (this.alone !== undefined) {
      this.store.zero(0)
      return
    }
    const slot = this.store.seekListed(
      this.#valuesOf(labels).map((value) => (value === undefined ? value : String(value).toWellFormed())),
    )
    if (slot >= 0) this.vacate(slot)
  }

  vacate(slot: number): void {
    this.departures++
    this.store.vacate(slot)
  }

  reset(): void {
    if (this.alone !== undefined) {
      this.store.zero(0)
      return
    }
    this.departures++
    this.store.clear()
    this.#labels = []
    this.#texts = []
    this.#epochs = []
  }

  /** In the order in which the series were made. */
  slots(): readonly number[] {
    const { store } = this
    if (this.#slotsVersion !== store.version) {
      this.#slotsVersion = store.version
      this.#slots = Array.from({ length: store.slots }, (_, slot) => slot)
        .filter((slot) => store.epoch(slot) !== 0)
        .sort((a, b) => store.epoch(a) - store.epoch(b))
    }
    return this.#slots
  }

  labels(slot: number): Labels {
    return this.#labels[slot] ?? NONE
  }

  /** Of the series' labels. */
  text(slot: number): string {
    return (this.#texts[slot] ??= labelText(this.labels(slot)))
  }

  #valuesOf(labels: object): (string | number | undefined)[] {
    return this.#names.map((name) => {
      const value: unknown = Reflect.get(labels, name)
      // oxlint-disable-next-line typescript/no-base-to-string -- what has no text of its own gets what it always got
      return value === undefined || typeof value === 'number' ? value : String(value)
    })
  }

  #remember(slot: number, labels: object, values: readonly (string | number | undefined)[]): void {
    const { store } = this
    const isOwn = values.every((value, i) => {
      const text = store.label(slot, i)
      return value === undefined ? text === undefined : text === String(value).toWellFormed()
    })
    while (this.#labels.length < slot) {
      this.#labels.push(undefined)
      this.#texts.push(undefined)
      this.#epochs.push(0)
    }
    this.#labels[slot] = isOwn
      ? { ...labels }
      : Object.fromEntries(this.#names.map((name, i) => [name, store.label(slot, i)]))
    this.#texts[slot] = undefined
    this.#epochs[slot] = store.epoch(slot)
  }
}
