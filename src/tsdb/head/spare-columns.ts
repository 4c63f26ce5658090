import { type Column, columnOver } from '../chunk/column.ts'

/** Columns of one length that can be used again: to the collector, what is outside of its heap weighs little and stays long. */
export class SpareColumns {
  readonly #most: number
  readonly #grew: (bytes: number) => void
  #columns: Column[] = []

  /** Of at most `most` columns. `grew` hears how many bytes are held more, or less. */
  constructor(most: number, grew: (bytes: number) => void) {
    this.#most = most
    this.#grew = grew
  }

  /** A copy of the values, in a spare column if one fits. */
  copyOf(values: Float64Array): Column {
    const spare = this.#columns.at(-1)
    if (spare?.values.length !== values.length) return columnOver(values.slice())
    this.#columns.pop()
    this.#grew(-spare.values.byteLength)
    spare.values.set(values)
    return spare
  }

  /** Nobody may use the column any more. */
  add(column: Column): void {
    if (this.#columns.length >= this.#most) return
    if (this.#columns[0] !== undefined && this.#columns[0].values.length !== column.values.length) this.clear()
    this.#columns.push(column)
    this.#grew(column.values.byteLength)
  }

  clear(): void {
    this.#grew(-this.#columns.reduce((sum, { values }) => sum + values.byteLength, 0))
    this.#columns = []
  }
}
