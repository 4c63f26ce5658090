import type { Definition, Surroundings } from '../definition.ts'
import type { ExemplarInput } from '../instrument.ts'
import { nextTurn } from '../next-turn.ts'
import type { Exemplar, MetricReader, NativeSnapshot } from '../reader.ts'
import { outlineOf } from '../merge/outline.ts'
import { Outlined } from '../merge/outlined.ts'
import type { SlabSeries } from '../threads/slab-series.ts'
import { Exemplars, toExemplar } from './exemplars.ts'
import { Idle } from './idle.ts'
import { OVERFLOW } from './label-value-ids.ts'
import { LabelSpace } from './label-space.ts'
import { Pages } from './pages.ts'
import { grown } from './series-index.ts'
import type { SeriesStore } from './series-store.ts'

/** What someone holds of one series. */
export interface Child {
  /** Its series is gone: it records into nothing from here on. */
  detach(): void
  /** Its series starts anew from zero at this time. */
  restart?(at: number): void
  /** Learns the time, in ms since the epoch, before a collection. */
  tick?(at: number): void
  native?(): NativeSnapshot
}

/** Children that a tick tells before other work gets its turn. */
const CHILDREN_A_TURN = 128

/** A metric as its children see it. */
export interface Home extends MetricReader {
  /** Where children of series that are gone record to: nobody reads it. */
  readonly scratch: Float64Array
  /** Keeps the exemplar of what was just recorded. A slot below 0 is nobody's. */
  mark(slot: number, bucket: number, exemplar: ExemplarInput, value: number): void
  /** The slot's child has started anew at this time: so do its numbers. */
  startAnew(slot: number, at: number): void
  /** @throws TypeError when the registry has no wall clock. */
  currentSeconds(): number
  /** @throws TypeError when the registry has no monotonic clock. */
  monotonicMs(): number
}

export interface Overflow {
  readonly metric: string
  /** Empty: the metric had its limit of series, whatever the label. */
  readonly label: string
  readonly count: number
}

/** The series of one metric, each in a slot: its numbers, when it began, and what is held of it. */
export class Series<C extends Child> extends Outlined implements Home, SeriesStore {
  slots = 0
  version = 0
  readonly #surroundings: Surroundings
  readonly #makeChild: (home: Home, slot: number) => C
  readonly #space: LabelSpace
  readonly #pages: Pages
  /** Who tells other threads, when they read this. */
  readonly #shared: SlabSeries | undefined
  readonly #idle: Idle | undefined
  readonly #free: number[] = []
  #epochs = new Uint32Array(1)
  #began: Float64Array | undefined
  #exemplars: Exemplars | undefined
  #children: (C | undefined)[] = []
  #scratch: Float64Array | undefined
  #made = 0
  #overflowed = 0

  constructor(definition: Definition, surroundings: Surroundings, makeChild: (home: Home, slot: number) => C) {
    const { name, labelNames, width, expireAfterMs } = definition
    super(outlineOf(definition))
    this.#surroundings = surroundings
    this.#makeChild = makeChild
    this.#space = new LabelSpace(name, labelNames, definition.maxValuesPerLabel, surroundings.redact)
    this.#shared = surroundings.slab?.place(outlineOf(this))
    this.#pages = this.#shared?.pages ?? (labelNames.length === 0 ? Pages.single(width) : new Pages(width))
    this.#idle = expireAfterMs === undefined ? undefined : new Idle(expireAfterMs)
    if (labelNames.length === 0) this.#announce(this.#occupy())
  }

  epoch(slot: number): number {
    return this.#epochs[slot] ?? 0
  }

  label(slot: number, i: number): string | undefined {
    return this.#space.text(slot, i)
  }

  page(slot: number): Float64Array {
    return this.#pages.page(slot)
  }

  offset(slot: number): number {
    return this.#pages.offset(slot)
  }

  createdAt(slot: number): number {
    return this.#began?.[slot] ?? NaN
  }

