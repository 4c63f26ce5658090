import type { PlacePart } from './series-index.ts'

/** In place of a label's value when there are too many. */
export const OVERFLOW = '__overflow__'

/** No UTF-8 exists for a lone surrogate: two texts that differ in one would be two series with the same line. */
export function wellFormed(value: string | number): string {
  return typeof value === 'string' ? value.toWellFormed() : String(value)
}

/** The values of one label of one metric, each with a small number that is free again when no series has the value. */
export class LabelValueIds implements PlacePart {
  readonly name: string
  shift = 0
  /** Look-ups whose value gave way to OVERFLOW, because the label had its limit of values. */
  overflowed = 0
  readonly #limit: number
  /**
   * Of every text that a series has; and of the number that it is the text of, once that has been asked for. A value
   * in need of {@link wellFormed} has none.
   */
  readonly ids: ReadonlyMap<unknown, number>
  readonly #ids = new Map<unknown, number>()
  readonly #texts: (string | undefined)[] = []
  /** How many series have the value. */
  readonly #uses: number[] = []
  readonly #free: number[] = []

  constructor(name: string, limit: number) {
    this.name = name
    this.#limit = limit
    this.ids = this.#ids
  }

  /** Undefined is the value of a series that has no such label. */
  text(id: number): string | undefined {
    return this.#texts[id]
  }

  isFull(): boolean {
    const values = this.#texts.length - this.#free.length
    return values >= this.#limit && values - (this.#ids.has(OVERFLOW) ? 1 : 0) >= this.#limit
  }

  /** One more series has this value. */
  acquire(text: string | undefined): number {
    const known = this.#ids.get(text)
    if (known !== undefined) {
      this.#uses[known] = (this.#uses[known] ?? 0) + 1
      return known
    }
    const own = text === undefined ? undefined : owned(text)
    const id = this.#free.pop() ?? this.#texts.length
    this.#texts[id] = own
    this.#uses[id] = 1
    this.#ids.set(own, id)
    return id
  }

  /** The next look-up by this number finds the text's id at once. */
  alias(value: string | number | undefined): void {
    const id = typeof value === 'number' ? this.#ids.get(String(value)) : undefined
    if (id !== undefined) this.#ids.set(value, id)
  }

  release(id: number): void {
    const uses = (this.#uses[id] ?? 0) - 1
    this.#uses[id] = uses
    if (uses > 0) return
    const text = this.text(id)
    const number = Number(text)
    this.#ids.delete(text)
    if (String(number) === text) this.#ids.delete(number)
    this.#texts[id] = ''
    this.#free.push(id)
  }

  clear(): void {
    this.#ids.clear()
    this.#texts.length = this.#uses.length = this.#free.length = 0
  }
}

const INDEX = /^\d{1,10}$/

/**
 * A copy that keeps no longer text alive, such as the request that it was cut from. A property's name is V8's one copy
 * of a text, the same that a program's own literals are: to compare it with them is to compare two addresses.
 */
function owned(text: string): string {
  return INDEX.test(text) ? text : (Object.keys({ [text]: true })[0] ?? text)
}
