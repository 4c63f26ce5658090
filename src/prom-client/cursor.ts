import type { Cells } from './cells.ts'

/** What `labels(...)` was told: a series that is found once, and made when it is first recorded to. */
export class Cursor {
  page: Float64Array
  at = 0
  slot = -1
  readonly cells: Cells
  readonly #labels: object | undefined
  readonly #listed: readonly unknown[] | undefined
  #departures = -1

  constructor(cells: Cells, args: readonly unknown[]) {
    this.cells = cells
    this.page = cells.alone ?? NOWHERE
    const [first] = args
    if (typeof first === 'object') {
      this.#labels = { ...first }
    } else {
      const { labelNames } = cells
      if (labelNames.length !== args.length) {
        throw new Error(
          `Invalid number of arguments (${args.length}): "${args.join(', ')}" for label names (${labelNames.length}): "${labelNames.join(', ')}".`,
        )
      }
      this.#listed = args
    }
  }

  /** @throws Error for a label that the metric has not. */
  check(): void {
    if (this.#labels !== undefined) this.cells.check(this.#labels)
  }

  /** Whether the series is where it was found last. */
  isThere(): boolean {
    return this.cells.departures === this.#departures
  }

  /** Finds the series, or makes it. */
  locate(): void {
    const { cells } = this
    const { store } = cells
    const slot = this.#seek()
    this.slot = slot
    this.#departures = cells.departures
    this.page = store.page(slot)
    this.at = store.offset(slot)
  }

  remove(): void {
    this.cells.remove(this.labels())
  }

  labels(): object {
    if (this.#labels !== undefined) return this.#labels
    return Object.fromEntries(this.cells.labelNames.map((name, i) => [name, this.#listed?.[i]]))
  }

  #seek(): number {
    const { cells } = this
    if (this.#labels !== undefined) return cells.find(this.#labels)
    const values = this.#listed ?? []
    const slot = cells.seekListed(values)
    return slot < 0 ? cells.enterListed(values) : slot
  }
}

const NOWHERE = new Float64Array(0)
