import type { Column } from '../chunk/column.ts'
import type { SampleColumns } from '../chunk/samples.ts'
import { lowerBound } from '../read/assemble.ts'
import type { FloatSource } from '../read/source.ts'

/** Scrapes to a page: half an hour of them at 15 s. */
export const PAGE_ROWS = 120

/** Which series stands at which place of a row. It only grows while a page uses it. */
export class Layout {
  refs: Uint32Array
  width = 0
  /** Made when first asked for: as a rule a series knows its place itself. */
  #slots: Map<number, number> | undefined

  constructor(refs: Uint32Array = new Uint32Array(16)) {
    this.refs = refs
  }

  static of(refs: Uint32Array): Layout {
    const layout = new Layout(refs)
    layout.width = refs.length
    return layout
  }

  /** `guess`: where it is if it is where it was. */
  slotOf(ref: number, guess: number): number | undefined {
    if (guess < this.width && this.refs[guess] === ref) return guess
    return (this.#slots ??= this.#index()).get(ref)
  }

  add(ref: number): number {
    if (this.width === this.refs.length) {
      const grown = new Uint32Array(Math.max(16, this.width * 2))
      grown.set(this.refs)
      this.refs = grown
    }
    this.refs[this.width] = ref
    this.#slots?.set(ref, this.width)
    return this.width++
  }

  #index(): Map<number, number> {
    const slots = new Map<number, number>()
    for (let slot = 0; slot < this.width; slot++) slots.set(this.refs[slot] ?? 0, slot)
    return slots
  }

  /** Whether `refs` are those of the layout in the same order. */
  equals(refs: Uint32Array, count: number): boolean {
    if (count !== this.width) return false
    const own = this.refs
    for (let i = 0; i < count; i++) if (own[i] !== refs[i]) return false
    return true
  }
}

/** One scrape: values by slot. */
export interface Row {
  readonly column: Column
  /** 1 where there is a value; undefined: everywhere up to the column's length, nowhere behind it. */
  readonly present: Uint8Array | undefined
  /** As long as the values; shared by rows as long as nothing changes. */
  readonly starts: Column | undefined
}

/** Scrapes of one group that are still open: a row each, as they arrived. */
export class OpenPage {
  readonly layout: Layout
  readonly times: Float64Array = new Float64Array(PAGE_ROWS)
  readonly #rows: Row[] = []
  #bytes = 0
  #samples = 0
  #asked: RowRange | undefined

  constructor(layout: Layout) {
    this.layout = layout
  }

  get count(): number {
    return this.#rows.length
  }

  get bytes(): number {
    return this.#bytes
  }

  get samples(): number {
    return this.#samples
  }

  get full(): boolean {
    return this.#rows.length === PAGE_ROWS
  }

  get minTime(): number {
    return this.times[0] ?? Infinity
  }

  get maxTime(): number {
    return this.times[this.count - 1] ?? -Infinity
  }

  /** Of the rows; no row is read any more when they are used for something else. */
  get columns(): readonly Column[] {
    return this.#rows.map(({ column }) => column)
  }

  get lastRow(): Row | undefined {
    return this.#rows.at(-1)
  }

  add(at: number, row: Row): void {
    const startsAreNew = row.starts !== undefined && row.starts !== this.lastRow?.starts
    this.times[this.count] = at
    this.#rows.push(row)
    this.#samples += row.present?.reduce((sum, there) => sum + there, 0) ?? row.column.values.length
    const doubles = row.column.values.length + (startsAreNew ? row.column.values.length : 0)
    this.#bytes += doubles * 8 + (row.present?.length ?? 0) + 200
  }

  hasAt(slot: number, row: number): boolean {
    const found = this.#rows[row]
    return found !== undefined && holds(found, slot)
  }

  /** The slot's newest sample, or -Infinity. */
  lastOf(slot: number): number {
    for (let row = this.count - 1; row >= 0; row--) if (this.hasAt(slot, row)) return this.times[row] ?? -Infinity
    return -Infinity
  }

  startsOf(slot: number): boolean {
    return this.#rows.some(({ starts }) => (starts?.values[slot] ?? 0) !== 0)
  }

  /** Copies the slot's samples, of some rows only when they are given; returns how many there are. */
  copy(
    slot: number,
    into: SampleColumns,
    at: number,
    present?: Uint8Array,
    first = 0,
    end: number = this.count,
  ): number {
    let next = at
    for (let row = first; row < end; row++) {
      const found = this.#rows[row]
      const there = found !== undefined && holds(found, slot)
      if (present !== undefined) present[row] = there ? 1 : 0
      if (!there) continue
      const { words } = found.column
      into.times.values[next] = this.times[row] ?? 0
      into.values.words[next * 2] = words[slot * 2] ?? 0
      into.values.words[next * 2 + 1] = words[slot * 2 + 1] ?? 0
      if (into.starts !== undefined) into.starts.values[next] = found.starts?.values[slot] ?? 0
      next++
    }
    return next - at
  }

  /** The slot's samples from `from` to `to`: a row is looked for where it lies, so few rows cost little. */
  source(slot: number, from: number, to: number): FloatSource | undefined {
    const { begin, end, times } = this.#rowsBetween(from, to)
    let count = 0
    let first = -1
    let last = -1
    let hasStarts = false
    for (let row = begin; row < end; row++) {
      const found = this.#rows[row]
      if (found === undefined || !holds(found, slot)) continue
      if (first < 0) first = row
      last = row
      count++
      hasStarts ||= (found.starts?.values[slot] ?? 0) !== 0
    }
    if (count === 0) return undefined
    return {
      minTime: this.times[first] ?? 0,
      maxTime: this.times[last] ?? 0,
      count,
      hasStarts,
      sharedTimes: count === end - begin ? times : undefined,
      read: (into, at) => {
        this.copy(slot, into, at, undefined, begin, end)
      },
    }
  }

  /** One series of a selection after another asks for the same: it gets the same array of times. */
  #rowsBetween(from: number, to: number): RowRange {
    const { count, times } = this
    const known = this.#asked
    if (known?.from === from && known.to === to && known.count === count) return known
    const taken = times.subarray(0, count)
    const [begin, end] = [lowerBound(taken, from), lowerBound(taken, to + 1)]
    const same = known?.begin === begin && known.end === end
    this.#asked = { from, to, count, begin, end, times: same ? known.times : times.subarray(begin, end) }
    return this.#asked
  }
}

interface RowRange {
  readonly from: number
  readonly to: number
  /** Rows that there were. */
  readonly count: number
  readonly begin: number
  readonly end: number
  readonly times: Float64Array
}

/** Whether the row has a value at the slot. */
export function holds({ column, present }: Row, slot: number): boolean {
  return present === undefined ? slot < column.values.length : present[slot] === 1
}
