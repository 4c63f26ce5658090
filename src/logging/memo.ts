/** Longer texts are not kept. */
export const MAX_KEPT_LENGTH = 200

/** What is made of a text, kept for when it comes again: of the texts of late, at most twice `size`. */
export class Memo<T> {
  readonly #make: (text: string) => T
  readonly #size: number
  #young = new Map<string, T>()
  #old = new Map<string, T>()

  constructor(size: number, make: (text: string) => T) {
    this.#size = size
    this.#make = make
  }

  of(text: string): T {
    const known = this.#young.get(text)
    if (known !== undefined) return known
    const made = this.#old.get(text) ?? this.#make(text)
    if (text.length > MAX_KEPT_LENGTH) return made
    if (this.#young.size >= this.#size) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(text, made)
    return made
  }
}
