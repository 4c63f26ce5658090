import { isStale, setStale } from '../../series/index.ts'
import { type Column, columnOver } from '../chunk/column.ts'
import { nextTurn, type Pace } from '../pace.ts'
import type { FloatSource, Sources } from '../read/source.ts'
import { type Refusal, Tally } from '../refusal.ts'
import type { HeadSeries } from './head-series.ts'
import { holds, Layout, OpenPage, PAGE_ROWS, type Row } from './open-page.ts'
import { type Page, PageSealer } from './page.ts'
import { SpareColumns } from './spare-columns.ts'

/** In how many scrapes a page is sealed when a second one waits, and nobody tells the store the time. */
const SEAL_SCRAPES = 32
/** Series sealed at once, and what one costs, in microseconds. */
const SEAL_SERIES = 50
const SEAL_COST = 15

/** What a group asks of the head. */
export interface GroupHost {
  readonly windowMs: number
  byRef(ref: number): HeadSeries | undefined
  /** Why nothing may be appended at this time, or undefined. May make room by letting go of what is old. */
  admit(at: number): Refusal | undefined
  /** Takes a sample that cannot stand in a row. */
  appendOne(series: HeadSeries, at: number, from: Float64Array, i: number, start: number, tally: Tally): void
  grew(bytes: number): void
  /** The group has samples, and is to be asked to let go of them. */
  adopt(group: Group): void
}

export interface Scrape {
  readonly at: number
  readonly refs: Uint32Array
  readonly values: Float64Array
  readonly starts: Float64Array | undefined
}

/** The series that are scraped together: they share their times, and a scrape is one row. */
export class Group {
  readonly id: number
  readonly #host: GroupHost
  #open = new OpenPage(new Layout())
  /** Closed and not yet sealed, oldest first. */
  #sealing: PageSealer[] = []
  #pages: Page[] = []
  /** A series of the layout has left: rows must be matched one by one until the next page. */
  #left = false
  #last: { readonly layout: Layout; readonly row: Row } | undefined
  #lastTime = -Infinity
  readonly #spare: SpareColumns

  constructor(id: number, host: GroupHost) {
    this.id = id
    this.#host = host
    this.#spare = new SpareColumns(PAGE_ROWS, (bytes) => host.grew(bytes))
  }

  get lastTime(): number {
    return this.#lastTime
  }

  get pages(): readonly Page[] {
    return this.#pages
  }

  get empty(): boolean {
    return this.#pages.length === 0 && this.#sealing.length === 0 && this.#open.count === 0
  }

  /** Series in a row. */
  get width(): number {
    return this.#open.layout.width
  }

  /** Oldest sample that is still here, or Infinity. */
  get minTime(): number {
    return this.#pages[0]?.minTime ?? this.#sealing[0]?.open.minTime ?? this.#open.minTime
  }

  /** Newest sample in the open page, or -Infinity. */
  lastOf(slot: number): number {
    return this.#open.lastOf(slot)
  }

