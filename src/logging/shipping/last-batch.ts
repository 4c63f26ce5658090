import type { Entry } from './delivery.ts'

/** What was made of a batch, for when it is sent again: a dead sink costs no encoding at each attempt. */
export class LastBatch<T> {
  #last: { readonly batch: readonly Entry[]; readonly made: T } | undefined

  of(batch: readonly Entry[], make: () => T): T {
    if (this.#last?.batch !== batch) this.#last = { batch, made: make() }
    return this.#last.made
  }

  forget(): void {
    this.#last = undefined
  }
}
