import { SeriesRefs } from './series-refs.ts'
import type { Spelling } from './write-request.ts'

/** Numbers for texts, from one request to the next: a text that comes again has its number again, and no other ever gets it. */
export class SymbolIds {
  readonly #known: SeriesRefs
  #next = 1

  constructor(maxBytes: number = 32 * 2 ** 20) {
    this.#known = new SeriesRefs(maxBytes)
  }

  idOf(text: Spelling): number {
    const known = this.#known.get(text)
    if (known !== 0) return known
    const id = this.#next++
    this.#known.set(text, id)
    return id
  }
}