  /** The scrape with a stale marker for every series that the last one had and this one lacks. */
  complete(scrape: Scrape): Scrape {
    const { at, refs, values, starts } = scrape
    const { layout } = this.#open
    if (this.#last === undefined || at <= this.#lastTime) return scrape
    if (!this.#left && layout.equals(refs, refs.length)) return scrape
    const present = new Set(refs)
    const ended = this.#live(this.#last).filter((ref) => !present.has(ref))
    if (ended.length === 0) return scrape
    const all = new Uint32Array(refs.length + ended.length)
    all.set(refs)
    all.set(ended, refs.length)
    const marked = new Float64Array(all.length)
    marked.set(values)
    for (let i = refs.length; i < all.length; i++) setStale(marked, i)
    const begun = starts && new Float64Array(all.length)
    if (starts !== undefined) begun?.set(starts)
    return { at, refs: all, values: marked, starts: begun }
  }

  append({ at, refs, values, starts }: Scrape): Tally {
    const tally = new Tally()
    const barred = this.#host.admit(at)
    if (barred !== undefined) {
      tally.refuse(barred, refs.length)
      return tally
    }
    if (refs.length === 0) return tally
    if (at <= this.#lastTime) {
      refs.forEach((ref, i) => {
        const series = this.#host.byRef(ref)
        if (series === undefined) tally.refuse('unknown-series')
        else this.#host.appendOne(series, at, values, i, starts?.[i] ?? 0, tally)
      })
      return tally
    }
    if (this.#open.full || this.#window(this.#open.minTime) !== this.#window(at)) this.roll()
    const { layout } = this.#open
    if (!this.#left && layout.equals(refs, refs.length)) {
      const column = this.#spare.copyOf(values)
      this.#add(at, { column, present: undefined, starts: this.#keepStarts(starts) })
      tally.appended = refs.length
    } else {
      const row = this.#match(at, refs, values, starts, tally)
      if (row !== undefined) this.#add(at, row)
    }
    // As a rule `sealAll` was quicker.
    if (this.#sealing.length > 1) this.seal(Math.ceil(this.width / SEAL_SCRAPES) * this.#sealing.length)
    return tally
  }

  /** The series appends by itself from now on. */
  leave(series: HeadSeries): void {
    series.settledTime = series.lastTime
    series.group = undefined
    this.#left = true
  }

  collect({ ref, slot }: HeadSeries, { floats }: Sources, from: number, to: number): void {
    for (const page of this.#pages) {
      const source = page.minTime <= to && page.maxTime >= from ? page.source(ref) : undefined
      if (source !== undefined) floats.push(source)
    }
    for (const { open } of this.#sealing) this.#collectOpen(open, ref, slot, floats, from, to)
    this.#collectOpen(this.#open, ref, slot, floats, from, to)
  }

  /** Closes the open page; it is sealed later. */
  roll(): void {
    const open = this.#open
    if (open.count === 0) return
    const { layout, lastRow } = open
    const live = new Uint32Array(layout.width)
    let count = 0
    for (let slot = 0; slot < layout.width; slot++) {
      const series = this.#host.byRef(layout.refs[slot] ?? 0)
      if (series?.group !== this) continue
      series.settledTime = Math.max(series.settledTime, open.lastOf(slot))
      if (lastRow !== undefined && holds(lastRow, slot) && !isStale(lastRow.column.values, slot)) {
        series.slot = count
        live[count++] = series.ref
      } else {
        series.group = undefined
      }
    }
    const next = count === layout.width ? layout : Layout.of(live.slice(0, count))
    this.#left = false
    this.#sealing.push(new PageSealer(open, this.#pages.at(-1)?.refs ?? this.#sealing.at(-1)?.refs))
    this.#open = new OpenPage(next)
  }

  /** Seals so many series more of the pages that are closed; false: there is none left. */
  seal(series: number): boolean {
    let budget = series
    for (let [sealing] = this.#sealing; sealing !== undefined && budget > 0; [sealing] = this.#sealing) {
      const { left } = sealing
      const page = sealing.step(budget)
      if (page === undefined) return true
      budget -= left
      this.#sealing.shift()
      this.#pages.push(page)
      this.#host.grew(page.bytes - sealing.open.bytes)
      for (const column of sealing.open.columns) if (column.values.length === this.width) this.#spare.add(column)
    }
    return this.#sealing.length > 0
  }

  /** Seals what is closed, in turns. */
  async sealAll(pace: Pace): Promise<void> {
    while (this.seal(SEAL_SERIES)) if (pace.spent(SEAL_SERIES * SEAL_COST)) await nextTurn()
  }

  /** Sealed pages that lie wholly below `end`, after sealing in turns what is open of them. */
  async pagesBefore(end: number, pace: Pace): Promise<readonly Page[]> {
    if (this.#open.minTime < end) this.roll()
    while ((this.#sealing[0]?.open.minTime ?? end) < end && this.seal(SEAL_SERIES)) {
      if (pace.spent(SEAL_SERIES * SEAL_COST)) await nextTurn()
    }
    return this.#pages.filter(({ maxTime }) => maxTime < end)
  }

  /** Lets go of pages that lie wholly below `floor`; returns how many samples. */
  dropBefore(floor: number): number {
    if (this.#open.maxTime < floor) this.roll()
    let dropped = 0
    this.#sealing = this.#sealing.filter(({ open }) => {
      if (open.maxTime >= floor) return true
      dropped += open.samples
      this.#host.grew(-open.bytes)
      return false
    })
    this.#pages = this.#pages.filter((page) => {
      if (page.maxTime >= floor) return true
      dropped += page.samples
      this.#host.grew(-page.bytes)
      return false
    })
    if (this.empty) this.#spare.clear()
    return dropped
  }

  /** Series of the row that are still the group's, and had not ended there. */
  #live({ layout, row }: { readonly layout: Layout; readonly row: Row }): number[] {
    const live: number[] = []
    for (let slot = 0; slot < layout.width; slot++) {
      const ref = layout.refs[slot] ?? 0
      if (!holds(row, slot) || isStale(row.column.values, slot)) continue
      if (this.#host.byRef(ref)?.group === this) live.push(ref)
    }
    return live
  }

  #collectOpen(open: OpenPage, ref: number, guess: number, floats: FloatSource[], from: number, to: number): void {
    const slot = open.layout.slotOf(ref, guess)
    const source = slot === undefined ? undefined : open.source(slot, from, to)
    if (source !== undefined) floats.push(source)
  }

  #window(at: number): number {
    return Math.floor(at / this.#host.windowMs)
  }

  #add(at: number, row: Row): void {
    if (this.empty) this.#host.adopt(this)
    const before = this.#open.bytes
    this.#open.add(at, row)
    this.#host.grew(this.#open.bytes - before)
    this.#last = { layout: this.#open.layout, row }
    this.#lastTime = at
  }

  /** The row of a scrape that does not have exactly the series of the layout. */
  #match(
    at: number,
    refs: Uint32Array,
    values: Float64Array,
    starts: Float64Array | undefined,
    tally: Tally,
  ): Row | undefined {
    const { layout } = this.#open
    const slots = Int32Array.from(refs, (ref, i) => this.#slotFor(at, ref, values, i, starts?.[i] ?? 0, tally))
    const column = columnOver(new Float64Array(layout.width))
    const startColumn = starts === undefined ? undefined : columnOver(new Float64Array(layout.width))
    const present = new Uint8Array(layout.width)
    const words = columnOver(values).words
    let there = 0
    slots.forEach((slot, i) => {
      if (slot < 0) return
      if (present[slot] === 1) return tally.refuse('duplicate')
      present[slot] = 1
      there++
      column.words[slot * 2] = words[i * 2] ?? 0
      column.words[slot * 2 + 1] = words[i * 2 + 1] ?? 0
      if (startColumn !== undefined) startColumn.values[slot] = starts?.[i] ?? 0
    })
    tally.appended += there
    if (there === 0) return undefined
    return { column, present: there === layout.width ? undefined : present, starts: startColumn }
  }

  /** The place of the series in the row, joining if need be; -1: it is not to stand there, which `tally` knows. */
  #slotFor(at: number, ref: number, values: Float64Array, i: number, start: number, tally: Tally): number {
    const series = this.#host.byRef(ref)
    if (series === undefined) {
      tally.refuse('unknown-series')
      return -1
    }
    if (series.group === this) return series.slot
    if (at <= series.lastTime) {
      this.#host.appendOne(series, at, values, i, start, tally)
      return -1
    }
    series.group?.leave(series)
    series.group = this
    series.firstTime = Math.min(series.firstTime, at)
    const { layout } = this.#open
    // It may have left this very layout; its homes need not tell, they forget a group that has no samples.
    const known = this.#left ? layout.slotOf(ref, series.slot) : undefined
    if (!series.homes.includes(this)) series.homes.push(this)
    return (series.slot = known ?? layout.add(ref))
  }

  /** The array of the scrape before when nothing changed, so that it is held once. */
  #keepStarts(starts: Float64Array | undefined): Column | undefined {
    if (starts === undefined) return undefined
    const before = this.#open.lastRow?.starts
    return before !== undefined && sameNumbers(starts, before.values) ? before : columnOver(starts.slice())
  }
}

/** A loop: `every` would make an object of each number. */
function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
