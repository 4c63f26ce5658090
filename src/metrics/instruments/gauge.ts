import type { Gauge, LabelledGauge, LabelValues } from '../instrument.ts'
import type { Child, Home } from '../series/series.ts'
import { Labels } from './labels.ts'

export class GaugeChild implements Gauge, Child {
  readonly #home: Home
  #page: Float64Array
  #at: number

  constructor(home: Home, slot: number) {
    this.#home = home
    this.#page = home.page(slot)
    this.#at = home.offset(slot)
  }

  set(value: number): void {
    if (typeof value !== 'number') refuseValue(this.#home.name, value)
    this.#page[this.#at] = value
  }

  inc(by = 1): void {
    if (!Number.isFinite(by)) refuseStep(this.#home.name, 'inc', by)
    this.#page[this.#at] = (this.#page[this.#at] ?? 0) + by
  }

  dec(by = 1): void {
    if (!Number.isFinite(by)) refuseStep(this.#home.name, 'dec', by)
    this.#page[this.#at] = (this.#page[this.#at] ?? 0) - by
  }

  setToCurrentTime(): void {
    this.set(this.#home.currentSeconds())
  }

  detach(): void {
    this.#page = this.#home.scratch
    this.#at = 0
  }
}

export class GaugeLabels<L extends string> extends Labels<L, GaugeChild> implements LabelledGauge<L> {
  set(values: LabelValues<L>, value: number): void {
    const { series } = this
    if (typeof value !== 'number') refuseValue(series.name, value)
    const slot = series.find(values)
    series.page(slot)[series.offset(slot)] = value
  }

  inc(values: LabelValues<L>, by = 1): void {
    if (!Number.isFinite(by)) refuseStep(this.series.name, 'inc', by)
    this.#add(values, by)
  }

  dec(values: LabelValues<L>, by = 1): void {
    if (!Number.isFinite(by)) refuseStep(this.series.name, 'dec', by)
    this.#add(values, -by)
  }

  setToCurrentTime(values: LabelValues<L>): void {
    this.set(values, this.series.currentSeconds())
  }

  #add(values: LabelValues<L>, by: number): void {
    const { series } = this
    const slot = series.find(values)
    const page = series.page(slot)
    const at = series.offset(slot)
    page[at] = (page[at] ?? 0) + by
  }
}

function refuseValue(name: string, value: unknown): never {
  throw new TypeError(`${name}: set(${String(value)}) must be a number`)
}

function refuseStep(name: string, verb: 'inc' | 'dec', by: unknown): never {
  throw new RangeError(`${name}: ${verb}(${String(by)}) must be a finite number`)
}
