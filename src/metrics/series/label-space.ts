import { LabelValueIds, OVERFLOW, wellFormed } from './label-value-ids.ts'
import { SeriesIndex } from './series-index.ts'

/** Which slot has which label values. A look-up that finds its series makes nothing on the way. */
export class LabelSpace {
  readonly #metric: string
  readonly #names: readonly string[]
  readonly #labels: readonly LabelValueIds[]
  readonly #index: SeriesIndex
  /** Ids of the values of one look-up, until it has ended. */
  readonly #wanted: Int32Array
  readonly #redact: ((text: string) => string) | undefined

  constructor(
    metric: string,
    names: readonly string[],
    maxValues: number,
    redact: ((text: string) => string) | undefined,
  ) {
    this.#redact = redact
    this.#metric = metric
    this.#names = names
    this.#labels = names.map((name) => new LabelValueIds(name, maxValues))
    this.#index = new SeriesIndex(this.#labels)
    this.#wanted = new Int32Array(names.length)
  }

  /** @returns -1 when no series has these values, or they are not quite labels. */
  find(values: object): number {
    const labels = this.#labels
    const { places } = this.#index
    if (places === undefined) return this.#findByIds(values)
    let place = 0
    let i = 0
    // V8 reads for-in's own names without a look-up, and counts them by the way.
    for (const name in values) {
      const label = labels[i++]
      if (label === undefined || name !== label.name) return this.#findInAnyOrder(values)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what for-in named is there
      const id = label.ids.get((values as Record<string, unknown>)[name])
      if (id === undefined) return -1
      place |= id << label.shift
    }
    return i === labels.length ? (places[place] ?? 0) - 1 : -1
  }

  /** As {@link find}, with the values in the order of the label names. */
  findListed(values: readonly unknown[]): number {
    const labels = this.#labels
    const wanted = this.#wanted
    if (values.length !== labels.length) return -1
    let place = 0
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i]
      const id = label?.ids.get(values[i])
      if (label === undefined || id === undefined) return -1
      wanted[i] = id
      place |= id << label.shift
    }
    return this.#at(place)
  }

  /** As {@link findListed}, for the labels of three, which many metrics have: no list is made. */
  findThree(first: unknown, second: unknown, third: unknown): number {
    const [one, two, three] = this.#labels
    if (one === undefined || two === undefined || three === undefined || this.#labels.length !== 3) return -1
    const wanted = this.#wanted
    const i = one.ids.get(first)
    const j = two.ids.get(second)
    const k = three.ids.get(third)
    if (i === undefined || j === undefined || k === undefined) return -1
    wanted[0] = i
    wanted[1] = j
    wanted[2] = k
    return this.#at((i << one.shift) | (j << two.shift) | (k << three.shift))
  }

  /** @throws TypeError unless every label, and nothing else, has a text or number. */
  valuesOf(values: object): readonly (string | number)[] {
    let given = 0
    for (const _ in values) given++
    const list = this.#names.map((name): unknown => Reflect.get(values, name))
    return given === list.length && list.every(isLabelValue) ? list : this.#refuse(Object.keys(values).join(', '))
  }

  /** @throws TypeError unless there is a text or number for every label. */
  checked(values: readonly unknown[]): readonly (string | number)[] {
    if (values.length === this.#names.length && values.every(isLabelValue)) return values
    return this.#refuse(values.map((value) => typeof value).join(', '))
  }

  /** What a value is shown as. One that is shown as another is looked up the long way each time. */
  textOf(value: string | number): string {
    const text = wellFormed(value)
    return this.#redact === undefined ? text : this.#redact(text)
  }

  /** Puts OVERFLOW in place of each new value of a label that has its limit of values. @returns whether it did. */
  limit(texts: (string | undefined)[]): boolean {
    let limited = false
    this.#labels.forEach((label, i) => {
      const text = texts[i]
      if (text === OVERFLOW || label.ids.has(text) || !label.isFull()) return
      texts[i] = OVERFLOW
      label.overflowed++
      limited = true
    })
    return limited
  }

  enter(slot: number, texts: readonly (string | undefined)[]): void {
    texts.forEach((text, i) => {
      this.#wanted[i] = this.#labels[i]?.acquire(text) ?? 0
    })
    this.#index.add(slot, this.#wanted)
  }

  leave(slot: number): void {
    this.#index.remove(slot)
    this.#labels.forEach((label, i) => label.release(this.#index.id(slot, i)))
  }

  /** A value that has been resolved the long way is found the short way from here on, where that is bounded. */
  remember(values: readonly (string | number | undefined)[]): void {
    values.forEach((value, i) => this.#labels[i]?.alias(value))
  }

  text(slot: number, label: number): string | undefined {
    return this.#labels[label]?.text(this.#index.id(slot, label))
  }

  /** A test of slots for these values; undefined when no series can have them. @throws TypeError for an unknown label. */
  matcher(partial: object): ((slot: number) => boolean) | undefined {
    const wanted: [label: number, id: number][] = []
    for (const [name, value] of Object.entries(partial)) {
      const label = this.#names.indexOf(name)
      if (label < 0) this.#refuse(Object.keys(partial).join(', '))
      if (value === undefined) continue
      const id = this.#labels[label]?.ids.get(this.textOf(value))
      if (id === undefined) return undefined
      wanted.push([label, id])
    }
    return (slot) => wanted.every(([label, id]) => this.#index.id(slot, label) === id)
  }

  /** Look-ups that gave way to a label's limit, by label. */
  overflowed(label: number): number {
    return this.#labels[label]?.overflowed ?? 0
  }

  clear(): void {
    for (const label of this.#labels) label.clear()
    this.#index.clear()
  }

  /** As {@link find}, where there are no places. */
  #findByIds(values: object): number {
    const labels = this.#labels
    const wanted = this.#wanted
    let i = 0
    for (const name in values) {
      const label = labels[i]
      if (label === undefined || name !== label.name) return this.#findInAnyOrder(values)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what for-in named is there
      const id = label.ids.get((values as Record<string, unknown>)[name])
      if (id === undefined) return -1
      wanted[i++] = id
    }
    return i === labels.length ? this.#index.find(wanted) : -1
  }

  #findInAnyOrder(values: object): number {
    let given = 0
    for (const _ in values) given++
    if (given !== this.#names.length) return -1
    return this.findListed(this.#names.map((name): unknown => Reflect.get(values, name)))
  }

  /** The slot at a place; or, where there are no places, of the ids that are wanted. */
  #at(place: number): number {
    const { places } = this.#index
    return places === undefined ? this.#index.find(this.#wanted) : (places[place] ?? 0) - 1
  }

  #refuse(given: string): never {
    throw new TypeError(
      `${this.#metric}: expected a text or number for each of the labels [${this.#names.join(', ')}], got [${given}]`,
    )
  }
}

function isLabelValue(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}
