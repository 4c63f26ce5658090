import type { LabelSet } from '../../series/index.ts'
import { Row } from './row.ts'
import type { Work } from './work.ts'

/** Where the rows of an expression go, one after another. */
export interface RowSink {
  /** An empty row to be filled, and then to be taken or not. */
  row(labels: LabelSet, dropName: boolean): Row
  /** The next row may be made when what this returns, if anything, is done. */
  take(row: Row): Promise<void> | undefined
}

/** Keeps all rows. */
export class KeptRows implements RowSink {
  readonly rows: Row[] = []
  readonly #steps: number
  readonly #work: Work

  constructor(steps: number, work: Work) {
    this.#steps = steps
    this.#work = work
  }

  row(labels: LabelSet, dropName: boolean): Row {
    return new Row(labels, dropName, this.#steps)
  }

  take(row: Row): undefined {
    this.rows.push(row)
    this.#work.hold(this.#steps)
  }
}

/** Keeps none: each row lies where the one before lay, and is `use`'s until that is done. */
export class PassingRows implements RowSink {
  readonly #page: Row
  readonly #use: (row: Row) => Promise<void> | undefined

  constructor(page: Row, use: (row: Row) => Promise<void> | undefined) {
    this.#page = page
    this.#use = use
  }

  row(labels: LabelSet, dropName: boolean): Row {
    this.#page.clear()
    return new Row(labels, dropName, this.#page)
  }

  take(row: Row): Promise<void> | undefined {
    return this.#use(row)
  }
}
