import type { Cursor } from './cursor.ts'
import { mark } from './exemplar.ts'
import { Instrument } from './instrument.ts'
import type { CounterConfiguration, IncreaseDataWithExemplar, LabelValues } from './types.ts'
import { isObject, refuseValue } from './validation.ts'

export declare namespace Counter {
  interface Internal {
    inc(value?: number): void
  }
}

/** Only ever goes up. */
export class Counter<T extends string = string> extends Instrument<T> {
  constructor(configuration: CounterConfiguration<T>) {
    super('counter', configuration, '')
    this.register()
  }

  inc(labels: LabelValues<T>, value?: number): void
  inc(value?: number): void
  inc(incData: IncreaseDataWithExemplar<T>): void
  inc(first?: unknown, value?: unknown): void {
    const { cells } = this
    if (!isObject(first)) {
      const by = amount(first)
      const page = cells.alone
      if (page === undefined) this.#add(cells.enter({}), by)
      else page[0] = (page[0] ?? 0) + by
      return
    }
    if (this.enableExemplars) {
      this.#incWithExemplar(first)
      return
    }
    const slot = cells.store.seek(first)
    if (slot < 0) cells.check(first)
    const by = amount(value)
    this.#add(slot < 0 ? cells.enter(first) : slot, by)
  }

  /** Made when it is first incremented. */
  labels(...values: string[]): Counter.Internal
  labels(labels: LabelValues<T>): Counter.Internal
  labels(...args: readonly unknown[]): Counter.Internal {
    return this.child(args, (cursor) => this.#child(cursor))
  }

  #child(cursor: Cursor): Counter.Internal {
    return {
      inc: (value?: number | IncreaseDataWithExemplar<T>): void => {
        if (isObject(value) && this.enableExemplars) {
          this.#incWithExemplar({ ...value, labels: cursor.labels() })
          return
        }
        const isThere = cursor.isThere()
        if (!isThere) cursor.check()
        const by = amount(value)
        if (!isThere) cursor.locate()
        cursor.page[cursor.at] = (cursor.page[cursor.at] ?? 0) + by
      },
    }
  }

  #add(slot: number, by: number): void {
    const { store } = this.cells
    const page = store.page(slot)
    const at = store.offset(slot)
    page[at] = (page[at] ?? 0) + by
  }

  #incWithExemplar({
    labels = {},
    value,
    exemplarLabels,
  }: {
    labels?: object
    value?: number
    exemplarLabels?: object
  }) {
    const { cells } = this
    cells.check(labels)
    const by = amount(value)
    const slot = cells.enter(labels)
    this.#add(slot, by)
    if (exemplarLabels !== undefined) mark(cells.store, slot, 0, exemplarLabels, by === 0 ? 1 : by)
  }
}

function amount(value: unknown): number {
  if (value === undefined || value === null) return 1
  if (typeof value !== 'number' || !Number.isFinite(value)) refuseValue(value)
  if (value < 0) throw new Error('It is not possible to decrease a counter')
  return value
}
