import { startClock } from './clock.ts'
import type { Cursor } from './cursor.ts'
import { Instrument } from './instrument.ts'
import type { GaugeConfiguration, LabelValues } from './types.ts'
import { isObject, refuseDelta, refuseValue } from './validation.ts'

export declare namespace Gauge {
  interface Internal<T extends string> {
    inc(value?: number): void
    dec(value?: number): void
    set(value: number): void
    /** In seconds. */
    setToCurrentTime(): void
    /** @returns what sets the gauge to the seconds since then, and returns them. */
    startTimer(): (labels?: LabelValues<T>) => number
  }
}

const NO_LABELS = Object.freeze({})

/** Goes up and down. */
export class Gauge<T extends string = string> extends Instrument<T> {
  constructor(configuration: GaugeConfiguration<T>) {
    super('gauge', configuration, '')
    this.register()
  }

  set(labels: LabelValues<T>, value: number): void
  set(value: number): void
  set(first: unknown, second?: unknown): void {
    const value = isObject(first) ? second : first
    if (typeof value !== 'number') refuseValue(value)
    const slot = this.#slot(first)
    const { store } = this.cells
    store.page(slot)[store.offset(slot)] = value
  }

  inc(labels: LabelValues<T>, value?: number): void
  inc(value?: number): void
  inc(first?: unknown, second?: unknown): void {
    const value = isObject(first) ? second : first
    this.#add(first, value === undefined ? 1 : value)
  }

  dec(labels: LabelValues<T>, value?: number): void
  dec(value?: number): void
  dec(first?: unknown, second?: unknown): void {
    const value = isObject(first) ? second : first
    this.#add(first, value === undefined ? -1 : negated(value))
  }

  /** In seconds. */
  setToCurrentTime(labels?: LabelValues<T>): void {
    this.set(labels ?? {}, Date.now() / 1000)
  }

  /** @returns what sets the gauge to the seconds since then, and returns them. */
  startTimer(labels?: LabelValues<T>): (labels?: LabelValues<T>) => number {
    const elapsed = startClock()
    return (endLabels) => {
      const value = elapsed()
      this.set({ ...labels, ...endLabels } as LabelValues<T>, value)
      return value
    }
  }

  /** Made when it is first set. */
  labels(...values: string[]): Gauge.Internal<T>
  labels(labels: LabelValues<T>): Gauge.Internal<T>
  labels(...args: readonly unknown[]): Gauge.Internal<T> {
    return this.child(args, (cursor) => this.#child(cursor))
  }

  #child(cursor: Cursor): Gauge.Internal<T> {
    cursor.check()
    const add = (delta: unknown): void => {
      if (typeof delta !== 'number') refuseDelta(delta)
      if (!cursor.isThere()) cursor.locate()
      cursor.page[cursor.at] = (cursor.page[cursor.at] ?? 0) + delta
    }
    const set = (value: unknown): void => {
      if (typeof value !== 'number') refuseValue(value)
      if (!cursor.isThere()) cursor.locate()
      cursor.page[cursor.at] = value
    }
    return {
      inc: (value?: unknown) => add(value === undefined ? 1 : value),
      dec: (value?: unknown) => add(value === undefined ? -1 : negated(value)),
      set,
      setToCurrentTime: () => set(Date.now() / 1000),
      startTimer: () => this.startTimer(cursor.labels()),
    }
  }

  #add(labels: unknown, delta: unknown): void {
    if (typeof delta !== 'number') refuseDelta(delta)
    const slot = this.#slot(labels)
    const { store } = this.cells
    const page = store.page(slot)
    const at = store.offset(slot)
    page[at] = (page[at] ?? 0) + delta
  }

  #slot(labels: unknown): number {
    const { cells } = this
    if (isObject(labels)) return cells.find(labels)
    return cells.alone === undefined ? cells.enter(NO_LABELS) : 0
  }
}

/** What is no number may become one, as it always could. */
function negated(value: unknown): unknown {
  return typeof value === 'bigint' ? -value : -Number(value)
}
