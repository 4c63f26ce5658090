import type { Definition, Surroundings } from '../definition.ts'
import type { Exemplar, MetricReader, NativeSnapshot } from '../reader.ts'
import { LabelValueIds, OVERFLOW, wellFormed } from './label-value-ids.ts'
import { Pages } from './pages.ts'
import { grown, mix, SeriesIndex } from './series-index.ts'

/** What someone holds of one series. */
export interface Child {
  /** Its series is gone: it records into nothing from here on. */
  detach(): void
}

/** A metric as its children see it. */
export interface Home extends MetricReader {
  /** Where children of series that are gone record to: nobody reads it. */
  readonly scratch: Float64Array
  /** @throws TypeError when the registry has no wall clock. */
  currentSeconds(): number
}

/** The series of one metric, each in a slot: who it is, its numbers, and when it began. */
export class Series<C extends Child> implements Home {
  readonly kind: MetricReader['kind']
  readonly name: string
  readonly help: string
  readonly unit: string
  readonly labelNames: readonly string[]
  readonly bounds: readonly number[]
  readonly quantiles: readonly number[]
  readonly states: readonly string[]
  readonly width: number
  slots = 0
  version = 0
  /** Look-ups that ended in the series of OVERFLOW in every label, because the metric had its limit of series. */
  overflowed = 0
  readonly #surroundings: Surroundings
  readonly #maxSeries: number
  readonly #makeChild: (home: Home, slot: number) => C
  readonly #labels: readonly LabelValueIds[]
  readonly #index: SeriesIndex
  readonly #pages: Pages
  /** Ids of the values in question: a look-up's, until it has ended. */
  readonly #ids: Int32Array
  #epochs = new Uint32Array(1)
  #began: Float64Array | undefined
  readonly #free: number[] = []
  #made = 0
  #children: (C | undefined)[] = []
  #scratch: Float64Array | undefined

