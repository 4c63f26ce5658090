import type { LabelValues } from './instrument.ts'
import type { SeriesLabels } from './family.ts'

/** Counts of what the registry refused or lost; plain numbers, read at any time. */
export interface RegistryStats {
  /** Look-ups that ended in an `__overflow__` series because the metric was full. */
  overflowed: number
  /** `collect` callbacks that threw, rejected, or did not settle in time. */
  collectFailures: number
}

export const OVERFLOW = '__overflow__'

/** Injective: a value's length stands before it, so no value can imitate a border. */
function identity(values: readonly string[]): string {
  let key = ''
  for (const value of values) key += `${value.length}:${value}`
  return key
}

/** The series of one labelled metric, by the identity of their label values. */
export class Children<L extends string, Cell> {
  readonly #metric: string
  readonly #names: readonly L[]
  readonly #limit: number
  readonly #make: () => Cell
  readonly #stats: RegistryStats
  readonly #series = new Map<string, { readonly labels: SeriesLabels; readonly cell: Cell }>()
  readonly #overflowKey: string

  constructor(metric: string, names: readonly L[], limit: number, make: () => Cell, stats: RegistryStats) {
    this.#metric = metric
    this.#names = [...names]
    this.#limit = limit
    this.#make = make
    this.#stats = stats
    this.#overflowKey = identity(names.map(() => OVERFLOW))
  }

  get(values: LabelValues<L>): Cell {
    const texts = this.#texts(values)
    const key = identity(texts)
    const found = this.#series.get(key)
    if (found !== undefined) return found.cell
    const full = this.#series.size - (this.#series.has(this.#overflowKey) ? 1 : 0) >= this.#limit
    if (!full || key === this.#overflowKey) return this.#add(key, texts)
    this.#stats.overflowed++
    const overflow = this.#series.get(this.#overflowKey)
    if (overflow !== undefined) return overflow.cell
    return this.#add(
      this.#overflowKey,
      texts.map(() => OVERFLOW),
    )
  }

  remove(partial: Partial<LabelValues<L>>): number {
    for (const name of Object.keys(partial)) {
      if (!(this.#names as readonly string[]).includes(name)) this.#refuse(Object.keys(partial))
    }
    let removed = 0
    for (const [key, { labels }] of this.#series) {
      if (!this.#names.every((name) => partial[name] === undefined || wellFormed(partial[name]) === labels[name])) {
        continue
      }
      this.#series.delete(key)
      removed++
    }
    return removed
  }

  map<T>(read: (labels: SeriesLabels, cell: Cell) => T): T[] {
    return Array.from(this.#series.values(), ({ labels, cell }) => read(labels, cell))
  }

  #add(key: string, texts: readonly string[]): Cell {
    const cell = this.#make()
    const labels = Object.fromEntries(this.#names.map((name, i) => [name, texts[i] ?? '']))
    this.#series.set(key, { labels, cell })
    return cell
  }

  #texts(values: LabelValues<L>): string[] {
    let given = 0
    for (const _ in values) given++
    const texts = this.#names.map((name) => {
      const value: unknown = values[name]
      if (typeof value === 'string' || typeof value === 'number') return wellFormed(value)
      return this.#refuse(Object.keys(values))
    })
    return given === texts.length ? texts : this.#refuse(Object.keys(values))
  }

  #refuse(given: readonly string[]): never {
    throw new TypeError(
      `${this.#metric}: expected a text or number for each of the labels [${this.#names.join(', ')}], got [${given.join(', ')}]`,
    )
  }
}

/** A lone surrogate has no UTF-8: two texts that differ in one would be two series with the same line. */
function wellFormed(value: string | number): string {
  return typeof value === 'string' ? value.toWellFormed() : String(value)
}