  exemplar(slot: number, bucket: number): Exemplar | undefined {
    return this.#exemplars?.get(slot, bucket)
  }

  native(slot: number): NativeSnapshot | undefined {
    return this.#children[slot]?.native?.()
  }

  get scratch(): Float64Array {
    return (this.#scratch ??= new Float64Array(this.width))
  }

  mark(slot: number, bucket: number, input: ExemplarInput, value: number): void {
    const exemplar = toExemplar(input, value, this.#surroundings)
    if (exemplar === undefined) this.#surroundings.stats.exemplarsDropped++
    else if (slot >= 0) (this.#exemplars ??= new Exemplars(this.bounds.length + 1)).set(slot, bucket, exemplar)
  }

  currentSeconds(): number {
    const { now } = this.#surroundings
    if (now === undefined) throw new TypeError(`${this.name}: setToCurrentTime() needs the registry's option now`)
    return now() / 1000
  }

  monotonicMs(): number {
    const { monotonicNow } = this.#surroundings
    if (monotonicNow === undefined) {
      throw new TypeError(`${this.name}: startTimer() needs the registry's option monotonicNow`)
    }
    return monotonicNow()
  }

  /** The slot of the series with these values, which is made when there is none; OVERFLOW's beyond the limits. */
  find(values: object): number {
    const slot = this.#space.find(values)
    return slot < 0 ? this.enter(this.#space.valuesOf(values)) : slot
  }

  /** As {@link find}, with the values in the order of the label names. */
  findListed(values: readonly unknown[]): number {
    const slot = this.#space.findListed(values)
    return slot < 0 ? this.enter(this.#space.checked(values)) : slot
  }

  /** As {@link findListed}; -1 when there is no such series yet, or not three labels. */
  seekThree(first: unknown, second: unknown, third: unknown): number {
    return this.#space.findThree(first, second, third)
  }

  /** @throws TypeError unless these are values of the metric's labels. */
  check(values: object): void {
    this.#space.valuesOf(values)
  }

  seek(values: object): number {
    return this.#space.find(values)
  }

  seekListed(values: readonly unknown[]): number {
    return this.#space.findListed(values)
  }

  enter(values: readonly (string | number | undefined)[]): number {
    const texts = values.map((value) => (value === undefined ? undefined : this.#space.textOf(value)))
    let refused = this.#space.limit(texts)
    let slot = this.#space.findListed(texts)
    if (slot < 0 && texts.some((text) => text !== OVERFLOW) && (this.#isFull() || !this.#hasRoom(texts))) {
      refused = true
      this.#overflowed++
      texts.fill(OVERFLOW)
      slot = this.#space.findListed(texts)
    }
    if (refused) this.#surroundings.stats.overflowed++
    if (slot < 0) {
      slot = this.#occupy()
      this.#space.enter(slot, texts)
      this.#announce(slot)
    }
    this.#space.remember(values)
    return slot
  }

  /** What one holds of a slot's series: made once. */
  child(slot: number): C {
    const known = this.#children[slot]
    if (known !== undefined) return known
    while (this.#children.length < slot) this.#children.push(undefined)
    return (this.#children[slot] = this.#makeChild(this, slot))
  }

  remove(partial: object): number {
    const matches = this.#space.matcher(partial)
    if (matches === undefined) return 0
    return this.#vacateWhere(matches)
  }

  clear(): void {
    if (this.#shared !== undefined) {
      this.#vacateWhere(() => true)
      return
    }
    for (const child of this.#children) child?.detach()
    this.#children = []
    this.#space.clear()
    this.#pages.clear()
    this.#epochs = new Uint32Array(1)
    this.#began = undefined
    this.#exemplars = undefined
    this.#free.length = 0
    this.slots = 0
    this.version++
  }

  /** Every series stays and starts anew from zero. An info has nothing to count. */
  reset(): void {
    if (this.kind === 'info') return
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.epoch(slot) !== 0) this.zero(slot)
    }
    this.#exemplars = undefined
  }

  zero(slot: number): void {
    this.#pages.zero(slot)
    this.#exemplars?.forget(slot)
    this.#begin(slot)
    this.#children[slot]?.restart?.(this.createdAt(slot))
  }

  startAnew(slot: number, at: number): void {
    this.#pages.zero(slot)
    this.#exemplars?.forget(slot)
    this.#shared?.began(slot, at)
    if (this.#began !== undefined) this.#began[slot] = at
  }

  /** Tells the children the time, in turns that let other work pass. */
  async tick(at: number): Promise<void> {
    for (let slot = 0; slot < this.#children.length; slot++) {
      this.#children[slot]?.tick?.(at)
      if (slot % CHILDREN_A_TURN === CHILDREN_A_TURN - 1) await nextTurn()
    }
  }

  vacate(slot: number): void {
    this.#shared?.withdraw(slot)
    this.#children[slot]?.detach()
    if (slot < this.#children.length) this.#children[slot] = undefined
    this.#space.leave(slot)
    this.#epochs[slot] = 0
    this.#pages.zero(slot)
    this.#exemplars?.forget(slot)
    this.#free.push(slot)
    this.version++
  }

  /** Removes the series that have stood still for too long at `at`, in ms of any clock that all calls share. */
  expire(at: number): number {
    const idle = this.#idle
    if (idle === undefined || this.labelNames.length === 0) return 0
    const expired = this.#vacateWhere((slot) => idle.isOver(slot, this.epoch(slot), this.#activity(slot), at))
    this.#surroundings.stats.expired += expired
    return expired
  }

  /** Other threads see it no more. */
  hide(): void {
    this.#shared?.remove()
  }

  overflow(): Overflow[] {
    return [
      { metric: this.name, label: '', count: this.#overflowed },
      ...this.labelNames.map((label, i) => ({ metric: this.name, label, count: this.#space.overflowed(i) })),
    ].filter(({ count }) => count > 0)
  }

  /** One number that changes whenever something is recorded. */
  #activity(slot: number): number {
    const page = this.page(slot)
    const from = this.offset(slot)
    if (this.kind !== 'histogram' && this.kind !== 'stateset') return page[from] ?? 0
    const isCounts = this.kind === 'histogram'
    let sum = 0
    for (let i = 0; i < this.width - Number(isCounts); i++) sum += (page[from + i] ?? 0) * (isCounts ? 1 : 2 ** i)
    return sum
  }

  #isFull(): boolean {
    const held = this.slots - this.#free.length
    if (held < this.maxSeries) return false
    const overflow = this.#space.findListed(this.labelNames.map(() => OVERFLOW))
    return held - (overflow < 0 ? 0 : 1) >= this.maxSeries
  }

  /** Whether a new series finds shared memory. One slot stays free for OVERFLOW's. */
  #hasRoom(texts: readonly (string | undefined)[]): boolean {
    const free = this.#free.length
    const enough = this.#shared === undefined || free > 1 || this.#pages.reach(this.slots + 1 - free)
    return enough && this.#shared?.prepare(texts) !== false
  }

  #announce(slot: number): void {
    this.#shared?.announce(slot, this.epoch(slot))
  }

  #occupy(): number {
    const slot = this.#free.pop() ?? this.slots++
    if (this.labelNames.length > 0) this.#pages.reach(slot)
    if (slot >= this.#epochs.length) this.#epochs = grown(this.#epochs, slot + 1)
    this.#epochs[slot] = ++this.#made
    this.#begin(slot)
    this.version++
    return slot
  }

  #begin(slot: number): void {
    if (this.#surroundings.now === undefined) return
    const at = this.#surroundings.now()
    this.#shared?.began(slot, at)
    this.#began ??= new Float64Array(1)
    if (slot >= this.#began.length) this.#began = grown(this.#began, slot + 1)
    this.#began[slot] = at
  }

  #vacateWhere(matches: (slot: number) => boolean): number {
    let vacated = 0
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.epoch(slot) === 0 || !matches(slot)) continue
      this.vacate(slot)
      vacated++
    }
    return vacated
  }
}