  constructor(definition: Definition, surroundings: Surroundings, makeChild: (home: Home, slot: number) => C) {
    this.kind = definition.kind
    this.name = definition.name
    this.help = definition.help
    this.unit = definition.unit
    this.labelNames = definition.labelNames
    this.bounds = definition.bounds
    this.quantiles = definition.quantiles
    this.states = definition.states
    this.width = definition.width
    this.#surroundings = surroundings
    this.#maxSeries = definition.maxSeries
    this.#makeChild = makeChild
    this.#labels = definition.labelNames.map(() => new LabelValueIds(definition.maxValuesPerLabel))
    this.#index = new SeriesIndex(this.#labels.length)
    this.#ids = new Int32Array(this.#labels.length)
    this.#pages = this.#labels.length === 0 ? Pages.single(this.width) : new Pages(this.width)
    if (this.#labels.length === 0) this.#occupy()
  }

  epoch(slot: number): number {
    return this.#epochs[slot] ?? 0
  }

  label(slot: number, i: number): string | undefined {
    return this.#labels[i]?.text(this.#index.id(slot, i))
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

  exemplar(_slot: number, _bucket: number): Exemplar | undefined {
    return undefined
  }

  native(_slot: number): NativeSnapshot | undefined {
    return undefined
  }

  get scratch(): Float64Array {
    return (this.#scratch ??= new Float64Array(this.width))
  }

  /** The slot of the series with these values, which is made when there is none; OVERFLOW's beyond the limits. */
  find(values: object): number {
    const names = this.labelNames
    const ids = this.#ids
    let hash = 0
    let i = 0
    for (const name in values) {
      if (name !== names[i]) return this.#findInAnyOrder(values)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- for-in's own name: V8 reads it without a look-up
      const id = this.#labels[i]?.get((values as Record<string, unknown>)[name])
      if (id === undefined) return this.#meet(this.#valuesOf(values))
      ids[i++] = id
      hash = mix(hash, id)
    }
    if (i !== names.length) this.#refuse(values)
    const slot = this.#index.find(ids, hash)
    return slot < 0 ? this.#meet(this.#valuesOf(values)) : slot
  }

  /** As {@link find}, with the values in the order of the label names. */
  findListed(values: readonly unknown[]): number {
    const labels = this.#labels
    const ids = this.#ids
    if (values.length !== labels.length) this.#refuseList(values)
    let hash = 0
    for (let i = 0; i < labels.length; i++) {
      const id = labels[i]?.get(values[i])
      if (id === undefined) return this.#meet(this.#checked(values))
      ids[i] = id
      hash = mix(hash, id)
    }
    const slot = this.#index.find(ids, hash)
    return slot < 0 ? this.#meet(this.#checked(values)) : slot
  }

  currentSeconds(): number {
    const { now } = this.#surroundings
    if (now === undefined) throw new TypeError(`${this.name}: setToCurrentTime() needs the registry's option now`)
    return now() / 1000
  }

  /** What one holds of a slot's series: made once. */
  child(slot: number): C {
    const known = this.#children[slot]
    if (known !== undefined) return known
    while (this.#children.length < slot) this.#children.push(undefined)
    return (this.#children[slot] = this.#makeChild(this, slot))
  }

  remove(partial: object): number {
    const wanted = new Int32Array(this.#labels.length).fill(-1)
    for (const [name, value] of Object.entries(partial)) {
      const i = this.labelNames.indexOf(name)
      if (i < 0) this.#refuse(partial)
      if (value === undefined) continue
      const id = this.#labels[i]?.get(wellFormed(value))
      if (id === undefined) return 0
      wanted[i] = id
    }
    let removed = 0
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.epoch(slot) === 0 || !wanted.every((id, i) => id < 0 || id === this.#index.id(slot, i))) continue
      this.vacate(slot)
      removed++
    }
    return removed
  }

  clear(): void {
    for (const child of this.#children) child?.detach()
    this.#children = []
    for (const label of this.#labels) label.clear()
    this.#index.clear()
    this.#pages.clear()
    this.#epochs = new Uint32Array(1)
    this.#began = undefined
    this.#free.length = 0
    this.slots = 0
    this.version++
  }

  /** Every series stays and starts anew from zero. */
  reset(): void {
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.epoch(slot) === 0) continue
      this.#pages.zero(slot)
      this.#begin(slot)
    }
  }

  /** Takes one series out. */
  vacate(slot: number): void {
    this.#children[slot]?.detach()
    this.#children[slot] = undefined
    this.#index.remove(slot)
    this.#labels.forEach((label, i) => label.release(this.#index.id(slot, i)))
    this.#epochs[slot] = 0
    this.#pages.zero(slot)
    this.#free.push(slot)
    this.version++
  }

  #findInAnyOrder(values: object): number {
    const names = this.labelNames
    const ids = this.#ids
    let given = 0
    for (const _ in values) given++
    if (given !== names.length) this.#refuse(values)
    let hash = 0
    for (let i = 0; i < names.length; i++) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
      const id = this.#labels[i]?.get((values as Record<string, unknown>)[names[i] ?? ''])
      if (id === undefined) return this.#meet(this.#valuesOf(values))
      ids[i] = id
      hash = mix(hash, id)
    }
    const slot = this.#index.find(ids, hash)
    return slot < 0 ? this.#meet(this.#valuesOf(values)) : slot
  }

  /** A look-up that the quick way does not end: a value or a series is new, refused, or spelt in another way. */
  #meet(values: readonly (string | number)[]): number {
    const texts = values.map(wellFormed)
    let refused = 0
    this.#labels.forEach((label, i) => {
      const text = texts[i] ?? ''
      if (text === OVERFLOW || label.get(text) !== undefined || !label.isFull()) return
      texts[i] = OVERFLOW
      label.overflowed++
      refused++
    })
    let slot = this.#findKnown(texts)
    if (slot < 0 && this.#isFull() && texts.some((text) => text !== OVERFLOW)) {
      texts.fill(OVERFLOW)
      this.overflowed++
      refused++
      slot = this.#findKnown(texts)
    }
    if (refused > 0) this.#surroundings.stats.overflowed++
    if (slot < 0) slot = this.#add(texts)
    values.forEach((value, i) => this.#labels[i]?.alias(value))
    return slot
  }

  #findKnown(texts: readonly string[]): number {
    let hash = 0
    for (const [i, text] of texts.entries()) {
      const id = this.#labels[i]?.get(text)
      if (id === undefined) return -1
      this.#ids[i] = id
      hash = mix(hash, id)
    }
    return this.#index.find(this.#ids, hash)
  }

  #isFull(): boolean {
    const held = this.slots - this.#free.length
    if (held < this.#maxSeries) return false
    const overflow = this.#findKnown(this.labelNames.map(() => OVERFLOW))
    return held - (overflow < 0 ? 0 : 1) >= this.#maxSeries
  }

  #add(texts: readonly string[]): number {
    texts.forEach((text, i) => {
      this.#ids[i] = this.#labels[i]?.acquire(text) ?? 0
    })
    const slot = this.#occupy()
    this.#index.add(slot, this.#ids)
    return slot
  }

  #occupy(): number {
    const slot = this.#free.pop() ?? this.slots++
    if (this.#labels.length > 0) this.#pages.reach(slot)
    if (slot >= this.#epochs.length) this.#epochs = grown(this.#epochs, slot + 1)
    this.#epochs[slot] = ++this.#made
    this.#begin(slot)
    this.version++
    return slot
  }

  #begin(slot: number): void {
    if (this.#surroundings.now === undefined) return
    this.#began ??= new Float64Array(1)
    if (slot >= this.#began.length) this.#began = grown(this.#began, slot + 1)
    this.#began[slot] = this.#surroundings.now()
  }

  #valuesOf(values: object): (string | number)[] {
    let given = 0
    for (const _ in values) given++
    const list = this.labelNames.map((name): unknown => Reflect.get(values, name))
    if (given !== list.length || !list.every(isLabelValue)) this.#refuse(values)
    return list
  }

  #checked(values: readonly unknown[]): readonly (string | number)[] {
    return values.every(isLabelValue) ? values : this.#refuseList(values)
  }

  #refuse(values: object): never {
    throw new TypeError(
      `${this.name}: expected a text or number for each of the labels [${this.labelNames.join(', ')}], got [${Object.keys(values).join(', ')}]`,
    )
  }

  #refuseList(values: readonly unknown[]): never {
    throw new TypeError(
      `${this.name}: expected a text or number for each of the labels [${this.labelNames.join(', ')}], got ${values.length} value(s) of [${values.map((value) => typeof value).join(', ')}]`,
    )
  }
}

function isLabelValue(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}
