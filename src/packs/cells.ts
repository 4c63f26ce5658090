const CEILING = 1000

/** Series resolved once, by a label's value. Beyond the ceiling the resolver is asked each time: slower, never wrong. */
export class Cells<Cell> {
  readonly #cells = new Map<string, Cell>()
  readonly #resolve: (value: string) => Cell

  constructor(resolve: (value: string) => Cell) {
    this.#resolve = resolve
  }

  get(value: string): Cell {
    const known = this.#cells.get(value)
    if (known !== undefined) return known
    const cell = this.#resolve(value)
    if (this.#cells.size < CEILING) this.#cells.set(value, cell)
    return cell
  }

  forget(value: string): void {
    this.#cells.delete(value)
  }
}
